// SPDX-License-Identifier: Apache-2.0
/*
 * What libcryptsetup asks of a cryptographic backend when a plain volume is opened with a key that
 * the kernel already holds: nothing. Its own backends would bring a cryptographic library into init,
 * or need the kernel's AF_ALG sockets, which the bootloader does without.
 */

#include <stdbool.h>
#include <stddef.h>
#include "crypto_backend.h"

struct crypt_device;
void crypt_token_unload_external_all(struct crypt_device *cd);

int crypt_backend_init(bool fips)
{
	(void)fips;
	return 0;
}

void crypt_backend_destroy(void)
{
}

const char *crypt_backend_version(void)
{
	return "none";
}

const char *crypt_argon2_version(void)
{
	return "";
}

bool crypt_fips_mode(void)
{
	return false;
}

/* Tokens belong to LUKS2; the library's destructor unloads them all the same. */
void crypt_token_unload_external_all(struct crypt_device *cd)
{
	(void)cd;
}
