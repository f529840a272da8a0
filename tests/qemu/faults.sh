# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Faults as whole boots: hangs that the watchdog ends, disks that fail, power cuts.

undefended=$BUILD/out/undefended/Image.gz

# --- boots of one disk, one after the other -------------------------------------------------------

# What a boot leaves in $work/after.img, the next one finds.
first_boot() { # BOOT-OPTION...
	cp "$work/disk.img" "$work/after.img"
	cp "$chip" "$work/chip.kept"
	next_boot "$@"
}

next_boot() { # BOOT-OPTION...
	"$top/tests/qemu/boot" --quiet --commit --disk "$work/after.img" --chip "$work/chip.kept" \
		--console "$work/console" "$@" >"$work/outcome" 2>&1
	status=$?
}

sign_kernel() { # VERSION IMAGE OUT
	pki=${KEYS:-$BUILD/keys}
	"$host/bbsign" kernel --pki "$pki" --passphrase-file "${PASSPHRASE_FILE:-$pki.passphrase}" \
		--security-version "$1" --replace -o "$3" "$2" >/dev/null || fault "$2 cannot be signed"
}

# It was the watchdog, and no OS came up before.
expect_watchdog() {
	[ "$status" -eq 6 ] || fault "no reset by the watchdog: $(tail -n 1 "$work/outcome")"
}

# Time was over: three times as long as the watchdog waits.
expect_no_end() {
	[ "$status" -eq 124 ] || fault "it ended: $(tail -n 1 "$work/outcome")"
}

# The undefended bootloader says on the disk that it hangs.
expect_hang() {
	[ "$(head -c 4 "$work/after.img" | tr -d '\000')" = hang ] || fault "the hang was not reached"
}

# --- hangs: the watchdog ends them ------------------------------------------------------------------

# In a stage before the attempt is counted: a reset, and the next boot is as if nothing had been.
hang_before_slot() { # STAGE
	bootenv upgrade_available=1
	disk --bootenv "$work/bootenv"
	first_boot --image "$undefended" --append "hang=$1"
	expect_watchdog
	expect_hang
	expect_bootenv bootcount 0
	next_boot --image "$undefended"
	expect_up
	expect_os slot A
	expect_bootenv bootcount 1
}

case_hang_in_start() { hang_before_slot start; }
case_hang_in_enforcement() { hang_before_slot enforcement; }
case_hang_in_device() { hang_before_slot device; }
case_hang_in_disk() { hang_before_slot disk; }
case_hang_in_key() { hang_before_slot key; }
case_hang_in_slot() { hang_before_slot slot; }

# Two boots that hang in the slot of the update, and the third goes back.
hang_behind_slot() { # BOOT-OPTION...
	first_boot "$@"
	expect_watchdog
	expect_bootenv bootcount 1
	next_boot "$@"
	expect_watchdog
	expect_bootenv bootcount 2
	next_boot "$@"
	expect_up
	expect_os slot B
	expect_os_report .why rollback
	expect_bootenv bootcount 3
}

hang_in_new_slot() { # STAGE
	bootenv upgrade_available=1
	disk --bootenv "$work/bootenv"
	hang_behind_slot --image "$undefended" --append "hang=$1:A"
	expect_hang
}

case_hang_in_volumes() { hang_in_new_slot volumes; }
case_hang_in_kernel() { hang_in_new_slot kernel; }
case_hang_in_load() { hang_in_new_slot load; }
case_hang_in_handover() { hang_in_new_slot handover; }

# A kernel whose first instruction jumps to itself: nothing in it knows of a watchdog, and the one that
# the bootloader started runs on. In development the driver could stop it at kexec, were it not told not to.
dead_image() { # OUT
	cp "$BUILD/out/os/Image" "$work/unsigned"
	printf '\000\000\000\024' | dd of="$work/unsigned" bs=1 seek=4 conv=notrunc status=none
	sign_kernel 2 "$work/unsigned" "$1"
}

dead_kernel() { # BOOT-OPTION...
	dead_image "$work/dead"
	make_os --kernel-a "$work/dead" --kernel-b "$BUILD/out/os/Image.gz"
	bootenv upgrade_available=1
	disk --bootenv "$work/bootenv"
	hang_behind_slot "$@"
}

case_hang_in_the_os_kernel() { dead_kernel --image "$undefended"; }
case_hang_in_the_os_kernel_development() { dead_kernel --variant development; }

# The OS's own driver has taken over, nobody has opened it.
case_hang_in_the_os() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	: >"$os/rootA/etc/hang"
	bootenv upgrade_available=1
	disk --bootenv "$work/bootenv"
	first_boot
	expect_watchdog
	grep -q '^os: hang=begun' "$work/console" || fault "the OS was not reached"
	expect_bootenv bootcount 1
	next_boot
	expect_watchdog
	next_boot
	expect_up
	expect_os slot B
	expect_bootenv bootcount 3
}

