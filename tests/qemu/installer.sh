# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # programs in quotes; variables of lib.sh
# Installers' media: what starts, and what is refused by name. The flasher's development build says the name on
# its console: it keeps no report, because it leaves the device's own disk alone, which every case here checks.

kernels_of_media=$BUILD/out
first_words='root=LABEL=flash-rootA rootwait'

# --- making media

# The contents of an installer's root, in $work/root; KERNEL is the one it starts with.
make_root() { # [KERNEL]
	rm -rf "$work/root"
	for dir in bin sbin boot dev proc sys run mnt; do mkdir -p "$work/root/$dir"; done
	install -m 755 "$BUILD/os/busybox" "$work/root/bin/busybox"
	for name in awk cat dmesg echo grep head mount poweroff readlink sed sh tr umount wc; do
		ln -s busybox "$work/root/bin/$name"
	done
	install -m 755 "$top/tests/install/root-init" "$work/root/sbin/init"
	echo installer >"$work/root/who"
	seq 1 400000 | head -c 2000000 >"$work/root/large"
	set -- "${1:-$kernels_of_media/os-installer/Image.gz}"
	[ "$(head -c 2 "$1" | od -A n -t x1 | tr -d ' ')" = 1f8b ] && name=Image.gz || name=Image
	cp "$1" "$work/root/boot/$name"
}

medium() { # OPTION...: of make-medium, in $work/medium
	[ -d "$work/root" ] || make_root
	mkdir -p "$work/boot"
	echo '{"installer":{"secureboot":true}}' >"$work/boot/config.json"
	"$top/tests/install/make-medium" --root "$work/root" --boot "$work/boot" -o "$work/medium" "$@" \
		>"$work/made" 2>&1 || fault "make-medium $*: $(tail -n 1 "$work/made")"
}

editing() { # PROGRAM: a script, whose $1 is the file, as make-medium wants it
	printf '#!/bin/sh\nset -eu\n%s\n' "$1" >"$work/edit"
	chmod 755 "$work/edit"
}

