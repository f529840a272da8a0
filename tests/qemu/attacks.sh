# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks as whole boots, each with the premise that it works where the defence is missing. tests/attacks/list
# says which case is the premise of which.

# The production bootloader with checks taken away (tests/undefended): CHECK... [-- BOOT-OPTION...]
boot_undefended() {
	taken_away=''
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		taken_away="$taken_away undefended=$1"
		shift
	done
	[ $# -eq 0 ] || shift
	boot --image "$BUILD/out/undefended/Image.gz" --append "${taken_away# }" "$@"
}

# The kernel gave up, before the watchdog and without a named error.
expect_nameless_reset() {
	[ "$status" -eq 4 ] || fault "no reset without a name: $(tail -n 1 "$work/outcome")"
}

# The production bootloader has no console: whatever is said is said by a kernel that it started.
expect_os_kernel() {
	expect_silent_bootloader
	grep -q '^\[ *[0-9.]*\] Linux version .*-balena-os ' "$work/console" || fault 'no OS kernel was started'
}

expect_attempts() { # ERROR...
	expect_kept '[.attempts[].error.name] | join(" ")' "$*"
}

# A program for mkdisk's edit=, from standard input; $1 in it is the filesystem.
edit() { # NAME
	{
		printf '#!/bin/sh\nset -eu\nPATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null\n'
		printf 'export PATH MTOOLS_SKIP_CHECK MTOOLSRC LC_ALL=C\n'
		# Bytes, each as three octal digits, at an offset.
		printf 'poke() { at=$2 file=$1; shift 2; printf "$(printf "\\\\\\\\%%s" "$@")" |
	dd of="$file" bs=1 seek="$at" conv=notrunc status=none; }\n'
		cat
	} >"$work/$1"
	chmod 755 "$work/$1"
}

# The same with commands of debugfs.
edit_ext4() { # NAME
	{
		echo 'debugfs -w -f - "$1" <<"DEBUGFS"'
		cat
		echo DEBUGFS
	} | edit "$1"
}

boot_of_layer() { # NAME: where make-os puts the kernel of a slot or an override
	echo "/balena/overlay2/layer-$1/diff/boot"
}
