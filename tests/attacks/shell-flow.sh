#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Premises on the host: what today's scripts do (cryptsetup-imx, mountboot, abroot, kexec, the flasher's
# checks), in the few commands that matter, on disks made by mkdisk. Each attack works on them.
#     tests/attacks/shell-flow.sh [NAME...]
# shellcheck disable=SC2016,SC2015,SC2317 # scripts for edit=; failures end the test; called by name
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$top/build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
PATH=$PATH:/usr/sbin:/sbin
export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null
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

# The label is looked for on all disks, and the first one is mounted.
shell_label_on_any_disk() {
	disk && cp "$work/disk.img" "$work/stick.img" || return 1
	found=$(for image in "$work/stick.img" "$work/disk.img"; do
		labels "$image" | sed "s,^,$image ,"
	done | grep balena-imx | head -n 1)
	[ "${found% *}" = "$work/stick.img" ]
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

# The blob goes to the key driver with the length that it has.
shell_blob_of_any_length() {
	head -c 4000 /dev/zero >"$work/blob"
	disk --blob "$work/blob" && mount_imx || return 1
	[ "$(stat -c %s "$(find "$work/imx" -name 'balena_*.enc')")" -gt 144 ]
}

# A bootenv is looked for at any depth; of several any may be the first.
shell_bootenv_at_any_depth() {
	printf '%s\n' '#!/bin/sh' 'mmd -i "$1" ::/deep; mcopy -i "$1" ::/bootenv "$1.env"' \
		'mcopy -i "$1" "$1.env" ::/deep/bootenv' >"$work/edit"
	chmod 755 "$work/edit"
	disk --partition imx:edit="$work/edit" && mount_imx || return 1
	[ "$(find "$work/imx" -name bootenv | wc -l)" -eq 2 ]
}

# The override becomes part of a path and of the command line as it is.
shell_abi_as_it_is() {
	grub-editenv "$work/env" create
	grub-editenv "$work/env" set 'kernel_override_abi=../../etc init=/evil'
	abi=$(grub-editenv "$work/env" list | sed -n 's/^kernel_override_abi=//p')
	case "root=UUID=x balena_kernel_abi=$abi /mnt/data/boot-by-abi/$abi/Image.gz" in
	*' init=/evil '*'boot-by-abi/../../etc'*) ;;
	*) return 1 ;;
	esac
}

# Without a number the comparison of the count fails, and the boot goes on uncounted.
shell_count_that_is_no_number() {
	bootcount='x'
	[ "$bootcount" -ge 3 ] 2>/dev/null
	[ $? -gt 1 ]
}

# A file of this name on the unencrypted volume makes an installer of the device.
shell_flasher_by_a_file() {
	touch "$work/flag"
	disk --imx-file balena-image-flasher="$work/flag" && mount_imx || return 1
	[ -e "$work/imx/balena-image-flasher" ]
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

# jq reads config.json for the scripts, and gives up on it.
shell_config_of_100000_brackets() {
	! head -c 100000 /dev/zero | tr '\000' '[' | jq -r .developmentMode >/dev/null 2>&1
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
