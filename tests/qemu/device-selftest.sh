# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # text for the device's shell; variables of lib.sh and recovery.sh
# bbctl selftest in the recovery shell, as in the first hour on a board: all as assumed, and one thing different.

blank_fuses='--fuse 0=0 --fuse 0x60=0 --fuse 0x64=0 --fuse 0x68=0 --fuse 0x6c=0 --fuse 0x70=0 --fuse 0x74=0
	--fuse 0x78=0 --fuse 0x7c=0'

blank_board() { # MKCHIP-OPTION...: open, no fuse burnt; the disk of an open device
	# shellcheck disable=SC2086 # words
	"$host/mkchip" --open $blank_fuses "$@" -o "$work/chip"
	disk --open
}

# One run as people do it; other words on the command line
run_selftest() { # BOOT-OPTION...
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'type exit' -- --chip "$work/chip" \
		--append 'recovery hab_status=0' "$@"
	expect_restart
}

result_is() { # EXIT-STATUS
	says "selftest=$1"
}

# The lines of all checks but those named are ok, or absent and need not be there.
others_are_good() { # NAME...
	for check in board words hab open blank fuses key-service keys key-damaged cipher mapping-1 mapping-2 watchdog \
		lockdown kexec-load probe rng disk partitions; do
		case " $* " in *" $check "*) continue ;; esac
		says "ok      $check: "
	done
	for check in soc caam caam-state; do
		says "absent  $check: "
	done
}

# What a selftest might leave behind, one thing a line. The kernel counts the uses of keys: not those.
leaves_a_trace() { # FILE
	cat >"$1" <<'END'
awk '{ print $8, $9 }' /proc/keys | sort
dmsetup ls
cat /proc/mounts
ls /sys/block /sys/module /dev /dev/mapper
END
}

case_device_selftest_all_well() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	leaves_a_trace "$os/rootA/state"
	blank_board
	before=$(sha256sum <"$work/disk.img" && sha256sum <"$work/chip")
	talk "$shell_opens" 'run sh /mnt/rootA/state >/tmp/before' 'run bbctl selftest; echo selftest=$?' \
		'run bbctl selftest --json >/tmp/json; echo json=$?; echo json: $(cat /tmp/json)' \
		'run sleep 1; sh /mnt/rootA/state >/tmp/after' 'run diff /tmp/before /tmp/after && echo left-nothing' \
		'run wc -l </tmp/before' 'type exit' -- --chip "$work/chip" --append 'recovery hab_status=0' --commit
	expect_restart
	result_is 0
	others_are_good
	says 'verdict: as assumed: 19 checks; 3 not there that need not be'
	says 'imx-ocotp0: 384 words; LOCK 00000000; BOOT_CFG0 00000000'
	says 'ok      keys: 48 bytes, blob of 96; 56 bytes, blob of 104; 64 bytes, blob of 112'
	says 'ok      cipher: tk(cbc(aes)) by tk-cbc-aes-stub, priority '
	says 'ok      mapping-1: key of 56 bytes, IV plain: '
	says 'ok      mapping-2: key of 64 bytes, IV plain64: '
	says 'ok      watchdog: i6300ESB timer, 60 s'
	says 'ok      lockdown: integrity'
	says 'ok      probe: an unsigned kernel: Operation not permitted'
	says json=0
	json=$(tr -d '\r' <"$work/console" | sed -n 's/^json: //p' | tail -n 1)
	[ "$(printf '%s\n' "$json" | jq '.as_assumed and .whole and (.checks | length == 22)')" = true ] ||
		fault "not the JSON of 22 checks: $json"
	[ "$(grep -c '^left-nothing' "$work/console")" -eq 1 ] || fault 'something was left'
	after=$(sha256sum <"$work/disk.img" && sha256sum <"$work/chip")
	[ "$before" = "$after" ] || fault 'the disk or the chip has changed'
}

case_device_selftest_fuses_burnt() {
	blank_board --fuse 0x60=1 --fuse 0=0x200 --fuse 0x9c=2
	run_selftest
	result_is 1
	says 'differs blank: an SRK hash is burnt, the SRK fuses are locked, slots are revoked'
	says 'verdict: not as assumed: 1 differ, 0 absent, 0 failed; burn no fuse'
	others_are_good blank
}

case_device_selftest_fuse_locked_against_reading() {
	blank_board --fuse 0x64=0xbadabada
	run_selftest
	result_is 1
	says 'failed  fuses: imx-ocotp0: 384 words'
	says 'SRK 00000000 (0x64): locked against reading'
	says 'differs open: the fuses cannot be read: it counts as closed'
	says 'verdict: not an open device, as far as can be told'
	never_says ' keys: '
}

case_device_selftest_no_watchdog() {
	blank_board
	run_selftest --no-watchdog
	result_is 1
	says 'absent  watchdog: /dev/watchdog: No such file or directory'
	others_are_good watchdog
}

case_device_selftest_no_rng() {
	blank_board
	run_selftest --no-rng
	result_is 1
	says 'absent  rng: hardware source: none'
	others_are_good rng
}

# Nobody has said hab_status=0; the disk is where it is expected, with the partitions of no open device.
case_device_selftest_another_disk() {
	blank_board
	disk
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'type exit' -- --chip "$work/chip" \
		--append 'recovery hab_status=3'
	expect_refused volume-unknown
	result_is 1
	says 'differs hab: hab_status=3'
	says 'differs partitions: volume-unknown: imx'
	others_are_good hab partitions
}

case_device_selftest_no_disk() {
	blank_board
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'type exit' -- --chip "$work/chip" \
		--append hab_status=0 --no-disk --drive "$work/disk.img"
	expect_refused disk-missing
	result_is 1
	says 'absent  disk: disk-missing: '
	says '0000:00:08.0/'
	others_are_good disk partitions
}

case_device_selftest_configured_for_another_board() {
	blank_board
	talk "$shell_opens" \
		'run sed -e "s/^device-type = .*/device-type = iot-gate-imx8/" -e "s/^watchdog = .*/watchdog = 61/" /etc/balena-bootloader.conf >/tmp/c' \
		'run bbctl selftest --config /tmp/c; echo selftest=$?' \
		'run sed "s/^fuses = .*/fuses = imx-ocotp1/" /etc/balena-bootloader.conf >/tmp/c' \
		'run bbctl selftest --config /tmp/c; echo fuses=$?' 'run bbctl selftest --config /bin/sh; echo none=$?' \
		'type exit' -- --chip "$work/chip" --append 'recovery hab_status=0'
	expect_restart
	result_is 1
	says 'differs board: linux,dummy-virt (linux,dummy-virt); device-type is iot-gate-imx8'
	says 'differs watchdog: i6300ESB timer, 60 s'
	says 'that is not what the configuration says'
	others_are_good board watchdog
	says 'absent  fuses: imx-ocotp1: No such file or directory'
	says fuses=1
	says none=2
}

# The same /init and shell, on a kernel that starts everything.
case_device_selftest_nothing_is_enforced() {
	blank_board
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'type exit' -- --chip "$work/chip" \
		--image "$BUILD/out/premise-qemu-development/Image.gz" --append hab_status=0
	expect_refused lockdown-off
	result_is 1
	says 'differs lockdown: none'
	says 'differs probe: an unsigned kernel: it is taken'
	others_are_good lockdown probe
}

# A key service that is not NXP's of today, a cipher that is none: tests/device/selftest-lies.c
case_device_selftest_lies() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	cp "$BUILD/target/bbctl-lied-to" "$os/rootA/lied-to"
	blank_board
	talk "$shell_opens" 'run cp /mnt/rootA/lied-to /tmp; chmod 755 /tmp/lied-to' \
		'run lie() { BB_LIE=$1 /tmp/lied-to selftest | sed "s/^/$1: /"; }' 'run lie truth' 'run lie blob-size' \
		'run lie blob-header' 'run lie key-size' 'run lie key-header' 'run lie damaged' 'run lie iv' 'run lie fuse' \
		'type exit' -- --chip "$work/chip" --append 'recovery hab_status=0'
	expect_restart
	says 'truth: verdict: as assumed'
	says 'blob-size: failed  keys: 48 bytes: key-refused: the blob that was made is none: 88 bytes'
	says 'blob-header: failed  keys: 48 bytes: key-refused: the blob that was made is none: 96 bytes'
	says 'key-size: failed  keys: 48 bytes: key-refused: length of the black key: 44 bytes'
	says 'key-header: differs keys: 48 bytes, blob of 96, and its black key has another header'
	says 'damaged: differs key-damaged: a blob with one bit of its blob key changed was taken'
	says 'iv: differs mapping-1: two sectors with the same contents are stored alike: no IV'
	says 'fuse: failed  fuses: imx-ocotp0: 384 words; LOCK (0x0) reads as 0x00000000, then as 0x00000001'
}

