// SPDX-License-Identifier: Apache-2.0
// What the subject of a certificate says; see pki.h.

#include <openssl/x509.h>
#include <string.h>

#include "pki-tree.h"

// Whether one of the subject's names of that kind ends in a text, or is it, in whatever case and
// type of string.
bool pki_subject_says(const X509 *certificate, int kind, const char *text, bool whole)
{
	const X509_NAME *name = X509_get_subject_name(certificate);
	const int length = (int)strlen(text);
	bool says = false;

	for (int at = -1; !says && (at = X509_NAME_get_index_by_NID(name, kind, at)) >= 0;) {
		unsigned char *utf8 = NULL;
		int size = ASN1_STRING_to_UTF8(
			&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));

		says = (whole ? size == length : size >= length) &&
		       !strncasecmp((char *)utf8 + size - length, text, (size_t)length);
		OPENSSL_free(utf8);
	}
	return says;
}

bool pki_is_development(const X509 *certificate)
{
	return pki_subject_says(certificate, NID_organizationalUnitName, PKI_DEVELOPMENT_UNIT, true);
}
