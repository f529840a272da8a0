# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # host, work and top are those of tests/qemu/lib.sh
# Devices of the installation tests, and what must hold of each of them at any time, read from outside: from
# the chip file, and from the disk image without any code of the product.

fat=$top/tests/mkdisk/fat
secret='a secret of this device' # in config.json
srk_offsets='0x060 0x064 0x068 0x06c 0x070 0x074 0x078 0x07c'

# A board as it comes from the factory: nothing on the disk, nothing in the fuses.
fresh_device() { # DIRECTORY
	mkdir -p "$1"
	rm -f "$1/disk"
	truncate -s 320M "$1/disk"
	blank='--fuse 0=0'
	for offset in $srk_offsets; do blank="$blank --fuse $offset=0"; done
	# shellcheck disable=SC2086 # words
	"$host/mkchip" --force --open $blank -o "$1/chip"
}

copy_device() { # FROM-DIRECTORY TO-DIRECTORY
	mkdir -p "$2"
	cp --sparse=always "$1/disk" "$1/chip" "$2"
}

fuse() { # CHIP OFFSET
	"$host/mkchip" --show "$1" --json | jq -r ".fuses[\"$2\"] // \"0x00000000\""
}

srk_hash() { # CHIP: as efuses.bin has it, in hexadecimal
	for offset in $srk_offsets; do fuse "$1" "$offset"; done | sed 's/0x\(..\)\(..\)\(..\)\(..\)/\4\3\2\1/' | tr -d '\n'
}

is_closed() { # CHIP
	[ $(($(fuse "$1" 0x01c) & 0x02000000)) -ne 0 ]
}

# --- what must hold

# SJC_DISABLE, JTAG_SMODE = 3 and JTAG_HEO; the hash in full, and locked.
judge_fuses() { # CHIP EFUSES
	wanted=$(od -A n -v -t x1 "$2" | tr -d ' \n')
	if [ $(($(fuse "$1" 0x000) & 0x200)) -ne 0 ] && [ "$(srk_hash "$1")" != "$wanted" ]; then
		echo "the fuses are locked with another hash"
	fi
	is_closed "$1" || return 0
	[ $(($(fuse "$1" 0x01c) & 0x04e00000)) -eq $((0x04e00000)) ] || echo "closed with JTAG open"
	[ "$(srk_hash "$1")" = "$wanted" ] || echo "closed with another hash"
	[ $(($(fuse "$1" 0x000) & 0x200)) -ne 0 ] || echo "closed with a hash that can still be changed"
}

# Each volume has a mark in a file, and config.json a secret; encrypted, none of them is seen.
judge_secrecy() { # DISK CHIP
	is_closed "$2" || return 0
	for text in 'the mark of' "$secret"; do
		! tr -d '\000' <"$1" | LC_ALL=C grep -aqF "$text" || echo "closed, and \"$text\" can be read on the disk"
	done
}

# Whether anything but zeros is where the five volumes are.
volumes_written() { # DISK
	partx --raw --noheadings --output START,SECTORS,NAME "$1" 2>/dev/null | while read -r start count name; do
		[ "$name" != balena-imx ] || continue
		dd if="$1" bs=512 skip="$start" count="$count" status=none | tr -d '\000' | head -c 1
	done | od -A n | grep -q .
}

# An erasure has begun: it takes balena-imx first, from its beginning on, and the keys with it.
is_being_erased() { # DISK
	imx_start=$("$top/tests/mkdisk/move" start "$1" balena-imx 2>/dev/null) &&
		! dd if="$1" bs=512 skip="$imx_start" count=1 status=none | tr -d '\000' | od -A n | grep -q .
}

# A name that /init would take for a blob is one that this chip opens; the copy has the same key. And once there
# is data under a key, there is a blob of that key.
judge_blobs() { # DISK CHIP
	is_closed "$2" || return 0
	whole=0
	for size in 64 48; do
		keys=''
		for name in balena_$size.enc keyblob_$size.copy; do
			"$fat" get "$1" $name >"$work/blob" 2>/dev/null || continue
			key=$("$host/unwrap" "$2" "$work/blob") || { echo "$name does not open"; continue; }
			keys="$keys$key
"
		done
		[ "$(printf '%s' "$keys" | sort -u | wc -l)" -le 1 ] || echo "balena_$size.enc and its copy hold different keys"
		[ -z "$keys" ] || whole=$((whole + 1))
	done
	[ $whole -eq 2 ] || is_being_erased "$1" || ! volumes_written "$1" || echo "data on the volumes, and no key for them"
}

judge_device() { # DIRECTORY EFUSES: a line for each thing that is wrong
	judge_fuses "$1/chip" "$2"
	judge_secrecy "$1/disk" "$1/chip"
	judge_blobs "$1/disk" "$1/chip"
}
