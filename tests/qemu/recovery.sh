# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # text for the device's shell; variables of lib.sh
# The recovery shell, driven through the serial console as a person would: read, type, go on.

shell_opens='wait --- the recovery shell is open ---'
# A second is short where the host is busy.
held_key='hold init: stage enforcement'

# talk STEP... [-- BOOT-OPTION...]: steps of tests/qemu/boot --talk, and "run COMMAND", whose end is waited for:
# what is typed while a command runs may be lost
talk() {
	: >"$work/talk"
	number=0
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		case $1 in
		'run '*)
			number=$((number + 1))
			printf "type %s; echo d''one %s\nwait done %s\n" "${1#run }" $number $number
			;;
		*) echo "$1" ;;
		esac >>"$work/talk"
		shift
	done
	[ $# -eq 0 ] || shift
	boot --variant development --talk "$work/talk" --timeout "${TALK_TIMEOUT:-240}" "$@"
}

open_device() {
	"$host/mkchip" --open -o "$work/chip"
	disk --open
}

says() { # TEXT: somewhere on the console
	grep -qF -- "$1" "$work/console" || fault "the console does not say: $1"
}

never_says() { # TEXT
	if grep -qF -- "$1" "$work/console"; then
		fault "the console says: $1"
	fi
}

expect_restart() {
	[ "$status" -eq 4 ] || fault "no restart: $(tail -n 1 "$work/outcome")"
}

# Both slots have a kernel that is called something else.
without_kernels() { # MAKE-OS-OPTION...
	make_os --kernel "$BUILD/out/os/Image.gz" --kernel-name kernel.off "$@"
}

# --- what it is for ---------------------------------------------------------------------------------

case_recovery_repairs_a_boot_that_was_given_up() {
	without_kernels
	open_device
	talk "$shell_opens" 'run mount -o remount,rw /mnt/rootA' \
		'run mv /mnt/rootA/boot/kernel.off /mnt/rootA/boot/Image.gz' \
		'type umount /mnt/rootA && boot A' -- --chip "$work/chip"
	expect_up
	expect_os slot A
	expect_os_report '.warnings[0]' 'slot chosen in the recovery shell: A'
	expect_os_report .attempts[0].error null
	says 'Why       the boot was given up in the stage kernel'
	says 'Failed    kernel-missing (60): there is no kernel where it must be'
	says 'Then      root B: kernel-missing (60)'
	says 'docs/errors.md, number 60'
	says 'rootA: /dev/vda2, read-only at /mnt/rootA'
}

case_recovery_tools() {
	open_device
	talk "$held_key" "$shell_opens" 'run e2fsck -n /dev/vda5; echo e2fsck=$?' \
		'run fsck.vfat -n /dev/vda1; echo fsck.vfat=$?' 'run dmsetup version; echo dmsetup=$?' \
		'run keyctl show; echo keyctl=$?' 'run bbctl disk /dev/vda; echo bbctl=$?' \
		'run kexec --version; echo kexec=$?' 'run dmesg | grep -c Linux; echo dmesg=$?' \
		'run echo tty=$(tty); echo locked: $(cat /sys/kernel/security/lockdown)' \
		'type exit' -- --chip "$work/chip"
	expect_restart
	says 'Why       asked for: a key that was pressed at the start'
	for tool in e2fsck fsck.vfat dmsetup keyctl bbctl kexec dmesg; do
		says "$tool=0"
	done
	says 'locked: none [integrity]'
	never_says "can't access tty"
}

# A job in the background, and one that is deaf, end with the shell.
case_recovery_leaving_it_restarts() {
	open_device
	talk "$shell_opens" 'run (trap "" HUP TERM; while :; do sleep 1; done) & true' 'type exit' \
		-- --chip "$work/chip" --append recovery
	expect_restart
	says 'Why       asked for: the word recovery on the command line'
}

case_recovery_dead_shell_times_out() {
	open_device
	talk "$shell_opens" 'type kill -STOP $$' -- --chip "$work/chip" --append recovery=10
	expect_restart
	says 'nobody has typed for too long'
	[ "$(grep -c 'shell is open' "$work/console")" -eq 1 ] || fault 'it opened twice'
}

# The watchdog's 60 seconds go by while somebody thinks.
case_recovery_feeds_the_watchdog() {
	open_device
	talk "$shell_opens" 'type sleep 75; echo slept=$?; boot B' -- --chip "$work/chip" --append recovery
	expect_up
	says slept=0
	expect_os slot B
}

