#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbprovision fuses: on the fuses of a chip file, what is burnt, in which order, and what is refused by which name.
# shellcheck disable=SC2015,SC2046,SC2086,SC2317 # A && B || fail is meant; functions are called through check; words
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/sign/fuses.sh
. "$top/tests/sign/fuses.sh"

srk_offsets="0x60 0x64 0x68 0x6c 0x70 0x74 0x78 0x7c"
files="--artifact gz1 dtb1"

# burn GOAL [WORD...]
burn() {
	goal=$1
	shift
	provisions 0 fuses "--$goal" --efuses efuses $files "$@"
}

has_hash() { # FUSE-FILE
	dd if=fuses bs=1 skip=96 count=32 2>/dev/null | cmp - "$1"
}

dry_run() {
	chip && burn dry-run && unchanged && grep -q '^0x000 SRK_LOCK: 0x00000000 -> 0x00000200, bits 9$' out &&
		[ "$(grep -c '^0x0.. SRK_HASH\[[0-7]\]: 0x00000000 -> ' out)" -eq 8 ] &&
		grep -q '^0x01c SJC_DISABLE JTAG_SMODE JTAG_HEO: 0x00000000 -> 0x04e00000, bits 21 22 23 26$' out &&
		[ "$(tail -n 2 out | head -n 1)" = '0x01c SEC_CONFIG: 0x04e00000 -> 0x06e00000, bits 25' ] &&
		[ "$(tail -n 1 out)" = '11 words would be burnt; none was' ] || { cat out; return 1; }
	burn dry-run --json && unchanged &&
		jq -e '.error == null and .burnt == 0 and (.fuses | length) == 11 and .artifacts.slot == 1' out &&
		[ "$(jq -r '[.fuses[].name] | join(" ")' out)" = "$(printf 'SRK_HASH[%d] ' 0 1 2 3 4 5 6 7
			)SRK_LOCK SJC_DISABLE JTAG_SMODE JTAG_HEO SEC_CONFIG" ]
}

programs() {
	chip 0x8c=0x5 && burn program && has_hash efuses && [ "$(fuse 0x000)" = 0x00000200 ] &&
		[ "$(tail -n 1 out)" = '9 words were burnt, and read back' ] && only 0 $srk_offsets || return 1
	cp fuses fuses.before && burn program && unchanged && grep -q '^there is nothing to burn$' out
}

closes() {
	rm -f closing # bbprovision's mark: no key before the restart
	chip 0x8c=0x5 0x1c=0x10002000 && burn program && [ ! -e closing ] && burn close --hab-status 0 && [ "$(fuse 0x01c)" = 0x16e02000 ] &&
		only 0 $srk_offsets 0x1c && [ "$(fuse 0x08c)" = 0x00000005 ] || return 1
	[ -e closing ] && rm closing && cp fuses fuses.before && burn close --hab-status 0 && unchanged && [ ! -e closing ] && burn program && unchanged
}

# What imx-otp-tool leaves when it is cut (W13), and jumps over on the next boot
finishes_what_was_closed_first() {
	chip $(hash_words efuses) 0=0x200 0x1c=0x02000000 && burn close --hab-status 0 && [ "$(fuse 0x01c)" = 0x06e00000 ]
}

# Each word and each mask of bits that a cut may leave
goes_on() {
	for left in 1 3 5 8; do
		chip $(hash_words efuses | head -n $left) && burn program && has_hash efuses &&
			[ "$(fuse 0x000)" = 0x00000200 ] || return 1
	done
	for mask in 0x0000ffff 0x80808080 0x00010000; do
		chip $(hash_words efuses | while IFS='=' read -r at word; do printf '%s=%#x\n' "$at" $((word & mask)); done) &&
			burn program && has_hash efuses || return 1
	done
	chip $(hash_words efuses) 0=0x200 0x1c=0x00800000 && burn close --hab-status 0 && [ "$(fuse 0x01c)" = 0x06e00000 ]
}

# no REASON TEXT WORD...: refused, with nothing burnt
no() {
	denied "$@" && unchanged
}

close_needs_the_hash() {
	chip && no srk-unprogrammed 'word 0x060' fuses --close --hab-status 0 --efuses efuses $files || return 1
	chip $(hash_words efuses) && no srk-unprogrammed SRK_LOCK fuses --close --hab-status 0 --efuses efuses $files
}

close_needs_the_rom() {
	chip $(hash_words efuses) 0=0x200
	for text in 1 '' ' 0' 00 0x0 '0 ' no; do
		no hab-events "hab_status is '$text'" fuses --close "--hab-status=$text" --efuses efuses $files || return 1
	done
	no hab-events 'has no hab_status=' fuses --close --efuses efuses $files
}

fuse_files() {
	chip && head -c 31 efuses >short && { cat efuses; printf x; } >long && head -c 32 /dev/zero >zero && : >empty
	for file in short long zero empty absent; do
		no efuses-bad $file fuses --program --efuses $file $files || return 1
	done
	no artifact-refused srk-hash fuses --program --efuses efuses.foreign $files
}

