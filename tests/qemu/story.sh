# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154,SC2254 # variables of lib.sh; endings are patterns
# Whole stories: the boot ROM's stand-in, a medium with the flasher, the reboots in between. Each device is judged
# from outside at its end (tests/install/lib.sh), whatever else is expected.

# shellcheck source=tests/install/lib.sh
. "$top/tests/install/lib.sh"
story=$BUILD/install

# --- devices and media

story_device() { # DIRECTORY-BELOW-$story, or fresh
	if [ "$1" = fresh ]; then fresh_device "$work/device"; else copy_device "$story/$1" "$work/device"; fi
	copy_device "$work/device" "$work/before"
}

# The medium with another config.json.
story_config() { # DOCUMENT
	cp --sparse=always "$story/medium.img" "$work/medium"
	printf '%s' "$1" >"$work/config.json"
	"$fat" put "$work/medium" config.json "$work/config.json"
}

# A medium of the same maker, whose root was changed before it was signed: COMMAND is run in it.
story_medium() { # COMMAND [MAKE-MEDIUM-OPTION...]
	rm -rf "$work/root"
	cp -a "$story/root" "$work/root"
	(cd "$work/root" && eval "$1") || fault "cannot change the root"
	shift
	"$top/tests/install/make-medium" --root "$work/root" --boot "$story/boot" -o "$work/medium" "$@" \
		>"$work/made" 2>&1 || fault "make-medium: $(tail -n 1 "$work/made")"
}

# One byte of a file in the medium's root changed, after it was signed.
story_spoil() { # FILE MEDIUM
	cp --sparse=always "$2" "$work/medium"
	at=$(perl -e '
		local $/; open(my $f, "<:raw", $ARGV[0]) or die; my $needle = <$f>;
		open(my $m, "<:raw", $ARGV[1]) or die; my $medium = <$m>;
		print rindex($medium, substr($needle, 0, 4096)) + 2048' "$1" "$work/medium")
	printf '\252' | dd of="$work/medium" bs=1 seek="$at" conv=notrunc status=none
}

# An unsigned medium whose payload was changed.
story_unsigned() { # FLASH-BOOT
	"$top/tests/install/make-medium" --unsigned --root "$story/root" --boot "$1" -o "$work/unsigned" >/dev/null 2>&1
	story_spoil "$story/root/payload/boot/Image.gz" "$work/unsigned"
}

# --- starting

power_on() { # ROM-OPTION...
	"$top/tests/install/rom" --disk "$work/device/disk" --chip "$work/device/chip" --consoles "$work/consoles" \
		"$@" >"$work/outcome" 2>&1
	console=$(find "$work/consoles" -type f | sort -V | tail -n 1)
	[ -z "$console" ] || cp "$console" "$work/console"
}

expect_end() { # LAST-LINE, as a pattern of case
	case $(tail -n 1 "$work/outcome") in
	"rom: "$1) ;;
	*) fault "$(tail -n 1 "$work/outcome"), not $1" ;;
	esac
}

expect_untouched() {
	cmp -s "$work/device/disk" "$work/before/disk" || fault "the disk was written to"
	cmp -s "$work/device/chip" "$work/before/chip" || fault "fuses were burnt"
}

expect_sound() {
	judge_device "$work/device" "$story/efuses.bin" >"$work/wrong"
	while read -r line; do fault "$line"; done <"$work/wrong"
}

expect_closed_and_up() {
	rm -rf "$work/consoles"
	power_on
	expect_end up
	expect_all_volumes crypt
	expect_os_report .device closed
	expect_os_report .layout 2
	expect_sound
}

# --- from a blank board

case_story_secureboot() {
	story_device fresh
	power_on --medium "$story/medium.img"
	expect_end off
	[ "$(grep -c '^rom: start' "$work/outcome")" -eq 3 ] || fault "not three starts"
	is_closed "$work/device/chip" || fault "the device is open"
	expect_closed_and_up
	# Nothing is left of the opt-in; the rest of config.json is on the encrypted boot volume.
	power_on --medium "$story/medium-plain.img"
	expect_end 'refused opt-in-missing: *'
}

case_story_plain() {
	story_device fresh
	power_on --medium "$story/medium-plain.img"
	expect_end off
	cmp -s "$work/device/chip" "$work/before/chip" || fault "fuses were burnt"
	"$fat" get "$work/device/disk" config.json >"$work/config.json"
	grep -q "$secret" "$work/config.json" || fault "config.json is not installed"
	rm -rf "$work/consoles"
	power_on
	expect_end up
	expect_all_volumes plain
	expect_os_report .device open
}

# An open device that is in use is closed later: nothing of what was plain is left.
case_story_plain_then_secureboot() {
	story_device fresh
	power_on --medium "$story/medium-plain.img"
	expect_end off
	power_on --medium "$story/medium.img"
	expect_end off
	expect_closed_and_up
}

