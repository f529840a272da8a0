# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables that the cases and the case runner share
# What the whole-boot cases are written with. A case makes a disk, boots it, and says what it expects
# of the booted system or of the kept report; each expectation that does not hold is a fault.

top=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
export BUILD
host=$BUILD/host
kernels=$BUILD/bad-kernels
chip=$BUILD/chip
default_os=$BUILD/os/default

# --- making things

make_os() { # OPTION...: the contents of the volumes, in $work/os
	"$top/tests/os/make-os" --busybox "$BUILD/os/busybox" --dmtable "$BUILD/os/dmtable" \
		--module "$BUILD/out/os/unsigned.ko" --module "$BUILD/out/os/signed.ko" "$@" -o "$work/os"
	os=$work/os
}

bootenv() { # KEY=VALUE...: a boot environment, in $work/bootenv
	rm -f "$work/bootenv"
	grub-editenv "$work/bootenv" create
	grub-editenv "$work/bootenv" set resin_root_part=A upgrade_available=0 bootcount=0 "$@"
}

disk() { # MKDISK-OPTION...: the disk of this boot
	"$host/mkdisk" --chip "$chip" --root-a "$os/rootA" --root-b "$os/rootB" --boot "$os/boot" \
		--state "$os/state" --data "$os/data" "$@" -o "$work/disk.img" || fault "mkdisk $*"
}

# --- booting

boot() { # BOOT-OPTION...
	"$top/tests/qemu/boot" --quiet --disk "$work/disk.img" --chip "$chip" --console "$work/console" \
		--keep-disk "$work/after.img" "$@" >"$work/outcome" 2>&1
	status=$?
}

fault() { # TEXT
	echo "# $case: $*"
	faults=$((faults + 1))
}

# --- what the booted system says

expect_up() {
	[ "$status" -eq 0 ] || fault "not up: $(tail -n 1 "$work/outcome")"
}

os_says() { # KEY
	tr -d '\r' <"$work/console" | sed -n "s/^os: $1=//p" | head -n 1
}

expect_os() { # KEY VALUE
	[ "$(os_says "$1")" = "$2" ] || fault "OS says $1=$(os_says "$1"), not $2"
}

# It does say that, with a blank in front and behind here, and none of the texts is in it.
never_in_os() { # KEY TEXT...
	key=$1 said=" $(os_says "$1") "
	shift
	grep -q "^os: $key=" "$work/console" || fault "OS does not say $key"
	for text; do
		case $said in
		*"$text"*) fault "the OS has '$text' in $key=$(os_says "$key")" ;;
		esac
	done
}

expect_os_report() { # JQ-FILTER VALUE
	value=$(os_says report | jq -r "$1" 2>&1)
	[ "$value" = "$2" ] || fault "the OS's report has $1=$value, not $2"
}

# A closed device's volumes, all of them what they should be.
expect_all_volumes() { # TABLE
	for volume in boot rootA rootB state data; do
		expect_os "$volume.table" "$1"
		expect_os "$volume.mark" "the mark of $volume"
	done
}

# The production bootloader has no console: the first line of all is the OS kernel's own.
expect_silent_bootloader() {
	head -n 1 "$work/console" | grep -q 'Booting Linux on physical CPU' ||
		fault "the console starts with: $(head -n 1 "$work/console")"
	[ "$(grep -c 'Booting Linux on physical CPU' "$work/console")" -eq 1 ] ||
		fault "more than one kernel was seen on the console"
}

# --- a refusal: the report that this very boot kept, and nothing that ran

expect_refused() { # NAME
	[ "$status" -eq 3 ] || fault "not refused: $(tail -n 1 "$work/outcome")"
	grep -q "^boot: refused $1 (" "$work/outcome" || fault "$(tail -n 1 "$work/outcome"), not $1"
	if grep -q '^os: ' "$work/console"; then
		fault "an OS ran"
	fi
}

expect_nothing_on_console() {
	[ ! -s "$work/console" ] || fault "the console says: $(head -n 1 "$work/console")"
}

kept_report() { # JQ-FILTER
	"$top/tests/mkdisk/fat" get "$work/after.img" bootreport.json | jq -r "$1" 2>&1
}

expect_kept() { # JQ-FILTER VALUE
	[ "$(kept_report "$1")" = "$2" ] || fault "the kept report has $1=$(kept_report "$1"), not $2"
}

# The boot state on the disk after the boot.
expect_bootenv() { # KEY VALUE
	"$top/tests/mkdisk/fat" get "$work/after.img" bootenv >"$work/bootenv.after"
	value=$(grub-editenv "$work/bootenv.after" list | sed -n "s/^$1=//p")
	[ "$value" = "$2" ] || fault "bootenv has $1=$value, not $2"
}
