# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# What is left of keys.

# --- keys ---------------------------------------------------------------------------------------------

# The next kernel is one that opens nothing (tests/premise), signed, with an empty disk in the first place,
# where it looks: what is in memory at its end was left there by the bootloader. A black key begins with the 20 bytes of its header, a plain one is known.
key_hunt() { # BOOT-COMMAND...
	"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
		--security-version 2 -o "$work/hunter" "$BUILD/out/premise-locked/Image" >/dev/null ||
		fault 'no kernel to hunt with'
	make_os --kernel "$work/hunter"
	"$host/mkdisk" --chip "$chip" --write-key "$work/key" --write-blob "$work/blob"
	disk --key "$work/key" --blob "$work/blob"
	truncate -s 1M "$work/empty"
	"$@" --first-drive "$work/empty" --ram "$work/ram"
	grep -q '^premise: end' "$work/console" || fault "the next kernel did not run: $(tail -n 1 "$work/outcome")"
	black=$(grep -caUP 'OgaT\x00{4}\x09\x00{3}\x18\x00{3}\x24\x00{3}' "$work/ram")
	plain=$(grep -caUP "$(od -An -v -tx1 "$work/key" | tr -d '\n' | sed 's/ /\\x/g')" "$work/ram")
}

case_keys_leave_no_trace() {
	key_hunt boot
	[ "$black" -eq 0 ] || fault "a black key is in memory at $black places"
	[ "$plain" -eq 0 ] || fault "the key is in memory at $plain places"
	grep -qaUP "$(od -An -v -tx1 "$work/key" | tr -d '\n' | sed 's/ /\\x/g')" "$work/after.img" "$work/console" &&
		fault 'the key is on the disk or on the console'
	:
}

case_premise_keys_leave_a_trace() {
	key_hunt boot_undefended bzero --
	[ "$black" -gt 0 ] || fault 'no black key is in memory'
}
