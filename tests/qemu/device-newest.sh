# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154 # variables of lib.sh
# The newest kernel that Debian has (make KERNEL=newest), by the cases of the other suites; and each kernel
# started by the other.

on_newest() { # CASE: one of the others, with what was built for the newest kernel
	BUILD=$BUILD/newest
	default_os=$BUILD/os/default os=$BUILD/os/default kernels=$BUILD/bad-kernels
	"case_$1"
}

expect_release() { # of the OS kernel in BUILD
	expect_os release "$(cat "$BUILD/kernel/os/include/config/kernel.release")"
}

case_device_newest_slot_a() {
	on_newest slot_a
	expect_release
}

case_device_newest_layout_2_cpu_max() { on_newest layout_2_balena_names_cpu_max; }
case_device_newest_open_device() { on_newest open_device; }
case_device_newest_update_goes_back() { on_newest update_third_boot_goes_back; }
case_device_newest_damaged_root() { on_newest damaged_root_falls_back; }

# What the kernel decides and /init takes on trust: signatures, the words and the initrd of the stage before, the
# error by which lockdown and the lack of a signature are told apart; and that the attacks work without it.
case_device_newest_refused_by_the_kernel() { on_newest refused_by_the_kernel; }
case_device_newest_refused_for_what_is_hidden() { on_newest refused_for_what_is_hidden; }
case_device_newest_refused_packed() { on_newest refused_packed; }
case_device_newest_hostile_words() { on_newest hostile_words_do_not_pass; }
case_device_newest_foreign_initrd() { on_newest foreign_initrd_does_not_run; }
case_device_newest_blob_of_another_chip() { on_newest blob_of_another_chip; }
case_device_newest_module_of_the_kernel_key() { on_newest module_of_the_kernel_key; }
case_device_newest_premise_without_lockdown() { on_newest premise_kernels_start_without_lockdown; }
case_device_newest_premise_with_lockdown() { on_newest premise_kernels_are_refused_with_it; }
case_device_newest_init_refuses_without_lockdown() { on_newest premise_init_refuses_a_kernel_without_lockdown; }
case_device_newest_foreign_initrd_premise() { on_newest premise_foreign_initrd_runs_where_it_may; }

# An update of one of the two comes before that of the other.
case_device_newest_os_by_6_12() {
	os=$BUILD/newest/os/default
	disk
	boot
	expect_up
	BUILD=$BUILD/newest
	expect_release
	expect_all_volumes crypt
	expect_os lockdown integrity
	expect_os kaslr on
	expect_os_report .error null
}

case_device_newest_starts_6_12() {
	disk
	boot --image "$BUILD/newest/out/qemu-production/Image.gz" --cpus 2
	expect_up
	expect_release
	expect_all_volumes crypt
	expect_os lockdown integrity
	expect_os kaslr on
	expect_os watchdog-lock locked
	expect_os_report .error null
}
