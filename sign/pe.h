/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Puts an Authenticode signature on a kernel Image (Microsoft, Windows Authenticode Portable
 * Executable Signature Format, 2008; PE Format, "The attribute certificate table"), byte for byte
 * as sbsign does:
 *
 *     Image | zeros up to a multiple of 8 | WIN_CERTIFICATE with the SignedData | zeros likewise
 *
 * None of this does I/O, or knows keys.
 */
#ifndef BB_PE_H
#define BB_PE_H

#include <stdbool.h>

#include "image.h"
#include "signed-data.h"

/* How much longer a file becomes at most: padding, the header, the signature, padding. */
#define PE_GROWTH (7 + 8 + SIGNED_DATA_MAX + 7)

struct pe {
	uint8_t *data; /* room for PE_GROWTH bytes behind the size that it had first */
	size_t size;
	struct image image; /* where things are, as image_parse() says */
};

/*
 * Takes the signature off a signed Image, with its table. Returns false and changes nothing when
 * there is none of the form that image.h asks for.
 */
bool pe_strip(struct pe *pe);

/*
 * Makes an unsigned Image ready: pads it, and sets the security version. Returns NULL, or why it
 * cannot be signed: its headers have not the shape that image.h asks for, or it is signed.
 */
const char *pe_prepare(struct pe *pe, uint32_t security_version);

/* Attaches a SignedData structure of at most SIGNED_DATA_MAX bytes to what was made ready. */
void pe_attach(struct pe *pe, const uint8_t *signature, size_t size);

/*
 * Whether what no signature covers is as signing leaves it: CheckSum, directory entry, certificate
 * table, and in it the signer's certificate, which must be this one. The rest is for image_parse()
 * and signature_verify(). False, too, when there is no memory to sign again.
 */
bool pe_is_canonical(const uint8_t *data, size_t size, const struct image *image,
	const X509 *certificate);

#endif
