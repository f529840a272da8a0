/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate for manifests: in the initramfs, under the kernel's signature. */
#ifndef BB_CERTIFICATE_H
#define BB_CERTIFICATE_H

#include "manifest.h"

#define CERTIFICATE_PATH "/etc/installer.der"

/*
 * Whether a manifest is signed by the certificate's key, which is in no keyring but one of this
 * process, and only for as long as this takes. The running kernel verifies. Returns 0,
 * BB_INSTALLER_CERTIFICATE when there is no such certificate, or BB_MANIFEST_REFUSED; and the
 * reason, an errno or 0.
 */
int certificate_verify(const uint8_t manifest[static MANIFEST_SIZE], int *ret_reason);

#endif
