/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Authenticode signature of a PE file: PKCS#7 SignedData (RFC 2315) over one digest
 * (Microsoft, Windows Authenticode Portable Executable Signature Format, 2008). This reads the form
 * only; whether the signature is good is for the running kernel to say.
 */
#ifndef BB_AUTHENTICODE_H
#define BB_AUTHENTICODE_H

#include <stddef.h>
#include <stdint.h>

#define AUTHENTICODE_DIGEST_SIZE 32
#define AUTHENTICODE_SIGNER_MAX 64
#define AUTHENTICODE_SERIAL_MAX 20 /* RFC 5280 section 4.1.2.2 */

struct authenticode {
	uint8_t digest[AUTHENTICODE_DIGEST_SIZE]; /* SHA-256 of the file without its holes */

	/*
	 * Who claims to have signed: the common name of the certificate that lies in the signature,
	 * in printable ASCII ('?' stands for the rest), cut to its bound, and empty if there is
	 * none; and the certificate's serial number. A good signature proves the key and not this
	 * name: nothing may be decided by it.
	 */
	char signer[AUTHENTICODE_SIGNER_MAX];
	uint8_t serial[AUTHENTICODE_SERIAL_MAX];
	size_t serial_size;

	const uint8_t *certificate; /* X.509, within the data that was parsed */
	size_t certificate_size;
};

/*
 * The bytes must be one DER ContentInfo, nothing behind it, with exactly one certificate, exactly
 * one signer, who is that certificate's owner, and an SpcIndirectDataContent with a SHA-256 digest;
 * no revocation lists, and no attributes outside the signature. Returns NULL and fills *ret, or
 * says what is wrong.
 */
const char *authenticode_parse(const uint8_t *data, size_t size, struct authenticode *ret);

#endif
