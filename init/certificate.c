// SPDX-License-Identifier: Apache-2.0
// Verifies manifests by a key of the kernel's; see certificate.h.

#include "certificate.h"

#include <errno.h>
#include <fcntl.h>
#include <keyutils.h>

#include "error.h"
#include "system.h"

// One of an RSA-4096 key takes less than 2 KiB.
#define CERTIFICATE_SIZE_MAX 4096

// Documentation/crypto/asymmetric-keys.rst and security/keys/core.rst, KEYCTL_PKEY_VERIFY
#define SCHEME "enc=pkcs1 hash=sha256"

/*
 * A keyring of its own: the kernel's own keys, which are for kernels, are not asked. Returns the
 * key's serial or a negative errno.
 */
static key_serial_t add_certificate(key_serial_t keyring)
{
	uint8_t certificate[CERTIFICATE_SIZE_MAX];
	int size = read_file(AT_FDCWD, CERTIFICATE_PATH, certificate, sizeof(certificate));
	key_serial_t key;

	if (size < 0)
		return size;
	key = add_key("asymmetric", "", certificate, (size_t)size, keyring);
	return key < 0 ? -errno : key;
}

// The size of a signature is the key's, whatever the manifest would like.
static int verify(key_serial_t key, const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason)
{
	struct keyctl_pkey_query query;
	uint8_t digest[SHA256_SIZE];
	size_t size;

	if (keyctl_pkey_query(key, SCHEME, &query)) {
		*ret_reason = errno;
		return BB_INSTALLER_CERTIFICATE;
	}
	size = query.key_size / 8;
	if (manifest_check_signature_size(manifest, size))
		return BB_MANIFEST_REFUSED;
	sha256(manifest, MANIFEST_TEXT_SIZE, digest);
	if (!keyctl_pkey_verify(
		    key, SCHEME, digest, sizeof(digest), manifest + MANIFEST_TEXT_SIZE, size))
		return 0;
	// Not what RSA makes of a wrong one.
	if (errno != EKEYREJECTED && errno != EBADMSG && errno != EINVAL)
		*ret_reason = errno;
	return BB_MANIFEST_REFUSED;
}

int certificate_verify(const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason)
{
	key_serial_t keyring = add_key("keyring", "installer", NULL, 0, KEY_SPEC_PROCESS_KEYRING);
	key_serial_t key = keyring < 0 ? -errno : add_certificate(keyring);
	int error;

	*ret_reason = key < 0 ? -key : 0;
	error = key < 0 ? BB_INSTALLER_CERTIFICATE : verify(key, manifest, ret_reason);
	if (keyring >= 0)
		keyctl_revoke(keyring);
	return error;
}
