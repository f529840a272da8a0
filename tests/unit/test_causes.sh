#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From "the device does not come up" to the cause: prepared failures, of which a person has the disk only, or
# what a running system says. Each asserts that bbctl explain or bbctl report names the cause and the remedy,
# and that docs/errors.md has it. The reports in tests/unit/reports were kept by boots in QEMU that failed so.
# Usage: test_causes.sh [BBCTL [MKDISK]]
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
host=${BUILD:-build}/host
bbctl=$(realpath "${1:-$host/bbctl}")
mkdisk=$(realpath "${2:-$host/mkdisk}")
conf=$(realpath "${BUILD:-build}/initramfs/qemu-production.conf")
top=$(cd "$(dirname "$0")/../.." && pwd)
fat=$top/tests/mkdisk/fat
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# disk OPTION...: a closed device's, in the file disk
disk() {
	"$mkdisk" --seed causes --chip chip "$@" -o disk
}

# kept NAME: a boot in QEMU has left this report on the disk
kept() {
	{ cat "$top/tests/unit/reports/$1.json"; head -c 4096 /dev/zero | tr '\0' ' '; } | head -c 4096 >kept.json &&
		"$fat" put disk bootreport.json kept.json
}

# A person has two tools and the page; no other word about the disk is needed.
explain() {
	"$bbctl" explain disk "$@" >out 2>&1
	tr -s '\n ' '  ' <out >flat
}

report() {
	"$bbctl" report "$@" >out 2>&1
	tr -s '\n ' '  ' <out >flat
}

# says TEXT...: in what was told last, in this order
says() {
	rest=$(cat flat)
	for text in "$@"; do
		case $rest in
		*"$text"*) rest=${rest#*"$text"} ;;
		*) echo "not said, or not here: $text"; cat out; return 1 ;;
		esac
	done
}

# page NAME TEXT: the page about errors has the name, and in its row the text
page() {
	grep -E "^\| [0-9]+ \| \`$1\` \|" "$top/docs/errors.md" | tr -d '`' | grep -qF -- "$2" ||
		{ echo "page: $1: no $2"; return 1; }
}

blob_of_another_chip() {
	disk && kept other-chip && explain &&
		says 'balena_56.enc: 104 bytes of 104, the length and header of its kind' 'whether this chip' \
			'given up: key-refused (36) in stage key: /dev/caam-keygen: Bad message' \
			'made by another chip, in another security state' \
			'What to do: A blob cannot move between chips or states: install again' &&
			page key-refused 'install again on this chip'
}

blob_cut_short() {
	disk && "$fat" get disk balena_56.enc >blob && head -c 60 blob >short &&
		"$fat" put disk balena_56.enc short && explain &&
		says 'balena_56.enc: 60 bytes of 104, blob-length' 'refused: blob-length (33): balena_56.enc' \
			'Cut short by a full disk or power loss' 'What to do: build/host/bbctl blob FILE; restore it from a backup' &&
		page blob-length 'restore it from a backup'
}

blobs_of_two_installations() {
	disk --layout 2 --write-blob two && disk && "$fat" put disk balena_64.enc two && explain &&
		says 'refused: blob-twice (31): balena_*.enc: 56 64' '56 belongs to layout 1, 48 and 64 to layout 2' \
			'What to do: Leave those that belong to the volumes' && page blob-twice 'Leave those'
}

disk_of_an_open_device() {
	disk --open && explain --closed && says 'refused: volume-missing (22): imx' \
		"Often an open device's disk in a closed device" \
		'What to do: ' 'Install again.' && page volume-missing 'Install again'
}

partition_of_somebody_else() {
	disk --partition extra:label=backup,fs=ext4 && explain &&
		says '7 "backup": no volume of ours' 'refused: volume-unknown (24): partition 7, "backup"' \
		'What to do: Remove or rename it.' && page volume-unknown 'Remove or rename it'
}

fat_destroyed() {
	disk && dd if=/dev/zero of=disk bs=512 seek=2048 count=1 conv=notrunc status=none && explain &&
		says 'refused: boot-mount (41): balena-imx: no FAT that the kernel mounts' 'What to do: Check it with fsck.vfat' &&
		page boot-mount 'fsck.vfat'
}

# The disk alone does not show it: the report does.
volumes_under_another_key() {
	head -c 24 /dev/zero >other && disk --partition boot:key=other --partition rootA:key=other \
		--partition rootB:key=other && kept other-volumes &&
		explain && says 'what the encrypted volumes hold' 'given up: volume-foreign (51) in stage volumes: resin-boot' \
			'one encrypted with another key' 'if all volumes are like this, blob and disk do not belong together' &&
		page volume-foreign 'blob and disk do not belong together'
}