# A closed device: the fuses are looked at, nothing else, and nothing else is within reach.
case_device_selftest_closed_device_says_so() {
	make_os --kernel "$BUILD/out/os/Image.gz" --development-mode true
	disk
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'run ls /dev/caam-keygen; echo node=$?' \
		'run [ -e /proc/self/fd/9 ]; echo watchdog=$?' 'type exit' -- --append recovery
	expect_restart
	result_is 1
	says 'differs open: SEC_CONFIG is burnt: the device is closed'
	says 'verdict: not an open device, as far as can be told'
	says node=1
	says watchdog=1
	never_says ' keys: '
	never_says ' probe: '
}

# Fuses that cannot be read count as those of a closed device: where its shell opens, the selftest says so.
case_device_selftest_fuses_unreadable() {
	make_os --kernel "$BUILD/out/os/Image.gz" --development-mode true
	"$host/mkchip" --broken-fuses -o "$work/chip"
	disk --chip "$work/chip"
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'run ls /dev/caam-keygen; echo node=$?' 'type exit' \
		-- --chip "$work/chip" --append recovery
	expect_restart
	result_is 1
	says 'failed  fuses: imx-ocotp0: 0 words; LOCK (0x0): I/O error'
	says 'differs open: the fuses cannot be read: it counts as closed'
	says 'verdict: not an open device, as far as can be told'
	says node=1
	never_says ' keys: '
}

# No fuses, no keys: no shell, so that docs/first-board.md says what to look at before.
case_device_selftest_no_chip() {
	blank_board
	talk -- --no-chip --append recovery
	expect_refused volume-missing
	says 'fuses cannot be read, device treated as closed: imx-ocotp0'
	never_says 'recovery shell is open'
}

# Its words are another's: the key service of an open device is within reach, its nodes and PID 1 are not.
case_device_selftest_opens_nothing_else() {
	make_os --kernel "$BUILD/out/os/Image"
	cp "$BUILD/target/recovery-attack" "$os/rootA/attack"
	blank_board
	talk "$shell_opens" 'run cp /mnt/rootA/attack /tmp; chmod 755 /tmp/attack; /tmp/attack /tmp/none' 'type exit' \
		-- --chip "$work/chip" --append recovery
	expect_restart
	attacked open-node works
	attacked import 'Invalid argument'
	for name in request-key ptrace process-vm-readv pidfd-getfd setns chroot; do
		attacked $name 'Operation not permitted'
	done
	for name in proc-mem proc-root proc-exe kthread-root; do
		attacked $name 'Permission denied'
	done
}

# The i.MX8M's development kernel in NXP's board, as QEMU plays it: the kernel's own fuse driver, watchdog, eMMC.
# There is no CAAM in it, and Debian's kernel has no key service: what a first start on a board has to name.
case_device_selftest_on_the_board() {
	board_fuses open
	disk --open
	talk "$shell_opens" 'run bbctl selftest; echo selftest=$?' 'type exit' -- --board --dtb "$work/board.dtb" \
		--icount --load "0x$chip_memory=$work/fuses" --append 'recovery=3600 hab_status=0'
	expect_restart
	result_is 1
	says 'differs board: NXP i.MX8MPlus EVK board (fsl,imx8mp-evk, fsl,imx8mp); device-type is iot-gate-imx8'
	says 'ok      soc: i.MX8MP'
	says 'ok      fuses: imx-ocotp0: 384 words; LOCK 00000000; BOOT_CFG0 00000000'
	says 'ok      watchdog: imx2+ watchdog, 60 s'
	says 'differs caam: 30900000.crypto, 0 job rings'
	says 'absent  key-service: /dev/caam-keygen: No such file or directory'
	says 'failed  keys: 48 bytes: key-device: /dev/caam-keygen: No such file or directory'
	says 'absent  cipher: tk(cbc(aes)): not in /proc/crypto'
	says 'ok      lockdown: integrity'
	says 'ok      probe: an unsigned kernel: Operation not permitted'
	says 'absent  rng: hardware source: none; getrandom ready'
	says 'ok      disk: mmcblk2, '
	says 'ok      partitions: mmcblk2p1 is resin-boot'
}
