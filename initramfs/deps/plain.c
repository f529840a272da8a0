// SPDX-License-Identifier: Apache-2.0
/*
 * What libcryptsetup still calls when it opens a plain volume with a key that the kernel already holds,
 * in the files that are left out. Above all a cryptographic backend, which then has nothing to do:
 * the library's own would bring a cryptographic library into init, or need the kernel's AF_ALG sockets,
 * which the bootloader does without.
 */

#include <stdbool.h>
#include <stddef.h>
#include "crypto_backend.h"
#include "utils_loop.h"

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

/* Called when the volume is a file instead of a block device; then it is refused. */
int crypt_loop_attach(char **loop, const char *file, int offset, int autoclear, int *readonly,
		      size_t blocksize)
{
	(void)loop;
	(void)file;
	(void)offset;
	(void)autoclear;
	(void)readonly;
	(void)blocksize;
	return -1;
}
