// SPDX-License-Identifier: Apache-2.0
/*
 * A kernel that was revoked: the smallest arm64 Image with PE headers (booting.rst; PE Format), of which
 * initramfs/qemu.conf has the digest in revoked-kernels, with the security version 2 in its header. It is
 * correctly signed by make-bad-kernels. It says on QEMU's serial port that it runs, and switches the
 * machine off.
 */
	.equ SERIAL, 0x09000000
	.equ HEADERS, 0x200

start:	.ascii "MZ"		// with the next two bytes an instruction that does nothing (ccmp)
	.hword 0xfa40
	b code
	.quad 0, 2 * (end - start), 8
	.quad 0, 0, 0
	.ascii "ARM\x64"
	.long pe - start

	.org start + 64
pe:	.ascii "PE\0\0"
	.hword 0xaa64, 1
	.long 0, 0, 0
	.hword sections - optional, 0x206
optional: .hword 0x20b
	.byte 2, 0x14
	.long end - code, 0, 0, code - start, code - start
	.quad 0
	.long HEADERS, HEADERS
	.hword 0, 2, 0, 0, 0, 0	// the operating system's version: the security version
	.long 0, end - start, HEADERS, 0
	.hword 10, 0
	.quad 0, 0, 0, 0
	.long 0, 6
	.rept 6
	.quad 0
	.endr
sections: .ascii ".text\0\0\0"
	.long end - code, code - start, end - code, code - start
	.long 0, 0
	.hword 0, 0
	.long 0x60000020

	.org start + HEADERS
code:	mov x9, #SERIAL
	adr x10, message
1:	ldrb w11, [x10], #1
	cbz w11, 2f
	strb w11, [x9]
	b 1b
2:	mov w0, #0x0008		// PSCI SYSTEM_OFF
	movk w0, #0x8400, lsl #16
	hvc #0
3:	b 3b
message: .asciz "premise: a revoked kernel runs\n"
	.asciz "Linux version 6.0.0 (nobody@nowhere)"
	.org start + 0x10000
end:
