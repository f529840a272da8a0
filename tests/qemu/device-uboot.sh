# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # U-Boot expands; variables that the case runner shares
# Debian's U-Boot in front, in the container that a boot ROM verifies (tests/device/make-imx-boot), with an
# environment of balena's kind (tests/device/uboot.env). It asks tests/install/rom about the bytes in its memory.

uboot=$BUILD/uboot
signed=$BUILD/out/qemu-production/signed

# A closed device with the bootloader on its disk, whose fuses have the hash of these keys.
uboot_device() { # MKDISK-OPTION...
	chip_of_keys
	disk --imx-file "Image.gz=$signed/Image.gz" --imx-file "virt.dtb=$signed/virt.dtb" "$@"
	mkdir -p "$work/device"
	mv "$work/disk.img" "$work/device/disk"
	cp "$chip" "$work/device/chip"
	copy_device "$work/device" "$work/before"
}

# A file on the disk is another one.
uboot_put() { # NAME FILE
	"$fat" put "$work/device/disk" "$1" "$2" || fault "put $1"
}

uboot_start() { # ROM-OPTION...
	rm -rf "$work/consoles"
	power_on --uboot "${container:-$uboot/imx-boot}" "$@"
}

# The same U-Boot with another environment, signed.
uboot_with() { # VARIABLE=VALUE...
	printf '%s\n' "$@" >"$work/lines.env"
	container=$work/imx-boot
	KEYS=${uboot_keys:-$BUILD/keys} PASSPHRASE_FILE=${uboot_keys:-$BUILD/keys}.passphrase \
		"$top/tests/device/make-imx-boot" "$container" /usr/lib/u-boot/qemu_arm64/u-boot.bin \
		"$BUILD/out/qemu-production/virt.dtb" "$top/tests/device/uboot.env" "$uboot/places.env" \
		"$work/lines.env" >"$work/made" 2>&1 || fault "make-imx-boot: $(tail -n 1 "$work/made")"
}

# A kernel as the boot ROM wants it.
uboot_sign() { # IMAGE.GZ OUT
	"$host/bbsign" hab --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" --slot 0 \
		--load-addr 0x40480000 --ivt-offset 0xc00000 -o "$2" "$1" >"$work/made" 2>&1 ||
		fault "bbsign hab: $(tail -n 1 "$work/made")"
}

# One bit of a file.
flip_bit() { # FILE OFFSET
	perl -e 'open(my $f, "+<", $ARGV[0]); seek($f, $ARGV[1], 0); read($f, my $b, 1); seek($f, $ARGV[1], 0);
		print $f chr(ord($b) ^ 1)' "$1" "$(($2))"
}

expect_uboot() { # TEXT: U-Boot, or who was started by it, said so
	tr -d '\r' <"$work/console" | grep -q -e "$1" || fault "nobody said $1"
}

# U-Boot itself ran, and was told no.
expect_uboot_refuses() { # EVENTS
	expect_end "refused: U-Boot does not start what it has loaded: $1"
	expect_uboot '^U-Boot 20'
	expect_uboot '^authenticate image fail'
	! grep -q '^Starting kernel' "$work/console" || fault 'a kernel was started'
	expect_untouched
}

expect_started() {
	expect_end up
	expect_uboot '^Starting kernel'
	expect_all_volumes crypt
	expect_os_report .device closed
}

# --- a whole boot

# Also: U-Boot's memory and seeds, not what is in the signed device tree, are those of the OS.
case_device_uboot_boots() {
	echo 'echo "os: memory=$(awk "/MemTotal/ { print (\$2 > 600000) }" /proc/meminfo)"' >"$work/hook"
	make_os --kernel "$BUILD/out/os/Image.gz" --hook "$work/hook"
	uboot_device
	uboot_start -- --memory 768M
	expect_started
	expect_uboot '^U-Boot 20'
	[ "$(grep -c '^rom:   hab_auth .*: good' "$work/outcome")" -eq 2 ] || fault 'not both were verified'
	expect_os_report '.dropped_words | join(" ")' 'root rw balena_stage2'
	case $(os_says cmdline) in
	'rootwait console=ttyAMA0 '*) ;;
	*) fault "command line: $(os_says cmdline)" ;;
	esac
	expect_os memory 1
	expect_os kaslr on
}

