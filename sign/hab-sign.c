// SPDX-License-Identifier: Apache-2.0
// Makes a CSF with the keys of a PKI directory; see hab-sign.h.

#include "hab-sign.h"

#include <openssl/err.h>
#include <openssl/sha.h>
#include <string.h>

#include "pki.h"
#include "sign.h"
#include "srk-pki.h"

// The two signers of a slot.
struct signers {
	struct signer csf, image;
};

static int open_signers(const char *pki, unsigned int slot, const struct secrets *secrets,
	struct signers *ret)
{
	int status = pki_signer(pki, PKI_CSF, slot, secrets, &ret->csf);

	return status ? status : pki_signer(pki, PKI_IMG, slot, secrets, &ret->image);
}

static void close_signers(struct signers *signers)
{
	signer_close(&signers->csf);
	signer_close(&signers->image);
}

/*
 * Devices trust the SRK: under one of production, signers that say that they are for development
 * would sign for the field. A tree that is of two minds is a mistake, whatever it is to sign.
 */
static int check_variant(const struct hab_order *order, const char *pki,
	const struct signers *signers)
{
	X509 *srk = pki_certificate(pki, PKI_SRK, order->slot);
	int development;

	if (!srk)
		return STATUS_USAGE;
	development = pki_is_development(srk) + pki_is_development(signers->csf.certificate) +
		pki_is_development(signers->image.certificate);
	X509_free(srk);
	if (development && development < 3)
		return refuse_file(pki, "of the SRK, CSF and IMG certificates of slot %u some say that "
			"they are for development, and some do not", order->slot);
	if (order->not_for_production && !development)
		return refuse_file(order->file, "%s; %s is for production",
			order->not_for_production, pki);
	return 0;
}

static int sign(struct signed_data *s, const struct signer *signer, const char *pki,
	const char *what)
{
	const char *why;

	if (!signed_data_sign(s, signer->key))
		return 0;
	why = ERR_reason_error_string(ERR_peek_last_error());
	ERR_clear_error();
	return fail_file(pki, "the %s key did not sign, or not as its certificate says: %s", what,
		why ? why : "no reason given");
}

// Before it is signed: only the size of the signature matters.
static struct signed_data unsigned_data(const struct signer *signer, time_t time)
{
	return (struct signed_data){
		.form = SIGNED_DATA_HAB,
		.certificate = signer->certificate,
		.time = time,
		.signature_size = (size_t)EVP_PKEY_get_size(X509_get0_pubkey(signer->certificate)),
	};
}

static int write_csf(const struct hab_order *order, const struct hab_csf *csf, struct hab_made *ret)
{
	uint8_t buffer[HAB_IVT_SIZE + HAB_CSF_MAX];
	size_t size;

	if (hab_write(csf, buffer, &size))
		return refuse_file(order->file, "the CSF would be larger than the %u bytes that "
			"U-Boot has for it: the certificates are too long", HAB_CSF_MAX);
	ret->size = size - HAB_IVT_SIZE;
	memcpy(ret->csf, buffer + HAB_IVT_SIZE, ret->size);
	return 0;
}

// The commands name the places of both signatures, and the CSF key signs the commands.
static int sign_both(const struct hab_order *order, const char *pki, const struct signers *signers,
	struct hab_csf *csf, struct hab_made *ret)
{
	int status;

	SHA256(order->image, order->size, csf->image.digest);
	status = sign(&csf->image, &signers->image, pki, "IMG");
	if (!status)
		status = write_csf(order, csf, ret);
	if (status)
		return status;
	SHA256(ret->csf, hab_commands_size(), csf->csf.digest);
	status = sign(&csf->csf, &signers->csf, pki, "CSF");
	return status ? status : write_csf(order, csf, ret);
}

int hab_sign_local(const struct hab_order *order, const char *pki, const struct secrets *secrets,
	struct hab_made *ret)
{
	struct signers signers = { { NULL, NULL }, { NULL, NULL } };
	struct srk_file srk;
	struct hab_csf csf;
	time_t now = signing_time();
	int status = srk_from_pki(pki, &srk);

	if (!status)
		status = open_signers(pki, order->slot, secrets, &signers);
	if (!status)
		status = check_variant(order, pki, &signers);
	if (!status) {
		memcpy(ret->fuses, srk.fuses, sizeof(ret->fuses));
		csf = (struct hab_csf){
			.slot = order->slot,
			.start = order->start,
			.size = (uint32_t)order->size,
			.srk_table = srk.data,
			.srk_table_size = srk.size,
			.csf = unsigned_data(&signers.csf, now),
			.image = unsigned_data(&signers.image, now),
		};
		status = sign_both(order, pki, &signers, &csf, ret);
	}
	close_signers(&signers);
	return status;
}
