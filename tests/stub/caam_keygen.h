/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The interface of /dev/caam-keygen in NXP's kernels (lf-5.4.47 and later), as programs see it.
 * Lengths of strings count the NUL at their end; addresses are those of the caller.
 */
#ifndef CAAM_KEYGEN_H
#define CAAM_KEYGEN_H

#include <linux/ioctl.h>
#include <linux/types.h>

struct caam_keygen_cmd {
	__u8 key_enc_len;	/* CREATE only */
	__u8 key_mode_len;	/* CREATE only */
	__u16 key_value_len;	/* CREATE only */
	__u32 black_key_len;	/* in: room; out: length */
	__u64 key_enc;		/* "ecb" or "ccm": how the black key is encrypted */
	__u64 key_mode;		/* "-s": key_value is a size in decimal; "-t": it is the key */
	__u64 key_value;
	__u64 black_key;	/* out */
	__u32 blob_len;		/* CREATE, in: room, out: length; IMPORT: length */
	__u32 reserved;		/* what the compiler pads with in NXP's structure */
	__u64 blob;		/* CREATE: out; IMPORT: in */
};

#define CAAM_KEYGEN_IOCTL_CREATE _IOWR('K', 0, struct caam_keygen_cmd)
#define CAAM_KEYGEN_IOCTL_IMPORT _IOWR('K', 1, struct caam_keygen_cmd)

#endif
