// SPDX-License-Identifier: Apache-2.0
// The CSF as text; see csf-text.h. The certificates' files count from 1, the slots from 0.

#include <inttypes.h>
#include <stdio.h>

#include "csf-text.h"

static const char template[] =
	"[Header]\n"
	"Version = 4.2\n"
	"Hash Algorithm = sha256\n"
	"Engine = CAAM\n"
	"Engine Configuration = 0\n"
	"Certificate Format = X509\n"
	"Signature Format = CMS\n"
	"[Install SRK]\n"
	"File = \"%%%%CERTS_PATH%%%%/../SRK_table.bin\"\n"
	"Source index = %u\n"
	"[Install CSFK]\n"
	"File = \"%%%%CERTS_PATH%%%%/CSF%u_1_sha256_%u_65537_v3_usr_crt.pem\"\n"
	"[Authenticate CSF]\n"
	"[Unlock]\n"
	"Engine = CAAM\n"
	"Features = MID, RNG\n"
	"[Unlock]\n"
	"Engine = OCOTP\n"
	"Features = SRK REVOKE\n"
	"[Install Key]\n"
	"Verification index = 0\n"
	"Target index = 2\n"
	"File = \"%%%%CERTS_PATH%%%%/IMG%u_1_sha256_%u_65537_v3_usr_crt.pem\"\n"
	"[Authenticate Data]\n"
	"Verification index = 2\n"
	"Blocks = 0x%08" PRIx32 " 0x00000000 0x%08" PRIx32 " \"%%%%BIN_PATH%%%%\"\n";

// The template and its numbers at their longest.
_Static_assert(sizeof(template) + 5 * 10 < CSF_TEXT_SIZE, "it fits");

void csf_text(unsigned int slot, unsigned int bits, uint32_t start, uint32_t size,
	char ret[static CSF_TEXT_SIZE])
{
	snprintf(ret, CSF_TEXT_SIZE, template, slot, slot + 1, bits, slot + 1, bits, start, size);
}
