// SPDX-License-Identifier: Apache-2.0
/*
 * The tables of an EFI firmware (UEFI specification 2.7, sections 4.3, 4.5 and 7.2), as /chosen can name them
 * to a kernel (drivers/firmware/efi/fdtparams.c). Each of its services is the code below: it says on QEMU's
 * serial port at which exception level it runs, and switches the machine off. Loaded to BASE.
 */
	.equ BASE, 0x50000000		// where it is in memory
	.equ VIRTUAL, 0x20000000	// where it asks the kernel to map it
	.equ SERIAL, 0x09000000		// likewise
	.equ RUNTIME_WB, 0x8000000000000008
	.equ RUNTIME_UC, 0x8000000000000001
	.equ PAGES, 16

	.macro table signature, size
	.quad \signature
	.long 2 << 16 | 70, \size, 0, 0
	.endm

	.macro region type, physical, virtual, pages, attributes
	.long \type, 0
	.quad \physical, \virtual, \pages, \attributes
	.endm

start:	table 0x5453595320494249, 120
	.quad BASE + vendor - start
	.quad 1, 0, 0, 0, 0, 0, 0
	.quad VIRTUAL + services - start, 0, 0, 0

	.org start + 0x1000
services: table 0x56524553544e5552, 136
	.rept 14
	.quad VIRTUAL + service - start
	.endr

	.org start + 0x2000		// the memory map
	region 11, SERIAL, SERIAL, 1, RUNTIME_UC
	region 7, 0x40000000, 0, 0x10000, 8
	region 5, BASE, VIRTUAL, PAGES, RUNTIME_WB
	region 7, BASE + PAGES * 0x1000, 0, 0x10000 - PAGES, 8

	.org start + 0x3000
vendor:	.hword 'N', 'o', 'b', 'o', 'd', 'y', 0

	.org start + 0x4000
service: mov x9, #SERIAL
	adr x10, message
1:	ldrb w11, [x10], #1
	cbz w11, 2f
	strb w11, [x9]
	b 1b
2:	mrs x12, CurrentEL
	lsr x12, x12, #2
	add x12, x12, #'0'
	strb w12, [x9]
	mov w11, #'\n'
	strb w11, [x9]
	mov w0, #0x0008			// PSCI SYSTEM_OFF
	movk w0, #0x8400, lsl #16
	hvc #0
3:	b 3b
message: .asciz "premise: firmware of nobody's runs at EL"
	.org start + PAGES * 0x1000
