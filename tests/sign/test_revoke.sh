#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbprovision revoke: no slot that anything on the device needs, and none before the system is committed.
# shellcheck disable=SC2015,SC2046,SC2086,SC2317 # A && B || fail is meant; functions are called through check; words
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/sign/fuses.sh
. "$top/tests/sign/fuses.sh"

where="--imx imx --root-a rootA --root-b rootB --artifact boot0"

# device [WORD...]: all of it in slot 1, committed; closed, with the hash in its fuses, and these
device() {
	rm -rf imx rootA rootB
	mkdir -p imx rootA/hostapps/1/boot rootA/resin-boot rootB/boot && ln -s hostapps/1 rootA/current &&
		ln -s /current/boot rootA/boot && cp gz1 imx/Image.gz && cp dtb1 imx/board.dtb && cp dtb1 boot0 &&
		cp Image.gz rootA/hostapps/1/boot/ && cp gz1 rootA/resin-boot/Image.gz && cp dtb1 rootB/boot/ &&
		echo nothing >imx/config.json && state upgrade_available=0 bootcount=0 &&
		chip $(hash_words efuses) 0=0x200 0x1c=0x06e00000 "$@"
}

state() { # KEY=VALUE...
	grub-editenv imx/bootenv create && grub-editenv imx/bootenv set "$@"
}

# no REASON TEXT [SLOT], which is 0: refused, with nothing burnt
no() {
	denied "$1" "$2" revoke "${3-0}" $where && unchanged
}

revokes() {
	device && provisions 0 revoke 0 $where && [ "$(fuse 0x09c)" = 0x00000001 ] && only 0x9c &&
		grep -q '^0x09c SRK_REVOKE\[0\]: 0x00000000 -> 0x00000001, bits 0$' out || { cat out; return 1; }
	provisions 0 revoke 2 $where --json && jq -e '.error == null and .slot == 2 and .burnt == 1 and .artifacts.count == 5' out &&
		[ "$(fuse 0x09c)" = 0x00000005 ]
}

already() {
	device 0x9c=1 && provisions 0 revoke 0 $where && grep -q '^slot 0 is revoked already$' out && unchanged &&
		provisions 0 revoke 0 $where --json && jq -e '.was_revoked and .burnt == 0' out
}

# A number for strtoul is not enough: what a hostile file holds must revoke nothing (W11)
strict_numbers() {
	device
	for slot in '' ' 0' '0 ' 00 0x0 +0 4 10 256 4294967296 x 'REVOKE_INDEX=0' '0;reboot' "$(printf '0\n1')" '٠'; do
		no slot-bad 'one digit' "$slot" || return 1
	done
	provisions 2 revoke -1 $where && unchanged || return 1
	no slot-not-revocable 'slot 3' 3
}

in_use() {
	device && no slot-in-use 'boot0 is signed in slot 1' 1 || return 1
	# each place by itself: the rest needs slot 1, and slot 2 is to be revoked
	for place in boot0 imx/board.dtb imx/other rootA/resin-boot/x.dtb rootA/hostapps/1/boot/x.dtb rootB/boot/x; do
		device && cp dtb2 $place && no slot-in-use "${place#rootA/hostapps/1/}" 2 && no slots-differ 'slot 2' 0 || return 1
	done
}

# NXP's csf_parser, which today's hook asks, does not mind (W10)
parser_takes_it() {
	spoilt dtb1 12 && mkdir -p parsed && (cd parsed && csf_parser -s ../dtb1.spoilt) &&
		grep -r 'SRK Index 1' parsed/output/parsed_output.txt
}

