# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks with the kernel file: what lies in its place, and what memory makes of it.

# --- what lies where the kernel should be ----------------------------------------------------------------

# Four at a time: the data volume has those of the overrides.
hostile_files() { # ERROR-OVERRIDE-A ERROR-A ERROR-OVERRIDE-B ERROR-B [BOOT-OPTION...]
	errors="$1 $2 $3 $4" first_error=$1
	shift 4
	bootenv kernel_override_abi=a kernel_override_abi_committed_B=b
	disk --bootenv "$work/bootenv" --partition rootA:edit="$work/A" --partition rootB:edit="$work/B" \
		--partition data:edit="$work/data"
	boot "$@"
	expect_refused "$first_error"
	# shellcheck disable=SC2086 # words
	expect_attempts $errors
}

case_kernel_is_no_file() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
rm Image.gz
mknod Image.gz c 1 5
cd $(boot_of_layer b)
rm Image.gz
mknod Image.gz c 5 1
DEBUGFS
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mkdir Image.gz
DEBUGFS
	edit_ext4 B <<DEBUGFS
cd $(boot_of_layer B)
sif Image.gz mode 0140755
DEBUGFS
	hostile_files kernel-missing kernel-missing kernel-missing kernel-missing
	expect_kept '[.attempts[].error.detail] | join(" ")' \
		'boot-by-abi/a/Image.gz: Permission denied boot/Image.gz: Invalid argument boot-by-abi/b/Image.gz: Permission denied boot/Image.gz: No such device or address'
}

# A device is opened where nobody looks: it has no end, and fills the memory.
case_premise_kernel_is_a_device() {
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mknod Image c 1 5
DEBUGFS
	disk --partition rootA:edit="$work/A"
	boot_undefended beneath mount memory -- --memory 80M
	expect_nameless_reset
}

case_premise_kernel_is_a_pipe() {
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mknod Image.gz p
DEBUGFS
	disk --partition rootA:edit="$work/A"
	boot_undefended beneath
	expect_watchdog
}

# Sizes: a terabyte of nothing, packed and not; no bytes; a link of the longest length. Memory is short.
case_kernel_of_strange_length() {
	make_os --kernel "$BUILD/out/os/Image" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
sif Image.gz size 1099511627776
cd $(boot_of_layer b)
rm Image.gz
symlink Image.gz $(printf 'x%.0s' $(seq 4000))
DEBUGFS
	edit_ext4 A <<DEBUGFS
sif $(boot_of_layer A)/Image size 1099511627776
DEBUGFS
	edit_ext4 B <<DEBUGFS
sif $(boot_of_layer B)/Image size 0
DEBUGFS
	hostile_files kernel-gzip kernel-too-big kernel-missing kernel-not-image --memory 80M
}

case_premise_kernel_of_a_terabyte() {
	make_os --kernel "$BUILD/out/os/Image"
	echo "sif $(boot_of_layer A)/Image size 1099511627776" | edit_ext4 A
	disk --partition rootA:edit="$work/A"
	boot_undefended memory -- --memory 80M
	expect_nameless_reset
}

# Links: to themselves; too many; to the unencrypted volume from its top, and by ..
case_kernel_behind_hostile_links() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
rm Image.gz
symlink Image.gz Image.gz
cd $(boot_of_layer b)
rm Image.gz
symlink Image.gz /proc/self/root/balena-imx/Image.gz
DEBUGFS
	{
		echo "cd $(boot_of_layer A)"
		echo 'rm Image.gz'
		echo 'symlink Image.gz link1'
		for i in $(seq 41); do
			echo "symlink link$i link$((i + 1))"
		done
	} | edit_ext4 A
	edit_ext4 B <<'DEBUGFS'
rm boot
symlink boot ../../../balena-imx
DEBUGFS
	bootenv kernel_override_abi=a kernel_override_abi_committed_B=b
	disk --bootenv "$work/bootenv" --imx-file Image.gz="$BUILD/out/os/Image.gz" \
		--partition rootA:edit="$work/A" --partition rootB:edit="$work/B" \
		--partition data:edit="$work/data"
	boot
	expect_refused kernel-missing
	expect_attempts kernel-missing kernel-missing kernel-missing kernel-missing
	expect_kept '[.attempts[].error.detail] | join(" ")' \
		'boot-by-abi/a/Image.gz: Symbolic link loop boot/Image.gz: Symbolic link loop boot-by-abi/b/Image: No such file or directory boot/Image: No such file or directory'
}

case_premise_link_to_the_unencrypted_volume() {
	edit_ext4 A <<'DEBUGFS'
rm boot
symlink boot ../../../balena-imx
DEBUGFS
	disk --imx-file Image.gz="$BUILD/out/os/Image.gz" --partition rootA:edit="$work/A"
	boot_undefended beneath
	expect_up
	expect_os_kernel
	expect_os slot A
}

# What should be a directory on the way: a pipe, a device.
case_kernel_behind_no_directory() {
	printf 'rm boot\nmknod boot p\n' | edit_ext4 a
	printf 'rm current\nmknod current b 254 0\n' | edit_ext4 b
	hostile_roots kernel-missing kernel-missing
}

# --- what is in the file -----------------------------------------------------------------------------

# The running kernel takes them: its signature checks, and nothing else is asked.
started_kernel() { # KERNEL CHECK...
	make_os --kernel "$kernels/$1"
	shift
	disk
	boot_undefended "$@"
	expect_up
	expect_os slot A
}

case_premise_kernel_too_old() {
	started_kernel old-version version
	expect_os_report .kernel.version 0
}

case_premise_revoked_kernel() {
	make_os --kernel-a "$kernels/revoked" --kernel-b "$BUILD/out/os/Image.gz"
	disk
	boot_undefended revoked
	grep -q '^premise: a revoked kernel runs' "$work/console" || fault 'it did not run'
}

case_premise_kernel_with_hidden_bytes() { started_kernel hide image version; }
case_premise_kernel_with_second_certificate() { started_kernel second-certificate image version; }

# --- memory ---------------------------------------------------------------------------------------

# A correctly signed kernel, padded to 63 MiB, in $work/big: packed it is small.
big_kernel() {
	cp "$kernels/strip" "$work/raw"
	truncate -s 63M "$work/raw"
	printf '\000\000\000\004' | dd of="$work/raw" bs=1 seek=16 conv=notrunc status=none # image_size
	"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
		--security-version 2 --replace -o "$work/signed" "$work/raw" >/dev/null || fault 'no big kernel'
	gzip -1 -nc "$work/signed" >"$work/big"
	make_os --kernel-a "$work/big" --kernel-b "$BUILD/out/os/Image.gz"
	disk
}

case_memory_for_a_big_kernel() {
	big_kernel
	boot --memory 256M
	expect_up
	expect_os slot A
}

case_memory_too_small_for_it() {
	big_kernel
	boot --memory 192M
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-too-big
	expect_os_report '.attempts[0].error.detail' 'inflates to more than the bound: Out of memory'
}

case_premise_memory_too_small() {
	big_kernel
	boot_undefended memory -- --memory 192M
	expect_nameless_reset
}

# A gzip file that never ends, where there is less memory than the bound of 64 MiB.
bomb() {
	make_os --kernel-a "$kernels/gz-endless" --kernel-b "$BUILD/out/os/Image.gz"
	disk
}
case_memory_for_a_bomb() {
	bomb
	boot --memory 80M
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-too-big
}
case_premise_memory_for_a_bomb() {
	bomb
	boot_undefended memory -- --memory 80M
	expect_nameless_reset
}
