# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables that the scripts share
# What the provisioning tests are written with. A script runs in QEMU (guest); what it says of itself, lines
# of KEY=VALUE, and what is on the disk then is looked at from outside.

top=$(cd "$(dirname "$0")/../.." && pwd)
export BUILD="${BUILD:-$top/build}"
host=$BUILD/host
fat=$top/tests/mkdisk/fat
PATH=$PATH:/usr/sbin:/sbin
faults=0

fault() { # TEXT
	echo "# $case: $*"
	faults=$((faults + 1))
}

conclude() {
	if [ "$faults" -eq 0 ]; then
		echo "ok provision: $case"
	else
		echo "not ok provision: $case"
		failed=1
	fi
	faults=0
}

blank_disk() { # SIZE
	rm -f "$work/disk"
	truncate -s "$1" "$work/disk"
}

closed_chip() {
	"$host/mkchip" --force -o "$work/chip"
}

run() { # [GUEST-OPTION]... <SCRIPT: what it said is in $work/said
	cat "$top/tests/provision/steps" - >"$work/script"
	"$top/tests/provision/guest" --disk "$work/disk" --chip "$work/chip" "$@" "$work/script" >"$work/said" 2>&1
	status=$?
}

says() { # KEY
	sed -n "s/^$1=//p" "$work/said" | head -n 1
}

expect() { # KEY VALUE
	[ "$(says "$1")" = "$2" ] || fault "$1 is '$(says "$1")', not '$2'"
}

# --- the disk, from outside

partition() { # LABEL: first sector and number of sectors
	partx --raw --noheadings --output START,SECTORS,NAME "$work/disk" 2>/dev/null |
		awk -v name="$1" '$3 == name { print $1, $2 }'
}

labels() {
	partx --raw --noheadings --output NAME "$work/disk" 2>/dev/null | xargs
}

is_written() { # VOLUME: whether there is anything in its first 64 KiB
	set -- $(partition "resin-$1")
	[ $# -eq 2 ] && dd if="$work/disk" bs=512 skip="$1" count=128 status=none | tr -d '\000' | head -c 1 |
		od -A n -t x1 | grep -q .
}

# Whether both files of a key are of the length and header of their kind, and the same.
has_pair() { # KEY-SIZE
	for file in "balena_$1.enc" "keyblob_$1.copy"; do
		"$fat" get "$work/disk" "$file" >"$work/$file" 2>/dev/null &&
			"$host/bbctl" blob --key-size "$1" "$work/$file" >/dev/null 2>&1 || return 1
	done
	cmp -s "$work/balena_$1.enc" "$work/keyblob_$1.copy"
}

# What must hold at any time on a disk that is not being erased: no data under a key that is not kept twice.
judge_disk() { # WHEN
	for volume in boot rootA rootB state; do
		! is_written $volume || has_pair 64 || fault "$1: $volume is written, and its key is not whole"
	done
	! is_written data || has_pair 48 || fault "$1: data is written, and its key is not whole"
}