does_not_verify() {
	spoilt dtb1 12
	for place in boot0 imx/board.dtb imx/other rootA/resin-boot/x.dtb rootB/boot/x; do
		device && cp dtb1.spoilt $place && no artifact-refused "$place" && cp foreign $place &&
			no artifact-refused srk-hash || return 1
	done
	# what U-Boot loads by its name must be signed; other files need not
	device && cp Image.gz imx/Image.gz && no artifact-refused imx/Image.gz && rm imx/Image.gz && mkdir imx/Image.gz &&
		no artifact-refused imx/Image.gz && device && cp dtb imx/imx-boot-x && no artifact-refused imx-boot-x || return 1
	device && rm -r imx/board.dtb imx/Image.gz && cp dtb boot0 && no artifact-refused boot0 || return 1
	# a name that would tell a terminal what to do
	device && cp dtb1.spoilt "imx/$(printf 'x\033[2J.dtb')" && no artifact-refused 'imx/x?[2J.dtb' || return 1
	device && mv rootB away && no artifact-refused rootB; status=$?
	rm -r away
	return $status
}

# What is signed in a root that is not mounted would be refused by the ROM once that root is installed again.
not_mounted() {
	device && rm -r rootB && mkdir rootB && no artifact-refused 'rootB: no signed file' 2 && mkdir rootB/boot &&
		cp Image.gz rootB/boot && no artifact-refused 'rootB: no signed file' 2 || return 1
	for twice in rootA ./rootA "$work/rootA" rootA/.; do
		denied artifact-refused 'the same directory' revoke 2 --imx imx --root-a rootA --root-b "$twice" \
			--artifact boot0 && unchanged || return 1
	done
}

# A link of a root leads into that root, wherever it points
links() {
	device && mkdir outside && cp dtb2 outside/x.dtb && ln -sfn "$work/outside" rootA/current &&
		provisions 0 revoke 2 $where && [ "$(fuse 0x09c)" = 0x00000004 ]
}

not_committed() {
	device && state upgrade_available=1 bootcount=1 && no not-committed 'upgrade_available is 1' || return 1
	device && : >imx/bootenv && no not-committed imx/bootenv || return 1
	device && rm imx/bootenv && no not-committed imx/bootenv && mkdir imx/bootenv &&
		no not-committed imx/bootenv || return 1
	device && mv imx away && no not-committed imx; status=$?
	rm -r away
	return $status
}

other_chips() {
	device 0x64=0xffffffff && no artifact-refused srk-hash && chip && no artifact-refused fuses-zero &&
		device 0x9c=0xbadabada && no fuses-unreadable 'word 0x09c'
}

# A boot ROM that was not told to leave SRK_REVOKE writable, as nvmem says it
locked_by_the_rom() {
	device && configuration /proc/self/fd/9 && ! sealed "$bbprovision" revoke 0 $where --config conf &&
		grep -q '^bbprovision: fuse-locked: word 0x09c SRK_REVOKE' err
	status=$?
	configuration "$work/fuses"
	return $status
}

usage() {
	"$bbprovision" revoke --help | grep -q '^usage: bbprovision revoke ' && device &&
		provisions 2 revoke && provisions 2 revoke 0 && provisions 2 revoke 0 --artifact boot0 &&
		provisions 2 revoke 0 --imx imx --root-a rootA --artifact boot0 &&
		provisions 2 revoke 0 --imx imx --root-a rootA --root-b rootB boot0 &&
		provisions 2 revoke 0 --imx imx --root-a rootA --root-b rootB --artifact && unchanged
}

check "inputs" make_inputs
check "revokes a slot that nothing needs, and burns nothing else" revokes
check "a slot that is revoked already" already
check "refused: what is not the number of a slot that can be revoked" strict_numbers
check "refused: a slot that is needed anywhere; slots that differ" in_use
check "premise: a parser takes what does not verify" parser_takes_it
check "refused: what does not verify, anywhere" does_not_verify
check "refused: a root that is not mounted, or is given twice" not_mounted
check "links of a root stay in it" links
check "refused: before the system is committed" not_committed
check "refused: other fuses" other_chips
check "refused: a fuse that the boot ROM has locked" locked_by_the_rom
check "usage" usage
exit "$failed"
