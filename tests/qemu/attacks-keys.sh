# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# What is left of keys.

# --- keys ---------------------------------------------------------------------------------------------

# The next kernel is one that opens nothing (tests/premise), signed, with an empty disk in the first place,
# where it looks: what is in memory at its end was left there by the bootloader. A black key begins with the
# 20 bytes of its header; the plain one is known, and of letters, so that it can be a file's name.
key_hunt() { # MKDISK-OPTIONS BOOT-COMMAND...
	"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
		--security-version 2 -o "$work/hunter" "$BUILD/out/premise-locked/Image" >/dev/null ||
		fault 'no kernel to hunt with'
	make_os --kernel "$work/hunter"
	"$host/mkdisk" --chip "$chip" --key "$work/key" --write-blob "$work/blob" || fault 'no blob'
	# shellcheck disable=SC2086 # options
	disk --key "$work/key" --blob "$work/blob" $1
	shift
	"$@" --first-drive "$work/first" --ram "$work/ram"
	grep -q '^premise: end' "$work/console" || fault "the next kernel did not run: $(tail -n 1 "$work/outcome")"
	black=$(LC_ALL=C grep -caUP 'OgaT\x00{4}\x09\x00{3}\x18\x00{3}\x24\x00{3}' "$work/ram")
	plain=$(plain_in "$work/ram")
}

some_key() {
	plain_key=$(LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 24)
	printf %s "$plain_key" >"$work/key"
	truncate -s 1M "$work/first"
}

# In how many lines the plain key is, as it is or in hexadecimal digits.
plain_in() { # FILE
	LC_ALL=C grep -caiF -e "$plain_key" -e "$(printf %s "$plain_key" | od -An -v -tx1 | tr -d ' \n')" "$1"
}

case_keys_leave_no_trace() {
	some_key
	key_hunt '' boot
	[ "$black" -eq 0 ] || fault "a black key is in memory at $black places"
	[ "$plain" -eq 0 ] || fault "the key is in memory at $plain places"
	[ "$(plain_in "$work/after.img")" -eq 0 ] || fault 'the key is on the disk'
	[ "$(plain_in "$work/console")" -eq 0 ] || fault 'the key is on the console'
}

case_premise_keys_leave_a_trace() {
	some_key
	key_hunt '' boot_undefended bzero --
	[ "$black" -gt 0 ] || fault 'no black key is in memory'
}

# The plain key is where it must not be, and is found: in a file that the next kernel reads, on the disk and,
# since that kernel says what it reads, on the console.
case_premise_plain_key_is_found() {
	some_key
	"$host/mkdisk" --chip "$chip" --imx-file "$plain_key.enc=$work/key" -o "$work/planted" || fault 'no disk'
	mv "$work/planted" "$work/first"
	key_hunt "--imx-file note=$work/key" boot
	[ "$plain" -gt 0 ] || fault 'it is not found in memory'
	[ "$(plain_in "$work/after.img")" -gt 0 ] || fault 'it is not found on the disk'
	[ "$(plain_in "$work/console")" -gt 0 ] || fault 'it is not found on the console'
}
