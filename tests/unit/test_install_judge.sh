#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the installation tests hold against a device (tests/install/lib.sh): a good one has nothing against it, and
# each thing that must never be is found.
# shellcheck disable=SC2317 # functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(realpath "$(dirname "$0")/../..")
host=$(realpath "${BUILD:-build}/host")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck source=tests/install/lib.sh
. "$top/tests/install/lib.sh"
cd "$work" || exit 1

jtag_off=0x04e00000 closed=0x06e00000
printf 'efuses that nobody has, 32 bytes' >efuses

make_chip() { # FILE MKCHIP-OPTION...: with the hash of efuses, locked
	out=$1
	shift
	offset=96
	for word in $(od -A n -v -t x4 -w4 efuses); do
		set -- --fuse "$offset=0x$word" "$@"
		offset=$((offset + 4))
	done
	"$host/mkchip" --force --secret "$(printf '%064d' 7)" "$@" -o "$out"
}

make_device() { # DIRECTORY MKDISK-OPTION...: closed, and installed
	device=$1
	shift
	mkdir -p "$device" volume
	echo "the mark of this" >volume/mark
	make_chip "$device/chip" --fuse 0x1c=$closed
	"$host/mkdisk" --chip "$device/chip" --layout 2 --root-a volume --root-b volume --boot volume --state volume \
		--data volume --partition rootA:size=16M --partition rootB:size=16M --partition data:size=16M \
		-o "$device/disk" "$@"
}

nothing_against() { # DIRECTORY
	judge_device "$1" efuses >wrong
	[ ! -s wrong ] || { cat wrong; return 1; }
}

against() { # DIRECTORY TEXT
	judge_device "$1" efuses >wrong
	grep -qF "$2" wrong || { echo "not found: $2"; cat wrong; return 1; }
}

with_chip() { # MKCHIP-OPTION...: the good disk
	mkdir -p other
	cp good/disk other
	make_chip other/chip "$@"
}

make_device good
make_device plain --partition state:plain
fresh_device blank
check "a blank one has nothing against it" nothing_against blank
check "nor an installed one" nothing_against good
with_chip --open --fuse 0x1c=$jtag_off
check "nor one whose JTAG is off and which is not closed yet" nothing_against other
for bit in 0x06c00000 0x06a00000 0x06600000 0x02e00000 0x02000000; do
	with_chip --fuse 0x1c=$bit
	check "closed, and not all of JTAG off: $bit" against other "closed with JTAG open"
done
with_chip --fuse 0x1c=$closed --fuse 0=0
check "a hash that is not locked" against other "closed with a hash that can still be changed"
with_chip --fuse 0x1c=$closed --fuse 0x60=1
check "another hash, closed" against other "closed with another hash"
with_chip --open --fuse 0x1c=0 --fuse 0x60=1
check "another hash, locked" against other "the fuses are locked with another hash"
check "a plain volume" against plain '"the mark of" can be read on the disk'
cp -r good secret
printf '%s' "$secret" | dd of=secret/disk bs=1 seek=40000000 conv=notrunc status=none
check "the secret of config.json anywhere" against secret "\"$secret\" can be read on the disk"
cp -r good damaged
"$fat" get good/disk balena_64.enc >blob.enc
printf 'X' | dd of=blob.enc bs=1 seek=70 conv=notrunc status=none
"$fat" put damaged/disk balena_64.enc blob.enc
check "a blob with one byte changed" against damaged "balena_64.enc does not open"
head -c 50 blob.enc >short.enc
"$fat" put damaged/disk balena_64.enc short.enc
check "a blob cut short" against damaged "balena_64.enc does not open"
"$fat" del damaged/disk balena_64.enc
check "data without a key" against damaged "data on the volumes, and no key for them"
"$fat" get good/disk balena_64.enc >blob.enc
"$fat" put damaged/disk keyblob_64.copy blob.enc
check "the copy is enough" nothing_against damaged
cp -r good erased
imx=$("$top/tests/mkdisk/move" start erased/disk balena-imx)
dd if=/dev/zero of=erased/disk bs=512 seek="$imx" count=1 conv=notrunc status=none
check "an erasure that was cut behind the first sector has nothing against it" nothing_against erased
printf 'X' | dd of=erased/disk bs=512 seek="$imx" conv=notrunc status=none
check "a volume with the keys that nothing can read, and no erasure" against erased \
	"data on the volumes, and no key for them"
make_device again
"$fat" get again/disk balena_64.enc >blob.enc
cp -r good two
"$fat" put two/disk keyblob_64.copy blob.enc
check "a copy with another key" against two "balena_64.enc and its copy hold different keys"
with_chip --secret "$(printf '%064d' 8)" --fuse 0x1c=$closed
check "blobs of another chip" against other "balena_48.enc does not open"
exit $failed