case_story_reinstalled() {
	story_device closed
	"$fat" get "$work/device/disk" balena_64.enc >"$work/old"
	power_on --medium "$story/medium.img"
	expect_end off
	"$fat" get "$work/device/disk" balena_64.enc >"$work/new"
	! cmp -s "$work/old" "$work/new" || fault "the old key is still in use"
	expect_closed_and_up
}

# Cut while it writes, started without the medium, and with it again.
case_story_medium_removed() {
	story_device closed
	power_on --medium "$story/medium.img" -- --cut 'step write: rootB'
	expect_end cut
	expect_sound
	power_on
	expect_end 'refused: no Image.gz on the disk'
	power_on --medium "$story/medium.img"
	expect_end off
	expect_closed_and_up
}

# --- attacks on a closed device: nothing is lost, and it starts as before

story_refused() { # LAST-LINE
	power_on --medium "$work/medium"
	expect_end "$1"
	expect_untouched
	expect_closed_and_up
}

case_story_opt_in_removed() {
	story_device closed
	story_config '{"apiKey":"x"}'
	story_refused 'refused opt-in-missing: *'
}

case_story_opt_in_false() {
	story_device closed
	story_config '{"installer":{"secureboot":false}}'
	story_refused 'refused opt-in-missing: *'
}

case_story_config_garbage() {
	story_device closed
	story_config '{"installer":{"secureboot":true},"installer":{"secureboot":true}}'
	story_refused 'refused config-bad: *'
}

# What is installed is not what was signed: here one byte of the bootloader. dm-verity ends the installer, which
# reads all of it before it erases anything.
case_story_payload_swapped() {
	story_device closed
	story_spoil "$story/root/payload/boot/Image.gz" "$story/medium.img"
	story_refused 'lost: panic: dm-verity device corrupted'
}

# On an open device nobody has to have signed a medium: what the attacker says is installed.
case_premise_story_payload_swapped() {
	story_device fresh
	story_unsigned "$story/boot-plain"
	power_on --medium "$work/medium"
	expect_end off
	"$fat" get "$work/device/disk" Image.gz >"$work/installed"
	[ "$(cmp -l "$work/installed" "$story/root/payload/boot/Image.gz" | wc -l)" -eq 1 ] ||
		fault "what is installed is not what the attacker wrote"
}

# But such a device is not closed: with this bootloader it would never start again.
case_story_payload_swapped_before_closing() {
	story_device fresh
	story_unsigned "$story/boot"
	power_on --medium "$work/medium"
	expect_end 'refused artifact-*'
	expect_untouched
}

# The bootloader of another maker in a good medium: it is verified before anything is erased.
case_story_bootloader_of_another() {
	story_device closed
	story_medium "cp '$story/other/Image.gz' payload/boot"
	story_refused 'refused artifact-*'
}

# /init's production build says no name where nobody may read (tests/qemu/installer.sh has them): it resets.
case_story_installer_refused() {
	story_device closed
	for option in '--version 0' '--device-type another'; do
		# shellcheck disable=SC2086 # two words
		story_medium : $option
		power_on --medium "$work/medium"
		expect_end 'lost: reset without a named error'
		expect_untouched
	done
	expect_closed_and_up
}

case_story_efuses_of_another_pki() {
	story_device fresh
	story_medium "cp '$story/other/efuses.bin' payload"
	power_on --medium "$work/medium"
	expect_end 'refused artifact-*'
	expect_untouched
}

# Today's tool burns what the file says, and closes: such a device starts nothing any more.
case_premise_story_efuses_of_another_pki() {
	story_device closed
	offset=96
	set --
	for word in $(od -A n -v -t x4 -w4 "$story/other/efuses.bin"); do
		set -- "$@" --fuse "$offset=0x$word"
		offset=$((offset + 4))
	done
	"$host/mkchip" --force --closed "$@" -o "$work/device/chip"
	power_on --medium "$story/medium.img"
	expect_end 'refused: the boot ROM does not start what is on the medium: *srk-hash*'
}

# A second disk with the target's labels, found before it: it is not the one at the configured controller.
case_story_relabelled_disk() {
	story_device closed
	cp --sparse=always "$story/closed/disk" "$work/twin"
	power_on --medium "$story/medium.img" -- --first-drive "$work/twin"
	expect_end off
	cmp -s "$work/twin" "$story/closed/disk" || fault "the other disk was written to"
	expect_closed_and_up
}

# A disk that is named like the medium: the installer reads from the disk that its own root lies on.
case_story_disk_named_like_the_medium() {
	story_device closed
	story_config '{"apiKey":"x"}'
	power_on --medium "$story/medium.img" -- --first-drive "$work/medium"
	expect_end off
	expect_closed_and_up
}