artifacts() {
	chip && spoilt gz1 200 && spoilt dtb1 12 || return 1
	no artifact-refused srk-hash fuses --program --efuses efuses --artifact gz1 dtb1 foreign &&
		no artifact-refused image-digest fuses --program --efuses efuses --artifact gz1 dtb1.spoilt &&
		no artifact-refused gz1.spoilt fuses --program --efuses efuses --artifact dtb1 gz1.spoilt &&
		no artifact-refused ivt-missing fuses --program --efuses efuses --artifact Image.gz &&
		no artifact-refused absent fuses --program --efuses efuses --artifact gz1 absent &&
		no slots-differ dtb2 fuses --program --efuses efuses --artifact gz1 dtb2 || return 1
	chip 0x9c=2 && no artifact-refused slot-revoked fuses --program --efuses efuses $files
}

development() {
	set -- --efuses efuses.development --artifact development
	chip && no development-keys development fuses --program "$@" &&
		no development-keys development fuses --dry-run "$@" &&
		provisions 0 fuses --program --development "$@" && has_hash efuses.development
}

other_fuses() {
	chip 0x60=0xffffffff && no srk-mismatch 'word 0x060' fuses --program --efuses efuses $files || return 1
	chip $(hash_words efuses.foreign) 0=0x200 && no srk-mismatch SRK_HASH fuses --program --efuses efuses $files &&
		no srk-mismatch SRK_HASH fuses --close --hab-status 0 --efuses efuses $files || return 1
	chip $(hash_words efuses | head -n 7) 0=0x200 && no srk-locked 'word 0x07c' fuses --program --efuses efuses $files &&
		no srk-unprogrammed 'word 0x07c' fuses --close --hab-status 0 --efuses efuses $files || return 1
	chip 0=4 && no boot-cfg-locked SEC_CONFIG fuses --program --efuses efuses $files || return 1
	chip 0x1c=0x02000000 && no srk-mismatch 'word 0x060' fuses --program --efuses efuses $files
}

unreadable() {
	for word in 0x00 0x1c $srk_offsets 0x9c; do
		chip $word=0xbadabada && no fuses-unreadable "word 0x0${word#0x}" fuses --program --efuses efuses $files || return 1
	done
	chip && truncate -s 100 fuses && cp fuses fuses.before &&
		no fuses-unreadable 'word 0x064' fuses --dry-run --efuses efuses $files &&
		configuration "$work/absent" && denied fuses-unreadable absent fuses --program --efuses efuses $files
	status=$?
	configuration "$work/fuses"
	return $status
}

# Devices that do not burn: one that fails, one that forgets, one that forbids
bad_writes() {
	chip && configuration /dev/full && denied fuse-write 'No space left' fuses --program --efuses efuses $files &&
		configuration /dev/zero && denied fuse-readback 'word 0x060' fuses --program --efuses efuses $files &&
		configuration /proc/self/fd/9 &&
		! sealed "$bbprovision" fuses --program --efuses efuses $files --config conf &&
		grep -q '^bbprovision: fuse-locked: ' err
	status=$?
	configuration "$work/fuses"
	return $status
}

# swapped GOAL: gz1 is another file after the second time that all have been verified. The pipe is made anew before
# its reader sees the end, so that each time is one pipe.
swapped() {
	rm -f pipe && mkfifo pipe && cp gz1 changing || return 1
	{
		for time in 1 2; do
			exec 3>pipe
			mkfifo next && mv next pipe
			[ $time -eq 1 ] || cp gz1.spoilt changing
			cat dtb1 >&3
			exec 3>&-
		done
	} &
	provisions 1 fuses "--$1" --hab-status 0 --efuses efuses --artifact changing pipe
	status=$?
	kill $! 2>/dev/null # it waits for a reader, when there were fewer times
	wait
	[ $status -eq 0 ] && grep -q '^bbprovision: artifact-refused: changing: ' err
}

changes_under_way() {
	spoilt gz1 200 && chip && swapped program && has_hash efuses && [ "$(fuse 0x000)" = 0x00000000 ] || return 1
	chip $(hash_words efuses) 0=0x200 && swapped close && [ "$(fuse 0x01c)" = 0x04e00000 ]
}

usage() {
	"$bbprovision" fuses --help | grep -q '^usage: bbprovision fuses ' && chip &&
		provisions 2 fuses && provisions 2 fuses --program && provisions 2 fuses --program --close --efuses efuses $files &&
		provisions 2 fuses --program --efuses efuses gz1 && provisions 2 fuses --program --efuses efuses --artifact &&
		provisions 2 fuses --program $files && provisions 2 fuses --nonsense && unchanged || return 1
	rm conf
	denied config-missing conf fuses --program --efuses efuses $files && echo nonsense >conf &&
		denied config-bad 'line 1' fuses --program --efuses efuses $files
}

check "inputs" make_inputs
check "says bit by bit what would be burnt, and burns nothing" dry_run
check "burns the hash and its lock, and nothing else" programs
check "closes: JTAG off, then SEC_CONFIG, and nothing else" closes
check "a device that was closed with JTAG open is finished" finishes_what_was_closed_first
check "goes on with what was half done" goes_on
check "refused: closing without the hash, whole and locked" close_needs_the_hash
check "refused: closing when the boot ROM has not said 0" close_needs_the_rom
check "refused: fuse files that are none, or another's" fuse_files
check "refused: artifacts that would not start, or not together" artifacts
check "refused: development keys without being told" development
check "refused: fuses that hold something else, or are locked" other_fuses
check "refused: a fuse that cannot be read" unreadable
check "refused: writes that fail, do nothing, are forbidden" bad_writes
check "an artifact that changes is noticed before the lock, and before closing" changes_under_way
check "usage" usage
exit "$failed"