# What reaches the kernel that U-Boot starts; the production bootloader does not say.
case_device_uboot_seeds_and_memory() {
	uboot_device
	uboot_sign "$BUILD/out/qemu-development/Image.gz" "$work/Image.gz"
	uboot_put Image.gz "$work/Image.gz"
	uboot_start -- --memory 384M
	expect_started
	expect_uboot '0\.000000\] KASLR enabled'
	expect_uboot 'node   0: \[mem 0x0000000040000000-0x0000000057ffffff\]'
	expect_uboot 'psci: PSCIv1'
	uboot_with 'say=setenv bootargs root=LABEL=${root} balena_stage2'
	uboot_start
	expect_started
	expect_uboot '0\.000000\] KASLR disabled due to lack of seed'
}

# --- an installer's medium

case_device_uboot_installs_from_a_medium() {
	story_device fresh
	uboot_start --medium "$story/medium.img"
	expect_end off
	[ "$(grep -c '^rom: start' "$work/outcome")" -eq 3 ] || fault "not three starts"
	[ "$(grep -c '^rom:   hab_auth .*: good' "$work/outcome")" -eq 6 ] || fault 'not all were verified'
	expect_uboot 'bootloader from virtio 1 flasher migrate'
	expect_uboot 'words: root=LABEL=flash-rootA flasher migrate hab_status=0 rootwait rw balena_stage2'
	is_closed "$work/device/chip" || fault "the device is open"
	uboot_start
	expect_started
	expect_uboot 'bootloader from virtio 0 *$'
	expect_sound
}

# A bit in the zeros behind the device tree: an open board starts with it, and an installer has to hear of it.
case_device_uboot_installer_hears_of_events() {
	story_device fresh
	cp --sparse=always "$story/medium.img" "$work/medium"
	cp "$story/boot/virt.dtb" "$work/virt.dtb"
	flip_bit "$work/virt.dtb" 0x10000
	"$fat" put "$work/medium" virt.dtb "$work/virt.dtb"
	uboot_start --medium "$work/medium"
	expect_uboot 'words: root=LABEL=flash-rootA flasher migrate hab_status=1 '
	expect_end 'refused artifact-refused: /run/virt.dtb: image-digest: *'
	expect_untouched
}

# Its flag is there, its bootloader is of keys that this chip does not know.
case_device_uboot_medium_of_others() {
	uboot_device
	cp --sparse=always "$story/medium.img" "$work/medium"
	"$fat" put "$work/medium" Image.gz "$story/other/Image.gz"
	uboot_start --medium "$work/medium"
	expect_uboot_refuses 'Image.gz: srk-hash'
	expect_uboot 'bootloader from virtio 1 flasher migrate'
}

# Facts W7. Here the word alone does nothing: the bootloader of a disk is no flasher.
case_device_uboot_flag_on_the_disk() {
	: >"$work/flag"
	uboot_device --imx-file "balena-image-flasher=$work/flag"
	uboot_start
	expect_end 'refused stage-mismatch *'
	expect_uboot 'bootloader from virtio 0 flasher migrate'
}

# --- edited files

# Each signature covers all of a file: somewhere in its contents, in the zeros behind them, and in the IVT.
case_device_uboot_edited_kernel() {
	uboot_device
	for place in 0x100000 0xb00000 0xc00004; do
		gunzip -c "$signed/Image.gz" >"$work/Image"
		flip_bit "$work/Image" $place
		gzip -nc "$work/Image" >"$work/Image.gz"
		uboot_put Image.gz "$work/Image.gz"
		copy_device "$work/device" "$work/before"
		uboot_start
		expect_uboot_refuses 'Image.gz: image-digest'
	done
}

case_device_uboot_edited_device_tree() {
	uboot_device
	cp "$signed/virt.dtb" "$work/virt.dtb"
	flip_bit "$work/virt.dtb" 0x400
	uboot_put virt.dtb "$work/virt.dtb"
	copy_device "$work/device" "$work/before"
	uboot_start
	expect_uboot_refuses 'virt.dtb: image-digest'
}

case_device_uboot_without_signatures() {
	uboot_device
	cp "$BUILD/out/qemu-production/virt.dtb" "$work/virt.dtb"
	uboot_put virt.dtb "$work/virt.dtb"
	copy_device "$work/device" "$work/before"
	uboot_start
	expect_uboot_refuses 'virt.dtb: ivt-missing'
}

