# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# What make bench compares /init with does the same job: the same OS comes up from the same disk.

expect_same_os() {
	expect_up
	expect_silent_bootloader
	expect_os slot "$1"
	expect_all_volumes crypt
}

case_device_bench_minimal_program_boots() {
	disk
	boot --image "$BUILD/out/bench-minimal/Image.gz"
	expect_same_os A
}

case_device_bench_minimal_program_boots_slot_b() {
	bootenv resin_root_part=B
	disk --bootenv "$work/bootenv"
	boot --image "$BUILD/out/bench-minimal/Image.gz"
	expect_same_os B
}

case_device_bench_shell_flow_boots() {
	disk
	boot --image "$BUILD/out/bench-shell/Image.gz"
	expect_same_os A
}

case_device_bench_shell_flow_boots_slot_b() {
	bootenv resin_root_part=B
	disk --bootenv "$work/bootenv"
	boot --image "$BUILD/out/bench-shell/Image.gz"
	expect_same_os B
}