# What it tells to do is done, word by word: it ends with who has signed.
kernel_signed_by_another_key() {
	openssl req -new -x509 -newkey rsa:2048 -nodes -keyout key -out other.pem -days 9 -subj "/CN=other" 2>log.key &&
		openssl req -new -x509 -newkey rsa:2048 -nodes -keyout key2 -out builtin.pem -days 9 -subj "/CN=builtin" \
		2>log.key &&
		mkdir -p root/boot && "$top/tests/unit/make-image" >unsigned &&
		sbsign --key key --cert other.pem --output root/boot/Image.gz unsigned >log.key 2>&1 || return 1
	disk --open --root-a root --root-b root && kept other-key && explain &&
		says 'given up: kernel-refused (71) in stage load: boot/Image: Operation not permitted' \
		'other key, changed file, changed signature' 'What to do: build/host/bbctl image FILE --cert PEM says which' &&
		page kernel-refused 'bbctl image FILE --cert PEM' || return 1
	eval "$(sed -n 's/.*to check it: \(debugfs.*\); bbctl image.*/\1/p' out | head -n 1)" 2>log.debugfs
	"$bbctl" image Image.gz --cert builtin.pem >out 2>&1
	grep -q "kernel-refused (71): the signature is not one by this certificate's key" out &&
		"$bbctl" image Image.gz --cert other.pem >out
}

kernel_too_old() {
	disk && kept old-version && explain && says 'given up: kernel-version (67) in stage kernel: boot/Image' \
		"below minimum-version" \
		'What to do: Install a newer kernel' 'attempt 1: root A: kernel-version' 'attempt 2: root B: kernel-version' &&
		page kernel-version 'Install a newer kernel'
}

# Two candidates, two causes: each is explained.
two_bad_kernels() {
	disk && kept unsigned && report disk && says 'given up: kernel-unsigned (65) in stage kernel: no certificate table' 'What to do: Sign it (bbsign kernel)' \
		'Attempt 2 failed: kernel-version (67)' 'What to do: Install a newer kernel' && page kernel-unsigned 'bbsign kernel'
}

system_without_init() {
	disk && kept os-init && explain && says 'given up: os-init (91) in stage root: /sbin/init: No such file or directory' \
		'/sbin/init cannot be executed' 'What to do: Check the root volume' 'stage os' &&
		page os-init 'Check the root volume'
}

layout_not_accepted() {
	sed 's/^layout = .*/layout = 2/' "$conf" >two.conf && disk && explain --config two.conf &&
		says 'layout 1' 'refused: layout-refused (37): balena_*.enc: 56' \
		'An installation older than the bootloader' 'What to do: Install again, or use a bootloader that accepts the layout' &&
		page layout-refused 'use a bootloader that accepts the layout'
}

# It comes up, but not with what was installed.
update_taken_back() {
	disk && grub-editenv env create && grub-editenv env set resin_root_part=B upgrade_available=1 bootcount=2 &&
		"$fat" put disk bootenv env &&
		"$fat" put disk bootenv.copy env && explain &&
		says 'bootenv: upgrade_available=1' 'in force: root B, an update on trial, 2 attempts counted' \
		'decision: root A first (rollback): the update was tried 2 times and never confirmed' 'the boot goes on to root A'
}

boot_state_lost() {
	: >empty && disk && "$fat" put disk bootenv empty && explain &&
		says 'bootenv: 0 bytes, no environment block' 'bootenv.copy: not there' \
		'neither bootenv nor its copy is good: slot A, without an update'
}

came_up_in_the_other_slot() {
	report "$top/tests/unit/reports/fallback.json" &&
		says 'The boot went well.' 'Attempt 1 failed: kernel-refused (71).' 'other key, changed file' \
		'What to do: build/host/bbctl image FILE' 'attempt 1: root A: kernel-refused (71) in stage load: boot/Image: Operation not permitted' \
		'attempt 2: root B: no error'
}

perl -e 'print pack("a8 V V", "BBCHIP01", 15, 0), "s" x 32, "\0" x 4048' >chip
check 'blob of another chip' blob_of_another_chip
check 'blob cut short' blob_cut_short
check 'blobs of two installations' blobs_of_two_installations
check "an open device's disk in a closed device" disk_of_an_open_device
check "somebody else's partition" partition_of_somebody_else
check 'FAT destroyed' fat_destroyed
check 'volumes under another key' volumes_under_another_key
check 'kernel signed by another key' kernel_signed_by_another_key
check 'kernel too old' kernel_too_old
check 'two bad kernels' two_bad_kernels
check 'system without init' system_without_init
check 'layout not accepted' layout_not_accepted
check 'update taken back' update_taken_back
check 'boot state lost' boot_state_lost
check 'came up in the other slot' came_up_in_the_other_slot
exit $failed