# U-Boot, its environment behind it, and the tree that says where they are; nothing at all runs.
case_device_uboot_edited_uboot() {
	uboot_device
	container=$work/imx-boot
	for place in 0x57c28 0x5ac00 0x15ac10; do
		cp "$uboot/imx-boot" "$container"
		flip_bit "$container" $place
		uboot_start
		reason=image-digest
		[ $place != 0x57c28 ] || reason=container
		expect_end "refused: the boot ROM does not start what is in the flash: $reason"
		[ ! -e "$work/consoles/1" ] || fault 'something was started'
	done
	uboot_keys=$BUILD/other-keys
	uboot_with bootdelay=-2
	uboot_start
	expect_end 'refused: the boot ROM does not start what is in the flash: srk-hash'
	expect_untouched
}

# An open device starts it all the same; the installer is told so.
case_device_uboot_open_device() {
	chip_of_keys --open
	disk --open
	mkdir -p "$work/device"
	mv "$work/disk.img" "$work/device/disk"
	cp "$chip" "$work/device/chip"
	uboot_put virt.dtb "$BUILD/out/qemu-production/virt.dtb"
	uboot_put Image.gz "$story/other/Image.gz"
	uboot_start
	expect_end up
	expect_uboot '^U-Boot 20'
	grep -q 'hab_auth Image.gz: srk-hash' "$work/outcome" || fault 'the kernel was not verified'
	grep -q 'hab_auth virt.dtb: [a-z-]' "$work/outcome" || fault 'the device tree was not verified'
	! grep -q 'hab_auth .*: good' "$work/outcome" || fault 'one of them is good'
	expect_os_report .device open
}

# --- who writes U-Boot's words, or has its environment

hostile_words='rdinit=/bin/sh init=/bin/sh lockdown=none lsm= initcall_blacklist=lockdown_lsm module.sig_enforce=0'

case_device_uboot_hostile_words() {
	uboot_device
	{
		echo "extra_os_cmdline=$hostile_words initrd=0x4c000000,0x100000; echo INJECTED"
		echo 'authenticate=true'
		echo 'bootargs=balena_stage2'
		echo 'start=echo START; poweroff'
	} >"$work/extra"
	uboot_put extra_uEnv.txt "$work/extra"
	uboot_start
	expect_started
	! grep -q '^INJECTED' "$work/console" || fault 'U-Boot ran what was a word'
	[ "$(grep -c '^rom:   hab_auth .*: good' "$work/outcome")" -eq 2 ] || fault 'not both were verified'
	expect_os_report '.dropped_words | join(" ")' \
		'root rdinit init lockdown lsm initcall_blacklist module.sig_enforce initrd echo INJECTED rw balena_stage2'
	never_in_os cmdline rdinit lockdown=none init=/bin/sh initcall sig_enforce=0
}

# Who takes over all of the file, as balena's environment without HAB does, lets it say what U-Boot runs.
case_device_uboot_premise_everything_imported() {
	uboot_device
	echo 'authenticate=true' >"$work/extra"
	uboot_put extra_uEnv.txt "$work/extra"
	gunzip -c "$BUILD/out/os/Image.gz" | cat - /dev/zero | head -c $((0xc00000)) | gzip -nc >"$work/Image.gz"
	uboot_put Image.gz "$work/Image.gz"
	copy_device "$work/device" "$work/before"
	uboot_start
	expect_uboot_refuses 'Image.gz: ivt-missing'
	uboot_with extra_names=
	uboot_start
	expect_uboot '^Starting kernel'
	expect_uboot 'Linux version .*-os'
	! grep -q hab_auth "$work/outcome" || fault 'somebody has asked'
}

# An environment that hands over an initrd: balena's says "-" in its place.
uboot_initrd='start=load virtio ${from}:1 0x4c000000 initrd; booti ${kernel_addr} 0x4c000000:${filesize} ${dtb_addr}'

case_device_uboot_initrd_does_not_run() {
	foreign_initrd
	uboot_device --imx-file "initrd=$work/initrd.cpio"
	uboot_with "$uboot_initrd"
	uboot_start
	expect_started
	expect_uboot 'Loading Ramdisk\|Using Ramdisk\|ramdisk at'
	! grep -q '^premise: ' "$work/console" || fault "the initrd ran"
	expect_os_report '.warnings | length' 0
}

case_device_uboot_premise_initrd_runs() {
	foreign_initrd
	uboot_device --imx-file "initrd=$work/initrd.cpio"
	uboot_sign "$BUILD/out/os/Image.gz" "$work/Image.gz"
	uboot_put Image.gz "$work/Image.gz"
	uboot_with "$uboot_initrd" 'extra_os_cmdline=console=ttyAMA0'
	uboot_start
	expect_uboot '^premise: end'
}