# Where the watchdog is not locked, the OS's driver stops it, and nobody ends the same hang.
case_premise_hang_in_the_os_development() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	: >"$os/rootA/etc/hang"
	disk
	boot --variant development --timeout 180
	grep -q '^os: hang=begun' "$work/console" || fault "the OS was not reached"
	expect_no_end
}

case_premise_hang_without_a_watchdog() {
	disk
	boot --image "$undefended" --append hang=kernel --no-watchdog --timeout 60
	expect_no_end
	expect_hang
}

# Before the configuration says for how long, there is none yet: see docs/boot.md.
case_premise_hang_before_the_watchdog() {
	disk
	boot --image "$undefended" --append hang=begin --timeout 60
	expect_no_end
	expect_hang
}

# --- the watchdog across kexec ----------------------------------------------------------------------

expect_open_timeout() { # WORD, or nothing
	word=$(os_says cmdline | tr ' ' '\n' | grep '^watchdog\.')
	[ "$word" = "$1" ] || fault "the OS is told '$word', not '$1'"
}

# i6300esb: production starts it with the lock bit: the OS's driver cannot stop it, but sets 30 seconds.
case_watchdog_in_production() {
	disk
	boot
	expect_up
	expect_os watchdog-lock locked
	expect_os watchdog-seconds 30
	expect_os watchdog fed
	expect_open_timeout ''
	expect_os_report '.warnings | length' 0
}

# In development it is not locked, and the OS's driver stops it until the OS opens it.
case_watchdog_in_development() {
	disk
	boot --variant development
	expect_up
	expect_os watchdog-lock open
	expect_open_timeout ''
}

case_watchdog_that_the_os_feeds() {
	disk
	boot --image "$undefended"
	expect_up
	expect_open_timeout watchdog.open_timeout=45
}

case_watchdog_missing() {
	disk
	boot --no-watchdog
	expect_up
	expect_os_report '.warnings[0]' 'watchdog cannot be set: /dev/watchdog'
}

# --- enforcement that is not there ------------------------------------------------------------------

# The undefended init is the real one, as long as no word says otherwise.
no_signature=$BUILD/out/premise-no-signature/Image.gz

# Lockdown is on, and /init's own check of it passes.
case_premise_kernel_without_signatures() {
	make_os --kernel "$kernels/other-key"
	disk
	boot --image "$no_signature" --append undefended=enforcement
	expect_up
}

case_kernel_without_signatures() {
	make_os --kernel "$kernels/other-key"
	disk
	boot --image "$no_signature"
	expect_refused probe-not-refused
	expect_nothing_on_console
	expect_kept .enforcement.lockdown integrity
	expect_kept .error.detail kexec_file_load
}

# Every good boot is the premise: the same kernel, trusted by the same bootloader without the list.
case_kernel_of_a_revoked_certificate() {
	disk
	boot --image "$BUILD/out/revoked-certificate/Image.gz"
	expect_refused kernel-refused
	expect_nothing_on_console
}

# A kernel with CONFIG_KEXEC is another kernel in nearly every file: here the call's answer is made up.
case_kernel_with_kexec_load() {
	disk
	boot --image "$undefended" --append kexec_load=present
	expect_refused kexec-load-present
	expect_nothing_on_console
}

# --- random numbers ---------------------------------------------------------------------------------

# Nothing that helps a kernel to random numbers early on.
no_randomness='--no-rng --machine dtb-randomness=off'

# The OS has its seeds: for its own addresses, and random numbers before its first program.
expect_seeds() {
	expect_os kaslr on
	expect_os rng-before-init yes
}

case_rng_with_a_generator() {
	disk
	boot
	expect_up
	expect_seeds
}

# An open device is the quickest: on a closed one, the key alone takes long enough.
open_device() {
	"$host/mkchip" --open -o "$work/chip"
	disk --open
}

case_rng_is_waited_for() {
	open_device
	# shellcheck disable=SC2086 # options
	boot --chip "$work/chip" $no_randomness
	expect_up
	expect_seeds
}

# The same machine, and nobody waits.
case_premise_rng_not_waited_for() {
	open_device
	# shellcheck disable=SC2086 # options
	boot --chip "$work/chip" --image "$undefended" --append undefended=enforcement $no_randomness
	expect_up
	expect_os kaslr off
	grep -q 'KASLR disabled due to lack of seed' "$work/console" || fault "the OS's kernel does not say so"
	expect_os rng-before-init no
}

# Not ready when it is asked, and that is all there is to be.
case_rng_not_ready_at_once() {
	disk
	# shellcheck disable=SC2086 # options
	boot --image "$undefended" --append rng-timeout=0 $no_randomness
	expect_refused rng-timeout
	expect_nothing_on_console
}

# Never ready: the wait has an end before the watchdog's.
case_rng_never_ready() {
	disk
	boot --image "$undefended" --append hang=getrandom
	expect_refused rng-timeout
	expect_kept .error.stage enforcement
}