case_recovery_boot_b_of_a_closed_device() {
	make_os --kernel "$BUILD/out/os/Image.gz" --development-mode true
	bootenv upgrade_available=1 bootcount=1
	disk --layout 2 --bootenv "$work/bootenv"
	talk "$shell_opens" 'run boot' 'run boot C' 'type boot B' -- --append recovery
	expect_up
	says 'usage: boot A|B'
	expect_os slot B
	expect_all_volumes crypt
	expect_os keys 'logkey: logkey:data'
	expect_bootenv bootcount 1
	expect_bootenv upgrade_available 1
}

# What was chosen fails: the shell opens again, and says so.
case_recovery_boot_of_a_bad_slot_comes_back() {
	make_os --kernel-a "$BUILD/out/os/Image.gz" --kernel-b "$kernels/strip" --development-mode true
	disk
	talk "$shell_opens" 'type boot B' 'wait Why       the boot was given up' "$shell_opens" 'type boot A' \
		-- --append recovery
	expect_up
	expect_os slot A
	says 'Failed    kernel-unsigned (65): the kernel has no signature'
}

# Signatures are enforced in the shell too.
case_recovery_kexec_starts_only_what_is_signed() {
	make_os --kernel "$BUILD/out/os/Image"
	cp "$kernels/strip" "$os/rootB/unsigned"
	open_device
	talk "$shell_opens" 'run kexec -s -l /mnt/rootB/unsigned --append=quiet; echo unsigned=$?' \
		'run kexec -s -l /mnt/rootA/boot/Image --append=quiet; echo signed=$?' \
		'run kexec -l /mnt/rootA/boot/Image; echo unchecked=$?' 'type exit' \
		-- --chip "$work/chip" --append recovery
	expect_restart
	says signed=0
	never_says unsigned=0
	never_says unchecked=0
}

# --- a closed device: no key in the shell -----------------------------------------------------------

attack_in_shell() { # DEVELOPMENT-MODE BOOT-OPTION...
	make_os --kernel "$BUILD/out/os/Image" --development-mode "$1"
	shift
	cp "$BUILD/target/recovery-attack" "$os/boot/attack"
	disk
	talk "$shell_opens" 'run cp /mnt/boot/attack /tmp; chmod 755 /tmp/attack; /tmp/attack' \
		'run dmsetup table --showkeys' 'run cat /proc/keys' 'run keyctl print %logon:logkey:' \
		'run kexec -s -l /mnt/rootA/boot/Image --append=rdinit=/evil; echo kexec=$?' \
		'type touch /init /etc/balena-bootloader.conf; umount -l /sys; boot A' -- --append recovery "$@"
}

attacked() { # NAME WHAT-IT-SAID
	says "attack: $1 $2"
}

case_recovery_closed_device_keeps_its_key() {
	attack_in_shell true
	expect_up
	expect_os slot A
	expect_all_volumes crypt
	attacked open-node 'No such file or directory'
	for name in mknod import import-high-bits add-trusted-key request-key ptrace process-vm-readv pidfd-getfd setns chroot \
		kexec-file-load; do
		attacked $name 'Operation not permitted'
	done
	for name in proc-mem proc-root proc-exe kthread-root; do
		attacked $name 'Permission denied'
	done
	never_says 'attack: find-key works'
	never_says 'attack: link-key works'
	never_says 'attack: root-of-init works'
	says 'capi:tk(cbc(aes))-plain :56:logon:logkey: 0'
	never_says kexec=0
	expect_os_report .device closed
}

# refused_recovery REASON MKDISK-OPTION...: asked for by the word, or what asking_for has in its place; of a boot
# that is given up
refused_recovery() {
	reason=$1
	shift
	disk "$@"
	# shellcheck disable=SC2086 # options
	talk "$held_key" 'wait init: refused' 'type echo $((6 * 7))-was-run' 'type boot A' -- ${asking_for---append recovery}
	expect_no_shell "$reason"
}

expect_no_shell() { # REASON
	[ "$status" -eq 3 ] || fault "not refused: $(tail -n 1 "$work/outcome")"
	says "no recovery shell: $1"
	never_says 'recovery shell is open'
	never_says 42-was-run
	if grep -q '^os: ' "$work/console"; then
		fault 'an OS ran'
	fi
}

