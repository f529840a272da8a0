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

# --- hangs: the watchdog ends them ------------------------------------------------------------------

# In a stage before the attempt is counted: a reset, and the next boot is as if nothing had been.
hang_before_slot() { # STAGE
	bootenv upgrade_available=1
	disk --bootenv "$work/bootenv"
	first_boot --image "$undefended" --append "hang=$1"
	expect_watchdog
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
}

case_hang_in_volumes() { hang_in_new_slot volumes; }
case_hang_in_kernel() { hang_in_new_slot kernel; }
case_hang_in_load() { hang_in_new_slot load; }
case_hang_in_handover() { hang_in_new_slot handover; }

# A kernel whose first instruction jumps to itself: nothing in it knows of a watchdog, and the one that
# the bootloader started runs on. In development the driver could stop it at kexec, were it not told not to.
dead_kernel() { # BOOT-OPTION...
	cp "$BUILD/out/os/Image" "$work/dead"
	printf '\000\000\000\024' | dd of="$work/dead" bs=1 seek=4 conv=notrunc status=none
	sign_kernel 2 "$work/dead" "$work/dead.signed"
	make_os --kernel-a "$work/dead.signed" --kernel-b "$BUILD/out/os/Image.gz"
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
}

# Before the configuration says for how long, there is none yet: see docs/boot.md.
case_premise_hang_before_the_watchdog() {
	disk
	boot --image "$undefended" --append hang=begin --timeout 60
	expect_no_end
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

# --- a disk that fails ------------------------------------------------------------------------------

# Serves $work/disk.img, as it is changed from boot to boot, and does what the rules say: see
# tests/faults/disk.c.
serve() { # RULE...
	cp "$work/disk.img" "$work/after.img"
	cp "$chip" "$work/chip.kept"
	: >"$work/applied"
	nbdkit --unix "$work/socket" --pidfile "$work/server" "$host/failing-disk.so" "file=$work/after.img" \
		"log=$work/applied" "$@" || fault "nbdkit $*"
}

served_boot() { # BOOT-OPTION...
	next_boot --nbd "$work/socket" "$@"
}

stop_serving() {
	kill -KILL "$(cat "$work/server")"
	[ -s "$work/applied" ] || fault "no rule applied"
}

# One boot of a disk that fails.
boot_failing() { # RULE...
	serve "$@"
	served_boot
	stop_serving
}

# The first sector in which another image differs from this one, as a rule takes it. Images of one seed
# differ only where their contents do.
difference() { # IMAGE
	byte=$(cmp "$work/disk.img" "$1" | sed 's/.* byte \([0-9]*\),.*/\1/')
	echo "$(((byte - 1) / 512 * 512))+512"
}

# The first SECTORS of a partition.
start_of() { # LABEL BYTE-IN-PARTITION BYTES
	sector=$(PATH=$PATH:/usr/sbin:/sbin partx --raw --noheadings --output START,NAME "$work/disk.img" |
		sed -n "s/ $1\$//p")
	echo "$((sector * 512 + $2))+$3"
}

kernel_a() { # the kernel file in slot A, of the OS made last
	echo "$os"/rootA/balena/overlay2/layer-A/diff/boot/Image*
}

# Makes a disk, and sets sector to one in the middle of slot A's kernel file.
disk_with_known_kernel() { # MKDISK-OPTION...
	make_os --kernel "$BUILD/out/os/Image.gz"
	file=$(kernel_a)
	cp -p "$file" "$work/kernel"
	disk --seed known "$@"
	mv "$work/disk.img" "$work/good.img"
	printf changed | dd of="$file" bs=1 seek=1000000 conv=notrunc status=none
	touch -r "$work/kernel" "$file"
	disk --seed known "$@"
	sector=$(difference "$work/good.img")
	mv "$work/good.img" "$work/disk.img"
}

case_disk_fails_in_the_kernel() {
	disk_with_known_kernel
	boot_failing "fail=$sector"
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-read
	expect_os_report '.attempts[0].error.detail' 'boot/Image.gz: I/O error'
}

# A disk that thinks better of it: the kernel of the bootloader asks again.
case_disk_fails_once_in_the_kernel() {
	disk_with_known_kernel
	boot_failing "fail-once=$sector"
	expect_up
	expect_os slot A
	expect_os_report '.attempts | length' 1
}

case_disk_hangs_in_the_kernel() {
	bootenv upgrade_available=1
	disk_with_known_kernel --bootenv "$work/bootenv"
	serve "hang=$sector"
	for count in 1 2; do
		# After the reset QEMU waits for the disk's answer, before it ends.
		served_boot --image "$undefended" --timeout 90
		expect_watchdog
		expect_bootenv bootcount $count
	done
	served_boot --image "$undefended"
	stop_serving
	expect_up
	expect_os slot B
	expect_os_report .why rollback
	expect_bootenv bootcount 3
}

case_disk_fails_in_root_a() {
	disk
	boot_failing "fail=$(start_of resin-rootA 0 4096)"
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' volume-foreign
	expect_os_report '.attempts[0].error.detail' 'resin-rootA: I/O error'
}

# The boot volume belongs to both slots.
case_disk_fails_in_boot() {
	disk
	boot_failing "fail=$(start_of resin-boot 0 4096)"
	expect_refused volume-foreign
	expect_kept .error.detail 'resin-boot: I/O error'
	expect_kept '.attempts | length' 2
}

# Makes a disk with a file that an option of mkdisk names, and sets sector to one of its sectors.
disk_with_known_file() { # OPTION FILE MKDISK-OPTION...
	option=$1 file=$2
	shift 2
	cp "$file" "$work/changed"
	printf X | dd of="$work/changed" bs=1 seek=40 conv=notrunc status=none
	disk --seed known "$option" "$work/changed" "$@"
	mv "$work/disk.img" "$work/changed.img"
	disk --seed known "$option" "$file" "$@"
	sector=$(difference "$work/changed.img")
}

case_disk_fails_in_the_blob() {
	"$host/mkdisk" --chip "$chip" --write-key "$work/key" --write-blob "$work/blob"
	disk_with_known_file --blob "$work/blob" --key "$work/key"
	boot_failing "fail=$sector"
	expect_refused blob-missing
	expect_kept .error.detail 'balena_56.enc: I/O error'
}

# The copy takes over, without the update.
case_disk_fails_in_bootenv() {
	bootenv resin_root_part=B
	cp "$work/bootenv" "$work/copy"
	bootenv resin_root_part=A upgrade_available=1
	disk_with_known_file --bootenv "$work/bootenv" --imx-file bootenv.copy="$work/copy"
	boot_failing "fail=$sector"
	expect_up
	expect_os slot B
	expect_os_report .why current
	expect_os_report '.warnings[0]' 'boot state recovered from its copy: bootenv.copy'
}

# What cannot be counted is not tried: the slot from before the update boots.
case_disk_refuses_to_count() {
	bootenv upgrade_available=1
	disk_with_known_file --bootenv "$work/bootenv"
	boot_failing "refuse=$sector"
	expect_up
	expect_os slot B
	expect_os_report '.warnings[0]' 'attempt cannot be counted, update left out: bootenv'
}

# The kernel of the bootloader takes no second partition table in place of the first.
case_disk_fails_in_the_partition_table() {
	disk
	serve fail=512+512
	served_boot --variant development
	stop_serving
	expect_refused volume-missing
}

# Nothing can be kept on a volume that cannot be mounted.
case_disk_fails_in_balena_imx() {
	disk
	serve "fail=$(start_of balena-imx 0 512)"
	served_boot --variant development
	stop_serving
	expect_refused boot-mount
}

# It answers the first time with a good kernel, and from then on with an old one, correctly signed.
disk_that_changes() {
	LC_ALL=C sed 's/-balena-os/-balena-oS/g' "$BUILD/out/os/Image" >"$work/old"
	sign_kernel 0 "$work/old" "$work/old.signed"
	make_os --kernel "$BUILD/out/os/Image"
	kernel=$(kernel_a)
	disk --seed known
	mv "$work/disk.img" "$work/good.img"
	touch -r "$kernel" "$work/old.signed"
	cp -p "$work/old.signed" "$kernel"
	disk --seed known
	mv "$work/disk.img" "$work/other.img"
	mv "$work/good.img" "$work/disk.img"
	serve "other=$work/other.img" "change=0+$(stat -c %s "$work/disk.img")"
}

case_disk_changes_between_reads() {
	disk_that_changes
	served_boot
	stop_serving
	expect_up
	expect_os_report .kernel.version 2
	case $(os_says release) in *-balena-os) ;; *) fault "another kernel runs: $(os_says release)" ;; esac
}

case_premise_disk_changes_between_reads() {
	disk_that_changes
	served_boot --image "$undefended" --append undefended=reread
	stop_serving
	expect_up
	expect_os_report .kernel.version 2
	case $(os_says release) in *-balena-oS) ;; *) fault "not the old kernel: $(os_says release)" ;; esac
}
