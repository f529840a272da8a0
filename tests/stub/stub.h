/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the driver tell each other. The cryptography inside blobs and black keys is the
 * stub's own; their sizes and headers are those of NXP's driver.
 */
#ifndef BALENA_STUB_H
#define BALENA_STUB_H

#include <linux/math.h>
#include <linux/types.h>

struct device;

#define STUB_KEY_SIZE 32 /* AES-256: master secret, BKEK, JDKEK, blob keys */
#define STUB_NONCE_SIZE 12
#define STUB_CHIP_SIZE 4096
#define STUB_FUSES_SIZE 1536 /* 384 words: i.MX8MP */

/* Red keys, in bytes (MIN_KEY_SIZE and MAX_KEY_SIZE of NXP's caamkeyblob.h). */
#define STUB_RED_MIN 16
#define STUB_RED_MAX 64

/* The tag object header in front of black keys and blobs (NXP's tag_object.h), in host order. */
struct stub_tag {
	u32 magic;
	u32 version;
	u32 type;
	u32 red_size;
	u32 object_size;
};

#define STUB_TAG_MAGIC 0x5461674f
#define STUB_TAG_BLACK BIT(0) /* colour: red or black */
#define STUB_TAG_BLOB BIT(1) /* never set by NXP's driver, not even for blobs */
#define STUB_TAG_TDKEK BIT(2) /* under the key of trusted descriptors, not the JDKEK */
#define STUB_TAG_CCM BIT(3) /* black key in AES-CCM, else AES-ECB */
#define STUB_TAG_SECURE_MEMORY BIT(4)

#define STUB_BLOB_OVERHEAD 48 /* 32 bytes of encrypted blob key, 16 of MAC */
#define STUB_CCM_SIZE(red_size) (round_up(red_size, 8) + 12) /* with nonce and ICV */
#define STUB_ECB_SIZE(red_size) round_up(red_size, 16)
#define STUB_BLACK_MAX STUB_CCM_SIZE(STUB_RED_MAX)
/* A blob is as long as that of a CCM key, also when the key is an ECB key. */
#define STUB_BLOB_SIZE(red_size) (STUB_CCM_SIZE(red_size) + STUB_BLOB_OVERHEAD)
#define STUB_TAGGED_KEY_MAX (sizeof(struct stub_tag) + STUB_BLACK_MAX)
#define STUB_TAGGED_BLOB_MAX (sizeof(struct stub_tag) + STUB_BLOB_SIZE(STUB_RED_MAX))

/*
 * chip.c: the chip's file, STUB_CHIP_SIZE bytes, given by who found it; -ENODEV with the reason in the log
 * when it is none. Only once a chip has been found is anything else registered.
 */
int stub_chip_found(struct device *dev, void __iomem *memory);
int stub_chip_refuse(struct device *dev, const char *why);
void stub_chip_secret(u8 secret[STUB_KEY_SIZE]);
u32 stub_chip_state(void);
bool stub_chip_present(void);
bool stub_chip_has_test_key(void);
bool stub_chip_fuses_broken(void);
bool stub_chip_paes_for_volumes(void);
u32 stub_chip_fuse(unsigned int offset);
void stub_chip_blow(unsigned int offset, u32 bits);

/*
 * seal.c: AES-256-CCM in place, without further data, over size bytes that the MAC follows. The
 * nonce is nonce_size bytes, filled up with zeros to STUB_NONCE_SIZE.
 * Open: -EBADMSG when the MAC is wrong, with data left undefined.
 */
int stub_seal(const u8 key[STUB_KEY_SIZE], const u8 *nonce, size_t nonce_size, u8 *data,
	      size_t size, size_t mac_size);
int stub_open(const u8 key[STUB_KEY_SIZE], const u8 *nonce, size_t nonce_size, u8 *data,
	      size_t size, size_t mac_size);
/* AES-256-ECB in place; size is a multiple of 16. */
void stub_ecb_encrypt(const u8 key[STUB_KEY_SIZE], u8 *data, size_t size);
void stub_ecb_decrypt(const u8 key[STUB_KEY_SIZE], u8 *data, size_t size);

/*
 * blob.c: blobs under the chip's secret and security state, and a modifier of at most 16 bytes. A
 * blob has red_size + STUB_BLOB_OVERHEAD bytes. Decap: -EBADMSG for one of another chip, state,
 * modifier or size.
 */
int stub_blob_encap(const void *modifier, size_t modifier_size, const u8 *red, size_t red_size,
		    u8 *blob);
int stub_blob_decap(const void *modifier, size_t modifier_size, const u8 *blob, u8 *red,
		    size_t red_size);

/* blackkey.c: keys under the JDKEK, a key made at random for each boot. */
size_t stub_black_size(u32 type, size_t red_size);
int stub_black_wrap(u32 type, const u8 *red, size_t red_size, u8 *black);
int stub_black_unwrap(u32 type, const u8 *black, size_t black_size, u8 *red, size_t red_size);

/*
 * cipher.c: cbc(aes) for a key that setkey takes in another form. key_error is what each request
 * is answered with.
 */
struct crypto_skcipher;
struct skcipher_alg;
struct stub_cipher {
	struct crypto_skcipher *cbc;
	int key_error;
};
int stub_cipher_register(struct skcipher_alg *alg);

int stub_keygen_register(void);
int stub_tkcbc_register(void);
int stub_paes_register(void); /* registers nothing on kernels without protected keys */
int stub_ocotp_register(struct device *dev);

#endif
