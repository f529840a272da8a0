# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks with words and addresses: the OS's command line, the device tree.

# --- the OS's command line ---------------------------------------------------------------------------

# An override whose name would be words of the command line, with a kernel at the path that this makes.
hostile_abi() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override x="$BUILD/out/os/Image.gz"
	mv "$os/data/boot-by-abi/x" "$os/data/boot-by-abi/x module.sig_enforce=0 init=evil"
	bootenv 'kernel_override_abi=x module.sig_enforce=0 init=evil' \
		'kernel_override_abi_committed_A="-- ../x' 'kernel_override_abi_committed_B=../../boot' \
		'extra_os_firmware_class_path=/x" init=/evil'
	disk --bootenv "$work/bootenv"
}

case_abi_with_words() {
	hostile_abi
	boot
	expect_up
	expect_os_report .override null
	expect_os_report '.warnings | join(" ")' 'boot state has bad values: bootenv'
	never_in_os cmdline evil abi sig_enforce=0
}

case_premise_abi_with_words() {
	hostile_abi
	boot_undefended bootenv
	case "$(os_says cmdline)$(grep -a 'Kernel command line' "$work/console")" in
	*'module.sig_enforce=0 init=evil'*) ;;
	*) fault 'the words did not get through' ;;
	esac
}

case_premise_words_pass() {
	disk
	boot_undefended cmdline -- --append 'hostile.word=1'
	case "$(os_says cmdline)$(grep -a 'Kernel command line' "$work/console")" in
	*hostile.word=1*) ;;
	*) fault 'the word did not get through' ;;
	esac
}

# --- the device tree: /chosen with other things in it --------------------------------------------------

chosen() { # in $work/dtb: PROPERTY TYPE VALUE... for fdtput, which may be said more than once
	[ -e "$work/dtb" ] ||
		qemu-system-aarch64 -M "virt,dumpdtb=$work/dtb" -cpu cortex-a53 -m 512M -nodefaults -display none \
			>/dev/null 2>&1
	property=$1 type=$2
	shift 2
	fdtput -t "$type" "$work/dtb" /chosen "$property" "$@" || fault "fdtput $property"
}

# Bytes of standard input as a property.
chosen_bytes() { # PROPERTY
	# shellcheck disable=SC2046 # one argument a byte
	chosen "$1" bx $(od -An -v -tx1)
}

hostile_chosen() {
	chosen bootargs s 'console=ttyAMA0 balena_stage2 rdinit=/bin/sh lockdown=none init=/evil "quoted -- single'
	chosen linux,initrd-start x 0 0x50000000
	chosen linux,initrd-end x 0 0x50100000
	chosen linux,elfcorehdr x 0 0x50200000 0 0x1000
	chosen linux,uefi-secure-boot x 0
	chosen kaslr-seed x 0 0
	chosen rng-seed x 1 2 3 4 5 6 7 8
	chosen stdout-path s /nowhere
	chosen hostile s hostile
}

# A kernel that was started with it takes all of it: today's bootloader kernel does.
case_premise_chosen_with_everything() {
	disk
	hostile_chosen
	boot --image "$BUILD/out/os/Image" --words '' --dtb "$work/dtb"
	grep -q 'Kernel command line: .*rdinit=/bin/sh lockdown=none init=/evil' "$work/console" ||
		fault 'the words did not get through'
	grep -q 'KASLR disabled due to lack of seed' "$work/console" || fault 'the seed did not get through'
	grep -q 'Freeing initrd memory: 1024K' "$work/console" || fault 'the initrd did not get through'
}

case_chosen_with_everything() {
	make_os --kernel "$BUILD/out/os/Image.gz" --hook "$top/tests/attacks/chosen-hook"
	disk
	hostile_chosen
	boot --words '' --dtb "$work/dtb"
	expect_up
	expect_silent_bootloader
	expect_os kaslr on
	expect_os lockdown integrity
	expect_os hook 0
	never_in_os cmdline evil rdinit lockdown=none '"'
	never_in_os chosen initrd-start=5000 elfcorehdr
}

# A firmware of nobody's, which /chosen names to the kernel: each of its services is the attacker's code.
hostile_firmware() {
	aarch64-linux-gnu-as -o "$work/firmware.o" "$top/tests/attacks/firmware.S"
	aarch64-linux-gnu-objcopy -O binary "$work/firmware.o" "$work/firmware" || fault 'no firmware'
	disk
	chosen linux,uefi-system-table x 0 50000000
	chosen linux,uefi-mmap-start x 0 50002000
	chosen linux,uefi-mmap-size x a0
	chosen linux,uefi-mmap-desc-size x 28
	chosen linux,uefi-mmap-desc-ver x 1
	chosen linux,uefi-secure-boot x 2
}

case_chosen_firmware_does_not_run() {
	hostile_firmware
	boot --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	expect_up
	expect_silent_bootloader
	expect_os slot A
	grep -q 'firmware of nobody' "$work/console" && fault 'it ran'
	:
}

case_premise_chosen_firmware_runs() {
	hostile_firmware
	boot --image "$BUILD/out/os/Image" --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	grep -q "^premise: firmware of nobody's runs at EL1" "$work/console" || fault 'it did not run'
}

# Not in the bootloader, but in the OS, which gets the same device tree.
case_premise_chosen_firmware_runs_in_the_os() {
	hostile_firmware
	boot_undefended firmware -- --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	expect_silent_bootloader
	grep -q "firmware of nobody's runs at EL1" "$work/console" || fault 'it did not run'
}

chosen_arguments() { # LENGTH
	head -c "$1" /dev/zero | tr '\000' x >"$work/arguments"
	printf '\000' >>"$work/arguments"
	chosen_bytes bootargs <"$work/arguments"
}

# Who takes them as they are, as today's bootloader kernel does, cuts them off without a word: what U-Boot said
# last is not said.
case_premise_chosen_arguments_cut_off() {
	{ printf 'console=ttyAMA0 '; head -c 2048 /dev/zero | tr '\000' x; printf ' lockdown=integrity\000'; } \
		>"$work/arguments"
	chosen_bytes bootargs <"$work/arguments"
	disk
	boot --image "$BUILD/out/os/Image" --words '' --dtb "$work/dtb"
	grep -q 'Kernel command line: .*xxxxxxxx' "$work/console" || fault 'no OS was started'
	grep 'Kernel command line: ' "$work/console" | grep -q 'lockdown=integrity' && fault 'nothing was cut off'
	:
}

case_chosen_arguments_just_not_too_long() {
	chosen_arguments 2047
	disk
	boot --words '' --dtb "$work/dtb"
	expect_up
	expect_os slot A
}
case_chosen_arguments_too_long() {
	chosen_arguments 2048
	disk
	boot --words '' --dtb "$work/dtb"
	expect_refused cmdline-bad
}
case_chosen_arguments_of_60000() {
	chosen_arguments 60000
	disk
	boot --words '' --dtb "$work/dtb"
	expect_refused cmdline-bad
}

# No end, and no text.
case_chosen_arguments_that_are_no_string() {
	{ printf 'balena_stage2 console=tty\001\377\200 \000flasher\000'; head -c 500 "$BUILD/out/os/Image.gz"; } |
		tail -c +1 | tr -d '\n' >"$work/arguments"
	chosen_bytes bootargs <"$work/arguments"
	disk
	boot --words '' --dtb "$work/dtb"
	expect_up
	never_in_os cmdline "$(printf 'tty\001')" "$(printf '\377')" flasher
	[ "$(os_says cmdline | grep -o tty | wc -l)" = "$(os_says cmdline | grep -o ttyAMA0 | wc -l)" ] ||
		fault "command line: $(os_says cmdline)"
}