# refused_config REASON [CONFIG-JSON]: no config.json without one
refused_config() {
	reason=$1
	without_kernels
	rm "$os/boot/config.json"
	[ $# -eq 1 ] || printf %s "$2" >"$os/boot/config.json"
	refused_recovery "$reason"
}

case_recovery_closed_without_the_flag() {
	refused_config 'developmentMode in config.json is false' '{"developmentMode": false}'
}
case_recovery_closed_flag_as_a_string() {
	refused_config 'developmentMode in config.json is neither true nor false' '{"developmentMode": "true"}'
}
# A key that is pressed, and none that is: both are given up.
case_recovery_closed_pressed_key() {
	asking_for='' refused_config 'developmentMode in config.json is false' '{"developmentMode": false}'
	says 'press a key within a second'
}
case_recovery_closed_flag_twice() {
	refused_config 'config.json has developmentMode twice' '{"developmentMode": true, "developmentMode": true}'
}
case_recovery_closed_flag_deeper() {
	refused_config 'config.json has no developmentMode' '{"os": {"developmentMode": true}}'
}
case_recovery_closed_config_broken() {
	refused_config 'config.json is not JSON' '{"developmentMode": true'
}
case_recovery_closed_no_config() {
	refused_config 'the boot volume has no config.json that can be read'
}
case_recovery_closed_config_is_a_link() {
	without_kernels
	rm "$os/boot/config.json"
	ln -s ../../etc/passwd "$os/boot/config.json"
	refused_recovery 'the boot volume has no config.json that can be read'
}
case_recovery_closed_boot_volume_is_plain() {
	without_kernels --development-mode true
	refused_recovery 'the boot volume could not be opened' --partition boot:plain
	expect_refused volume-foreign
}
case_recovery_closed_key_refused() {
	without_kernels --development-mode true
	"$host/mkdisk" --chip "$chip" --write-key "$work/key" --write-blob "$work/blob"
	printf '\000' | dd of="$work/blob" bs=1 seek=60 count=1 conv=notrunc status=none
	refused_recovery 'the key could not be loaded' --key "$work/key" --blob "$work/blob"
}
case_recovery_closed_disk_is_an_open_one() {
	without_kernels --development-mode true
	refused_recovery 'the key could not be loaded' --open
}

# What asks in vain does not keep a good system from coming up.
case_recovery_closed_good_boot_goes_on() {
	disk
	talk -- --append recovery
	expect_up
	expect_os slot A
	expect_os_report '.warnings[0]' 'no recovery shell: developmentMode in config.json is false'
	never_says 'recovery shell is open'
}

case_recovery_not_in_production() {
	without_kernels --development-mode true
	disk
	for delay in 1 2 3 4 5 6 7 8; do
		echo "type echo $delay"
	done >"$work/talk"
	boot --talk "$work/talk" --append recovery
	expect_refused kernel-missing
	expect_nothing_on_console
	open_device
	boot --talk "$work/talk" --append recovery=10 --chip "$work/chip"
	expect_refused kernel-missing
	expect_nothing_on_console
}

# --- premises: without the defence the attacks work -------------------------------------------------

undefended_recovery=$BUILD/out/undefended-recovery/Image.gz

case_recovery_premise_without_the_flag() {
	attack_in_shell false --image "$undefended_recovery" --append undefended=read_config
	expect_up
	says 'recovery shell is open'
}

case_recovery_premise_key_service() {
	attack_in_shell true --image "$undefended_recovery" \
		--append 'undefended=hide_key_service undefended=filter_calls'
	for name in open-node import import-high-bits; do
		attacked $name works
	done
	attacked kexec-file-load 'Bad file descriptor'
	says kexec=0
}

# Either defence alone is enough.
case_recovery_premise_node_without_filter() {
	attack_in_shell true --image "$undefended_recovery" --append undefended=filter_calls
	attacked open-node 'No such file or directory'
	attacked mknod works
	attacked add-trusted-key works
}
case_recovery_premise_filter_without_node() {
	attack_in_shell true --image "$undefended_recovery" --append undefended=hide_key_service
	attacked open-node works
	attacked import 'Operation not permitted'
	attacked import-high-bits 'Operation not permitted'
}

case_recovery_premise_process_1() {
	attack_in_shell true --image "$undefended_recovery" \
		--append 'undefended=drop_capabilities undefended=filter_calls'
	for name in proc-mem proc-root proc-exe kthread-root ptrace pidfd-getfd setns chroot; do
		attacked $name works
	done
}
