# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# The i.MX8M's kernels in QEMU's imx8mp-evk, with the kernel's own device tree and four CPUs. imx8m-production is
# the very Image that ships. The machine has no CAAM, and its fuses read as zeros; a tree of the test's puts
# fuses, or the stand-in's chip, into on-chip memory.

board_chip=$chip
chip_memory=900000 # OCRAM: nobody uses it here, and it lasts across kexec

board_tree() {
	cp "$BUILD/out/imx8m-production/imx8mp-evk.dtb" "$work/board.dtb"
}

# For the kernel's own driver, which looks for word 0x470, BOOT_CFG0 with SEC_CONFIG in bit 25, at 0x470 of the
# controller (IMX_OCOTP_OFFSET_B0W0 and _PER_WORD in drivers/nvmem/imx-ocotp.c).
board_fuses() { # closed|open
	truncate -s 8K "$work/fuses"
	[ "$1" = open ] || printf '\002' | dd of="$work/fuses" bs=1 seek=$((0x473)) conv=notrunc status=none
	board_tree
	fdtput -t x "$work/board.dtb" /soc@0/bus@30000000/efuse@30350000 reg $chip_memory 10000
}

board() { # BOOT-OPTION...
	boot --board "$@"
}

board_with_fuses() { # closed|open BOOT-OPTION...
	board_fuses "$1"
	shift
	board --dtb "$work/board.dtb" --load 0x$chip_memory="$work/fuses" "$@"
}

# The stand-in's fuses take the name that the real ones have.
board_with_chip() { # BOOT-OPTION...
	board_tree
	fdtput -p -t s "$work/board.dtb" /chip compatible balena,caam-stub
	fdtput -t x "$work/board.dtb" /chip reg 0 $chip_memory 0 1000
	fdtput -t s "$work/board.dtb" /soc@0/bus@30000000/efuse@30350000 status disabled
	board --image "$BUILD/out/imx8m-stub/Image.gz" --dtb "$work/board.dtb" \
		--load 0x$chip_memory="$board_chip" "$@"
}

board_os() {
	make_os --kernel "$BUILD/out/os-imx8m/Image.gz"
}

# --- as it ships ------------------------------------------------------------------------------------

# The real fuse driver reads the fuse that the configuration's "closed" means, and nothing here makes keys.
case_device_imx8m_closed() {
	disk
	board_with_fuses closed --icount
	expect_refused key-device
	expect_nothing_on_console
	expect_kept .device closed
	expect_kept .disk mmcblk2
	expect_kept .variant production
	expect_kept .enforcement.checked true
	expect_kept '.warnings | length' 0
}

# All the way to the kernel's signature, whose check says no.
case_device_imx8m_open() {
	make_os --kernel "$kernels/flip-code"
	disk --open
	board_with_fuses open --icount
	expect_refused kernel-refused
	expect_nothing_on_console
	expect_kept .device open
	expect_kept .disk mmcblk2
	expect_kept '[.attempts[].error.name] | join(" ")' 'kernel-refused kernel-refused'
}

# Zeros are what an open device's fuses look like, and nothing else says what they are: a closed one's disk
# is refused before anything of it is opened. Nowhere to keep that, so the development build says it.
case_device_imx8m_without_fuses() {
	disk
	board --variant development --icount
	expect_refused volume-unknown
	grep -q 'init: refused volume-unknown (24): imx' "$work/console" || fault "the console does not say so"
	board --icount
	[ "$status" -eq 4 ] || fault "production says: $(tail -n 1 "$work/outcome")"
	cmp -s "$work/disk.img" "$work/after.img" -n "$(stat -c %s "$work/disk.img")" || fault "the disk was written"
}

# --- all the way to the OS --------------------------------------------------------------------------

# The very Image, on an open device; the OS's kernel brings up all four CPUs.
case_device_imx8m_open_to_the_os() {
	board_os
	disk --open
	board_with_fuses open
	expect_up
	expect_os cpus 4
	expect_os root-partition mmcblk2p2
	expect_all_volumes plain
	expect_os_report .device open
	expect_os_report .disk mmcblk2
	expect_os_report '.warnings | length' 0
	case " $(os_says cmdline) " in
	*' console=ttymxc1,115200 '*' watchdog.open_timeout=300 '*) ;;
	*) fault "command line: $(os_says cmdline)" ;;
	esac
}

# The same build with the stand-in for CAAM and fuses.
case_device_imx8m_closed_to_the_os() {
	board_os
	disk --layout 2
	board_with_chip
	expect_up
	expect_os cpus 4
	expect_os root-dm resin-rootA
	expect_os keys 'logkey: logkey:data'
	expect_all_volumes crypt
	expect_os lockdown integrity
	expect_os_report .device closed
	expect_os_report .disk mmcblk2
	expect_os_report .layout 2
}

case_device_imx8m_blob_of_another_chip() {
	"$host/mkchip" -o "$work/chip"
	disk
	board_chip=$work/chip
	board_with_chip --icount
	expect_refused key-refused
	expect_nothing_on_console
}

# --- its watchdog, imx2 -----------------------------------------------------------------------------

# It runs on across kexec: a kernel that hangs at its first instruction is ended, 128 s later.
case_device_imx8m_watchdog_across_kexec() {
	dead_image "$work/dead"
	make_os --kernel "$work/dead"
	bootenv upgrade_available=1
	disk --open --bootenv "$work/bootenv"
	board_with_fuses open --icount
	expect_watchdog
	expect_bootenv bootcount 1
}

# /init hangs.
case_device_imx8m_watchdog_in_a_stage() {
	bootenv upgrade_available=1
	disk --open --bootenv "$work/bootenv"
	board_with_fuses open --image "$BUILD/out/imx8m-undefended/Image.gz" --icount \
		--append hang=volumes
	expect_watchdog
	expect_hang
	expect_bootenv bootcount 1
}

# The OS's driver finds it running, and its kernel feeds it for os-watchdog's 300 s, and not for ever.
case_device_imx8m_watchdog_in_the_os() {
	board_os
	: >"$os/rootA/etc/hang"
	bootenv upgrade_available=1
	disk --open --bootenv "$work/bootenv"
	board_with_fuses open --icount
	expect_watchdog
	grep -q '^os: hang=begun' "$work/console" || fault "the OS was not reached"
	expect_bootenv bootcount 1
}

# And nothing else ends it.
case_device_imx8m_premise_hang_without_a_watchdog() {
	disk --open
	board_fuses open
	fdtput -t s "$work/board.dtb" /soc@0/bus@30000000/watchdog@30280000 status disabled
	board --dtb "$work/board.dtb" --load 0x$chip_memory="$work/fuses" --image "$BUILD/out/imx8m-undefended/Image.gz" \
		--icount --timeout 30 --append hang=volumes
	expect_no_end
	expect_hang
}