# Signed again by a key that bbsign would not take for it, or with another text: KEY and a sed program.
resigning() { # KEY SED-PROGRAM
	openssl pkey -in "$BUILD/keys/keys/$1_key.pem" -passin "file:$BUILD/keys.passphrase" -out "$work/key"
	editing "
		tail -c 4096 \"\$1\" | head -c 3584 | sed '$2' >\"\$1.text\"
		{ cat \"\$1.text\"; yes '' | head -c 3584; } | head -c 3584 >\"\$1.whole\"
		openssl dgst -sha256 -sign '$work/key' -out \"\$1.signature\" \"\$1.whole\"
		cat \"\$1.signature\" >>\"\$1.whole\"
		truncate -s 4096 \"\$1.whole\"
		truncate -s -4096 \"\$1\"
		cat \"\$1.whole\" >>\"\$1\""
}

# Changes one byte of a file's contents, found by a text in it. It must be in that file only.
edit_text() { # TEXT
	printf 'at=$(LC_ALL=C grep -abo "%s" "$1" | head -n 1 | cut -d : -f 1)\nprintf X | dd of="$1" bs=1 seek="$at" conv=notrunc status=none\n' "$1"
}

# --- starting

start_flasher() { # BOOT-OPTION...
	ln -sf "$BUILD/disk.img" "$work/disk.img"
	boot --image "$kernels_of_media/${flasher:-qemu-flasher-development}/Image.gz" --words "flasher $first_words" \
		"$@"
}

start() { # BOOT-OPTION...
	start_flasher "$@"
	cmp -s "$work/disk.img" "$work/after.img" || fault "the device's own disk was written to"
}

start_medium() { # BOOT-OPTION...
	start --drive "$work/medium" "$@"
}

expect_installer() { # WHO
	expect_up
	expect_os who "$1"
	expect_os writable no
}

expect_authenticated() {
	expect_installer installer
	expect_os root '/ ro,nosuid,nodev,relatime'
	expect_os_report .installer.authenticated true
	expect_os_report .error null
}

# No word of the second kernel: it was never started.
expect_not_started() { # NAME
	expect_refused "$1"
	! grep -q '\-balena-os' "$work/console" || fault "the medium's kernel was started"
}

# --- what starts

# On the production build, which is silent.
case_installer_starts() {
	flasher=qemu-flasher
	medium
	start_medium
	expect_authenticated
	expect_silent_bootloader
	expect_os_report .stage flasher
	expect_os_report .variant production
	expect_os_report .device closed
	expect_os_report .installer.version 2
	expect_os_report .installer.medium vdb2
	expect_os_report '.warnings | length' 0
	expect_os whole yes
	expect_os keys 0
	expect_os config '{"installer":{"secureboot":true}}'
	[ "$(os_says cmdline | tr ' ' '\n' | grep -c '^flasher$')" = 1 ] || fault "words: $(os_says cmdline)"
}

# The other slot of those that the configuration names, at the lowest version that may start.
case_installer_of_the_minimum_version() {
	medium --version 1
	: >"$work/nothing"
	truncate -s 1M "$work/nothing"
	start --drive "$work/nothing" --drive "$work/medium"
	expect_authenticated
	expect_os_report .installer.version 1
	expect_os_report .installer.medium vdc2
}

open_chip() {
	"$host/mkchip" --open -o "$work/open" || fault mkchip
	chip=$work/open
}

case_installer_unsigned_on_an_open_device() {
	open_chip
	medium --unsigned
	start_medium
	chip=$BUILD/chip
	expect_installer installer
	expect_os_report .device open
	expect_os_report .installer.authenticated false
	expect_os_report '.warnings[0]' 'the installer is not authenticated: manifest-refused'
}

case_installer_signed_on_an_open_device() {
	open_chip
	medium
	start_medium
	chip=$BUILD/chip
	expect_authenticated
	expect_os_report .device open
	expect_os_report '.warnings | length' 0
}

# A device whose fuses cannot be read counts as closed.
case_installer_unsigned_when_fuses_are_unreadable() {
	medium --unsigned
	start_medium --no-chip
	expect_not_started manifest-refused
}

# --- who signed it

case_installer_unsigned() {
	medium --unsigned
	start_medium
	expect_not_started manifest-refused
}

# The build that devices have says nothing; nothing runs, and the device resets.
case_installer_unsigned_in_production() {
	flasher=qemu-flasher
	medium --unsigned
	start_medium
	[ "$status" -eq 4 ] || fault "$(tail -n 1 "$work/outcome")"
	expect_nothing_on_console
}

other_keys() {
	medium --sign-with "--pki $BUILD/other-keys --passphrase-file $BUILD/other-keys.passphrase"
}

case_installer_of_another_key() {
	other_keys
	start_medium
	expect_not_started manifest-refused
}

case_premise_installer_of_another_key() {
	flasher=undefended-flasher
	make_root "$kernels_of_media/os-installer-undefended/Image.gz"
	echo attacker >"$work/root/who"
	other_keys
	start_medium --append undefended=manifest
	expect_installer attacker
}

# A flasher that has lost its check is not the last one.
case_installer_is_authenticated_twice() {
	flasher=undefended-flasher
	other_keys
	start_medium --append undefended=manifest
	expect_refused manifest-refused
	grep -q '\-balena-os' "$work/console" || fault "the medium's kernel was not started"
}

# The kernel keyring's own certificate is not asked, nor that of the modules.
case_installer_manifest_of_the_kernel_key() {
	for key in kernel module; do
		resigning $key ''
		medium --edit-signed "$work/edit"
		start_medium
		expect_not_started manifest-refused
	done
}

case_installer_manifest_edited() {
	editing 'perl -0777 -pi -e "s/version = 2/version = 9/" "$1"'
	medium --edit-signed "$work/edit"
	start_medium
	expect_not_started manifest-refused
}

# --- what it is for

case_installer_too_old() {
	medium --version 0
	start_medium
	expect_not_started installer-version
}

case_premise_installer_too_old() {
	flasher=undefended-flasher
	make_root "$kernels_of_media/os-installer-undefended/Image.gz"
	medium --version 0
	start_medium --append undefended=installer-version
	expect_installer installer
}

case_installer_of_another_device_type() {
	medium --device-type qemu2
	start_medium
	expect_not_started installer-device-type
}

case_premise_installer_of_another_device_type() {
	flasher=undefended-flasher
	make_root "$kernels_of_media/os-installer-undefended/Image.gz"
	medium --device-type qemu2
	start_medium --append undefended=device-type
	expect_installer installer
}

# --- what the manifest covers

case_installer_superblock_edited() {
	editing 'printf X | dd of="$1" bs=1 seek=1200 conv=notrunc status=none'
	medium --edit-signed "$work/edit"
	start_medium
	expect_not_started installer-root
}

# A byte in the middle of the kernel, as it lies in the partition.
case_installer_kernel_edited() {
	make_root
	place=$(head -c 1000016 "$work/root/boot/Image.gz" | tail -c 16 | od -A n -v -t x1 | tr -d ' \n')
	editing "perl -0777 -pi -e 'BEGIN { \$from = pack(\"H*\", \"$place\") } s/\\Q\$from\\E/X . substr(\$from, 1)/e or die' \"\$1\""
	medium --edit-signed "$work/edit"
	start_medium
	expect_not_started kernel-read
}

# One that the flasher does not read: the installer's kernel ends at once, and not in the middle of a script.
case_installer_program_edited() {
	editing "$(edit_text '^300000$')"
	medium --edit-signed "$work/edit"
	start_medium
	[ "$status" -eq 4 ] || fault "$(tail -n 1 "$work/outcome")"
	grep -q 'panic: dm-verity device corrupted' "$work/outcome" || fault "$(tail -n 1 "$work/outcome")"
	! grep -q '^os: up' "$work/console" || fault "the installer went on"
}

case_premise_installer_program_edited() {
	flasher=undefended-flasher
	make_root "$kernels_of_media/os-installer-undefended/Image.gz"
	editing 'perl -0777 -pi -e "s,installer\\n\\0,attackers\\n\\0, or die" "$1"'
	medium --edit-signed "$work/edit"
	start_medium --append undefended=verity
	expect_installer attackers
}

# The tree of another filesystem of the same size, and its manifest's text: only one of them is signed.
case_installer_tree_of_another() {
	make_root
	echo attackers >"$work/root/who"
	editing "cp \"\$1\" '$work/other'"
	medium --edit-signed "$work/edit"
	echo installer >"$work/root/who"
	editing "
		blocks=\$(tail -c 4096 \"\$1\" | head -c 3584 | sed -n 's/^data-blocks = //p')
		rest=\$((\$(stat -c %s \"\$1\") - blocks * 4096 - 4096))
		head -c -4096 '$work/other' | tail -c \$rest | dd of=\"\$1\" bs=4096 seek=\$blocks conv=notrunc status=none"
	medium --edit-signed "$work/edit"
	start_medium
	expect_not_started installer-root
}

# A manifest that is signed, and lies about its partition.
case_installer_manifest_that_lies() {
	for blocks in 1 4294967295 4294967296; do
		resigning installer "s/^data-blocks = .*/data-blocks = $blocks/"
		medium --edit-signed "$work/edit"
		start_medium
		expect_not_started manifest-bad
	done
	resigning installer 's/^data-blocks = .*/data-blocks = 1000/'
	medium --edit-signed "$work/edit"
	start_medium
	expect_not_started installer-root
}

# --- which medium

case_installer_medium_missing() {
	start
	expect_not_started medium-missing
}

case_installer_medium_of_another_label() {
	medium --label flash-rootA2
	start_medium
	expect_not_started medium-missing
}

# In a slot that the configuration does not name.
third_slot() { # BOOT-OPTION...
	truncate -s 1M "$work/nothing"
	start --drive "$work/nothing" --drive "$work/nothing" --drive "$work/medium" "$@"
}

case_installer_medium_on_another_controller() {
	medium
	third_slot
	expect_not_started medium-missing
}

case_premise_installer_medium_on_another_controller() {
	flasher=undefended-flasher
	make_root "$kernels_of_media/os-installer-undefended/Image.gz"
	medium
	third_slot --append undefended=medium
	expect_installer installer
}

# In the place of the device's own disk, whatever else says that it is a medium.
case_installer_medium_is_the_disk() {
	medium
	boot --image "$kernels_of_media/qemu-flasher-development/Image.gz" --words "flasher $first_words" \
		--disk "$work/medium"
	expect_not_started medium-missing
}

case_installer_two_media() {
	medium
	start --drive "$work/medium" --drive "$work/medium"
	expect_not_started medium-ambiguous
}

case_installer_two_roots() {
	editing "cp \"\$1\" '$work/partition'"
	medium --edit-signed "$work/edit"
	medium --second "$work/partition"
	start_medium
	expect_not_started medium-ambiguous
}

# --- which kernel

case_installer_kernel_unsigned() {
	make_root "$kernels/strip"
	medium
	start_medium
	expect_not_started kernel-unsigned
}

case_installer_kernel_of_another_key() {
	make_root "$kernels/other-key"
	medium
	start_medium
	expect_not_started kernel-refused
}

# A good kernel, which is the OS's: the flasher's word gives it away. That kernel keeps its report.
case_installer_kernel_is_the_os() {
	make_root "$BUILD/out/os/Image.gz"
	medium
	start_flasher --drive "$work/medium"
	expect_refused stage-mismatch
	expect_kept .stage os
}

# --- which stage

case_installer_flasher_without_its_word() {
	medium
	start_medium --words "balena_stage2 $first_words"
	expect_not_started stage-mismatch
}

# --- a medium that thinks better of it

# Each sector is read once as it was signed, and then as an attacker would like it. The flasher reads nothing
# twice; the installer's kernel, which has to, asks again who signed it.
case_installer_medium_changes() {
	medium
	mv "$work/medium" "$work/signed"
	echo attackers >"$work/root/who"
	other_keys
	truncate -s "$(stat -c %s "$work/signed")" "$work/medium"
	nbdkit --unix "$work/socket" --pidfile "$work/server" "$host/failing-disk.so" "file=$work/signed" \
		"other=$work/medium" "log=$work/applied" "change=0+$(stat -c %s "$work/signed")" || fault nbdkit
	start --nbd-drive "$work/socket"
	kill -KILL "$(cat "$work/server")"
	[ -s "$work/applied" ] || fault 'no rule applied'
	expect_refused manifest-refused
	grep -q '\-balena-os' "$work/console" || fault "the medium's kernel was not started"
}
