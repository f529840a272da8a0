# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Faults of the disk: it fails, refuses, hangs, or says something else when it is read again.

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

# That the disk was asked for that sector, its log says.
case_premise_disk_hangs_without_a_watchdog() {
	disk_with_known_kernel
	serve "hang=$sector"
	served_boot --image "$undefended" --no-watchdog --timeout 60
	stop_serving
	expect_no_end
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

# A MiB of the kernel file, and a line in the log for each sector of it that was read before.
watch_the_kernel_file() { # BOOT-OPTION...
	disk_with_known_kernel
	cp "$work/disk.img" "$work/other.img"
	serve "other=$work/other.img" "change=${sector%+*}+1048576"
	served_boot "$@"
	expect_up
}

case_kernel_file_is_read_once() {
	watch_the_kernel_file
	kill -KILL "$(cat "$work/server")"
	[ ! -s "$work/applied" ] || fault "read again: $(wc -l <"$work/applied") sectors of 2048"
}

case_premise_kernel_file_is_read_twice() {
	watch_the_kernel_file --image "$undefended" --append undefended=reread
	stop_serving
}
