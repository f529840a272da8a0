// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black keys: a key as programs hold it, encrypted under the JDKEK, which CAAM makes at power-on
 * and shows nobody. The stub makes one for each kernel that is started, kexec included.
 *	CCM	nonce[6] || key, filled up with zeros to 8 || ICV[6]
 *	ECB	key, filled up with zeros to 16; nothing tells a wrong one from a right one
 */
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/string.h>

#include "stub.h"

#define NONCE_SIZE 6
#define ICV_SIZE 6

static DEFINE_MUTEX(jdkek_lock);
static u8 jdkek[STUB_KEY_SIZE];
static bool jdkek_made;

/* Not made before it is asked for: early at the start there may be no random numbers. */
static int make_jdkek(void)
{
	int ret = 0;

	mutex_lock(&jdkek_lock);
	if (!jdkek_made) {
		ret = get_random_bytes_wait(jdkek, sizeof(jdkek));
		jdkek_made = !ret;
	}
	mutex_unlock(&jdkek_lock);
	return ret;
}

size_t stub_black_size(u32 type, size_t red_size)
{
	return type & STUB_TAG_CCM ? STUB_CCM_SIZE(red_size) : STUB_ECB_SIZE(red_size);
}

int stub_black_wrap(u32 type, const u8 *red, size_t red_size, u8 *black)
{
	size_t black_size = stub_black_size(type, red_size);
	int ret;

	ret = make_jdkek();
	if (ret)
		return ret;
	memset(black, 0, black_size);
	if (!(type & STUB_TAG_CCM)) {
		memcpy(black, red, red_size);
		stub_ecb_encrypt(jdkek, black, black_size);
		return 0;
	}
	get_random_bytes(black, NONCE_SIZE);
	memcpy(black + NONCE_SIZE, red, red_size);
	return stub_seal(jdkek, black, NONCE_SIZE, black + NONCE_SIZE,
			 black_size - NONCE_SIZE - ICV_SIZE, ICV_SIZE);
}

int stub_black_unwrap(u32 type, const u8 *black, size_t black_size, u8 *red, size_t red_size)
{
	u8 copy[STUB_BLACK_MAX];
	u8 *key = copy;
	int ret;

	if (red_size < STUB_RED_MIN || red_size > STUB_RED_MAX || type & STUB_TAG_TDKEK ||
	    black_size != stub_black_size(type, red_size))
		return -EINVAL;
	ret = make_jdkek();
	if (ret)
		return ret;
	memcpy(copy, black, black_size);
	if (type & STUB_TAG_CCM) {
		key = copy + NONCE_SIZE;
		ret = stub_open(jdkek, copy, NONCE_SIZE, key, black_size - NONCE_SIZE - ICV_SIZE,
				ICV_SIZE);
	} else {
		stub_ecb_decrypt(jdkek, copy, black_size);
	}
	if (!ret)
		memcpy(red, key, red_size);
	memzero_explicit(copy, sizeof(copy));
	return ret;
}
