#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Premises on the host: what today's scripts do (cryptsetup-imx, mountboot, abroot, kexec, the flasher), in the
# few commands that matter, on disks made by mkdisk. Each attack works on them: they take what they must not.
#     tests/attacks/shell-flow.sh [NAME...]
# shellcheck disable=SC2016,SC2015,SC2317 # scripts for edit=; failures end the test; called by name
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null LC_ALL=C
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

disk() { # MKDISK-OPTION...
	"$BUILD/host/mkdisk" --chip "$BUILD/chip" "$@" -o "$work/disk.img"
}

labels() { # what lsblk's PARTLABEL column has
	partx --raw --noheadings --output NAME "$@"
}

mount_imx() { # the files of the unencrypted volume, in $work/imx
	start=$(partx --raw --noheadings --output START --nr 1 "$work/disk.img")
	rm -rf "$work/imx"
	mkdir "$work/imx"
	mcopy -s -Q -i "$work/disk.img@@$((start * 512))" '::/*' "$work/imx"
}

# Exactly one label that matches balena-imx is asked for: this one matches.
shell_label_by_substring() {
	disk --partition imx:label=xbalena-imxx,fslabel=balena-imx &&
		[ "$(labels "$work/disk.img" | grep -c balena-imx)" -eq 1 ]
}

# A label is looked for in a list of names; two names in one are in it.
shell_label_of_two() {
	disk --partition 'evil:label=resin-rootA rootB' || return 1
	label=$(labels "$work/disk.img" | tail -n 1 | sed 's/\\x20/ /')
	names='boot rootA rootB state data'
	case $names in
	*"${label#resin-}"*) ;;
	*) return 1 ;;
	esac
}

# One balena_*.enc is asked for, at any depth; the size of the key comes from its name.
shell_blob_at_any_depth() {
	printf '%s\n' '#!/bin/sh' 'mmd -i "$1" ::/deep; mmove -i "$1" ::/balena_56.enc ::/deep/balena_999.enc' \
		>"$work/edit"
	chmod 755 "$work/edit"
	disk --partition imx:edit="$work/edit" && mount_imx || return 1
	blob=$(find "$work/imx" -name 'balena_*.enc')
	size=${blob##*balena_}
	[ "${size%.enc}" = 999 ]
}

# mountboot and abroot: the boot state is the file of that name, wherever on the volume it is.
shell_bootenv_at_any_depth() {
	grub-editenv "$work/env" create
	grub-editenv "$work/env" set resin_root_part=B
	printf '%s\n' '#!/bin/sh' 'mmd -i "$1" ::/deep; mcopy -i "$1" "'"$work"'/env" ::/deep/bootenv' >"$work/edit"
	chmod 755 "$work/edit"
	disk --no-bootenv --partition imx:edit="$work/edit" && mount_imx || return 1
	bootenv=$(find "$work/imx" -name bootenv | head -n 1)
	[ "$(value "$bootenv" resin_root_part)" = B ]
}

value() { # BOOTENV KEY
	grub-editenv "$1" list | sed -n "s/^$2=//p"
}

# kexec: what the override is called becomes part of a path and of the command line.
kexec_flow() { # ABI: sets kernel, words
	grub-editenv "$work/env" create
	grub-editenv "$work/env" set "kernel_override_abi=$1"
	abi=$(value "$work/env" kernel_override_abi)
	kernel=$work/root/boot/Image.gz
	[ ! -e "$work/root/mnt/data/boot-by-abi/$abi/Image.gz" ] ||
		kernel=$(realpath "$work/root/mnt/data/boot-by-abi/$abi/Image.gz")
	words="root=UUID=x balena_kernel_abi=$abi"
}

shell_abi_as_a_path() {
	mkdir -p "$work/root/mnt/data/boot-by-abi" "$work/root/mnt/data/volumes/app" "$work/root/boot"
	touch "$work/root/boot/Image.gz" "$work/root/mnt/data/volumes/app/Image.gz"
	kexec_flow ../volumes/app
	[ "$kernel" = "$work/root/mnt/data/volumes/app/Image.gz" ]
}

shell_abi_as_words() {
	kexec_flow 'x init=/evil'
	for word in $words; do
		[ "$word" != init=/evil ] || return 0
	done
	return 1
}

# abroot: prints the slot that is booted, after it has counted.
abroot_flow() { # BOOTENV: sourced by PID 1, so that what ends it ends the boot
	(
		set -e
		slot=$(value "$1" resin_root_part)
		if [ "$(value "$1" upgrade_available)" -eq 1 ]; then
			bootcount=$(value "$1" bootcount)
			bootcount=$((bootcount + 1))
			grub-editenv "$1" set "bootcount=$bootcount"
			[ "$bootcount" -lt 3 ] || slot=B
		fi
		echo "$slot"
	) 2>/dev/null
}

# With a good count the third boot goes back; with none that is a number no boot comes that far.
shell_count_that_is_no_number() {
	grub-editenv "$work/env" create
	grub-editenv "$work/env" set resin_root_part=A upgrade_available=1 bootcount=0
	[ "$(for _ in 1 2 3; do abroot_flow "$work/env"; done | tr '\n' ' ')" = 'A A B ' ] || return 1
	grub-editenv "$work/env" set bootcount=1x
	[ -z "$(for _ in 1 2 3; do abroot_flow "$work/env"; done)" ]
}

# cryptsetup-imx with `flasher` among its words, which U-Boot puts there when it finds the file: the start of
# each partition, and both ends of the disk, are overwritten.
erase_disk() {
	for start in $(partx --raw --noheadings --output START "$work/disk.img") 0 \
		$(($(stat -c %s "$work/disk.img") / 512 - 34)); do
		dd if=/dev/urandom of="$work/disk.img" bs=512 seek="$start" count=34 conv=notrunc status=none
	done
}

shell_flasher_by_a_file() {
	touch "$work/flag"
	disk --imx-file balena-image-flasher="$work/flag" && mount_imx || return 1
	[ ! -e "$work/imx/balena-image-flasher" ] || words='balena_stage2 flasher'
	case " $words " in *' flasher '*) erase_disk ;; esac
	! labels "$work/disk.img" 2>/dev/null | grep -q balena-imx
}

# A directory that holds itself: who looks for a file at any depth does not come to an end.
shell_directory_that_loops() {
	fat=$work/loop.fat
	mkfs.vfat -C "$fat" 16384 >/dev/null
	mmd -i "$fat" ::/DEEP ::/DEEP/DEEPER
	outer=$(grep -obUaP 'DEEP       \x10' "$fat" | head -n 1 | cut -d: -f1)
	inner=$(grep -obUaP 'DEEPER     \x10' "$fat" | head -n 1 | cut -d: -f1)
	dd if="$fat" of="$fat" bs=1 skip=$((outer + 26)) seek=$((inner + 26)) count=2 conv=notrunc status=none
	[ "$(mdir -b -/ -i "$fat" ::/ 2>/dev/null | head -n 200 | wc -l)" -eq 200 ]
}

# The file that names the slot to be revoked, on the data volume: it is sourced by 1-fwd_commit_revoke.
shell_revocation_file_as_a_script() {
	printf '%s\n' 'REVOKE_INDEX=0' "touch $work/theirs" >"$work/revoke_index"
	# shellcheck disable=SC1091 # not there yet
	. "$work/revoke_index"
	[ -e "$work/theirs" ]
}

# ... and what it says goes through strtoul, as in printf: what is no number is slot 0, which is in use.
shell_revocation_of_no_number() {
	index=$(printf '%d' 'garbage' 2>/dev/null)
	[ $((1 << index)) -eq 1 ]
}

# shellcheck disable=SC2046 # names
[ $# -gt 0 ] || set -- $(sed -n 's/^shell_\([a-z0-9_]*\)().*/\1/p' "$0")
failed=0
for name in "$@"; do
	if "shell_$name"; then
		echo "ok shell: $name"
	else
		echo "not ok shell: $name"
		failed=1
	fi
done
exit $failed
