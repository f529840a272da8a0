// SPDX-License-Identifier: Apache-2.0
// Has a CSF made by a service; see hab-service.h.

#include "hab-service.h"

#include <stdlib.h>
#include <string.h>

#include "csf-text.h"
#include "sign.h"
#include "srk-pki.h"

// The size of the keys stands in the names of their certificates' files. Returns 0 if it is none.
static unsigned int find_bits(const char *word)
{
	uint32_t bits = 4096;

	if (word && (text_parse_number(word, 4096, &bits) || (bits != 2048 && bits != 3072 && bits != 4096)))
		return 0;
	return bits;
}

/*
 * The service gets what is signed, padding and IVT included, since CST hashes the file itself: its API
 * takes no digest. With it go the slot and the address. No name or path of this machine does.
 */
int hab_sign_service(const struct hab_order *order, const struct hab_service *remote,
	struct hab_made *ret)
{
	unsigned int bits = find_bits(remote->bits);
	char text[CSF_TEXT_SIZE];
	uint8_t *csf;
	int status;

	if (!bits)
		return fail_file("--bits", "%s is none of 2048, 3072 and 4096", remote->bits);
	if (order->not_for_production)
		return refuse_file(order->file, "%s; a service's keys count as those for production",
			order->not_for_production);
	status = fuses_read(remote->fuses, ret->fuses);
	if (status)
		return status;
	csf_text(order->slot, bits, order->start, (uint32_t)order->size, text);
	status = service_csf(&remote->service, remote->pki_id, text, order->image, order->size,
		sizeof(ret->csf), &csf, &ret->size);
	if (status)
		return status;
	memcpy(ret->csf, csf, ret->size);
	free(csf);
	return 0;
}
