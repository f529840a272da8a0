/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every reason for which hab_check() rejects a signed file, in one table. The names are stable:
 * scripts and docs/signing.md have them.
 */
#ifndef BB_HAB_REASON_H
#define BB_HAB_REASON_H

#define HAB_DETAIL_SIZE 192 /* of what a rejection says besides its reason */

/* X(constant, name, meaning, what to do) */
#define HAB_REASON_TABLE(X) \
	X(HAB_SYSTEM, "system", "this machine could not do the check", \
		"nothing is known about the file: free memory and try again") \
	X(HAB_FUSES_SIZE, "fuses-size", "the fuse file does not have 32 bytes", \
		"take the fuse file that bbsign srk wrote; srktool's with 128 bytes is another form") \
	X(HAB_FUSES_ZERO, "fuses-zero", "the fuse file is all zero", \
		"never burn it: a device with SRK fuses of zero that is closed does not boot again") \
	X(HAB_LOAD_ADDRESS, "load-address", "the file is not signed for this load address", \
		"sign for the address that U-Boot loads it to, or verify with that address") \
	X(HAB_IVT_MISSING, "ivt-missing", "there is no image vector table where it must be", \
		"sign the file with bbsign hab; with --ivt-offset, check the offset") \
	X(HAB_IVT_AMBIGUOUS, "ivt-ambiguous", "more than one image vector table fits", \
		"name the one that U-Boot uses with --ivt-offset, and find out where the other is from") \
	X(HAB_IVT_SELF, "ivt-self", "the image vector table says that it lies elsewhere", \
		"sign the file again; do not move a signed file's parts") \
	X(HAB_IVT_ENTRY, "ivt-entry", "the entry in the image vector table is not where the image starts", \
		"sign the file again with bbsign hab") \
	X(HAB_IVT_DCD, "ivt-dcd", "the image vector table names device configuration data", \
		"sign without it: U-Boot refuses it in everything that it loads") \
	X(HAB_IVT_BOOT_DATA, "ivt-boot-data", "the image vector table names boot data", \
		"sign without it: only what the ROM itself loads has it") \
	X(HAB_IVT_RESERVED, "ivt-reserved", "a reserved word of the image vector table is not zero", \
		"sign the file again with bbsign hab") \
	X(HAB_CSF_PLACE, "csf-place", "the command sequence file is not where it must be", \
		"sign the file again; do not move a signed file's parts") \
	X(HAB_CSF_HEADER, "csf-header", "the command sequence file has no good header", \
		"sign the file again with bbsign hab") \
	X(HAB_CSF_TRUNCATED, "csf-truncated", "the file ends before its command sequence file does", \
		"copy the file again; if it was signed so, sign it again") \
	X(HAB_CSF_LARGE, "csf-large", "the command sequence file is larger than U-Boot has room for", \
		"use smaller keys, or fewer certificate extensions") \
	X(HAB_COMMAND_UNKNOWN, "command-unknown", "a command that is not accepted in a signed image", \
		"remove it; U-Boot refuses Write Data, Check Data and Set MID, this check also Init and Set") \
	X(HAB_COMMAND_FORM, "command-form", "a command has a length, flag or parameter that it must not have", \
		"sign the file again with bbsign hab") \
	X(HAB_COMMAND_ORDER, "command-order", "the commands are not in an order that the ROM takes", \
		"install the SRK, then the CSF key, authenticate the CSF, and only then do the rest") \
	X(HAB_KEY_INDEX, "key-index", "a command uses a key that it must not use", \
		"authenticate the CSF with key 1 and data with an image key") \
	X(HAB_KEY_ALGORITHM, "key-algorithm", \
		"a key is not RSA with 2048, 3072 or 4096 bits and the exponent 65537", \
		"make such keys: bbsign pki") \
	X(HAB_SRK_TABLE, "srk-table", "the SRK table is damaged, or not one of four RSA keys", \
		"make it with bbsign srk, and sign again") \
	X(HAB_SRK_HASH, "srk-hash", "the SRK table is not the one in the fuses", \
		"sign with the PKI of this device, or take the fuse file of the PKI that signed") \
	X(HAB_SRK_NOT_CA, "srk-not-ca", "the SRK in use may not sign certificates", \
		"make a PKI whose SRKs are certificate authorities: bbsign pki") \
	X(HAB_SLOT_REVOKED, "slot-revoked", "the SRK in use is revoked", \
		"sign with the SRK of a slot that is not revoked: --slot") \
	X(HAB_CERTIFICATE_FORM, "certificate-form", "a certificate is not one X.509 certificate in DER", \
		"sign the file again with bbsign hab") \
	X(HAB_CERTIFICATE_CHAIN, "certificate-chain", "a certificate is not signed by the SRK in use", \
		"sign with CSF and image keys that belong to that SRK") \
	X(HAB_CERTIFICATE_CA, "certificate-ca", "a signer's certificate is that of a certificate authority", \
		"sign with a certificate whose basic constraints say CA:FALSE") \
	X(HAB_SIGNATURE_FORM, "signature-form", "a signature is not detached CMS in DER with one signer and attributes", \
		"sign the file again with bbsign hab") \
	X(HAB_SIGNATURE_ALGORITHM, "signature-algorithm", "a signature is not RSA PKCS#1 v1.5 with SHA-256", \
		"sign the file again with bbsign hab") \
	X(HAB_SIGNATURE_SIGNER, "signature-signer", \
		"a signature names another signer than the key that must have signed", \
		"sign the CSF with the CSF key and the image with the image key of one SRK") \
	X(HAB_CSF_DIGEST, "csf-digest", "the commands are not those that were signed", \
		"sign the file again; the commands were changed afterwards") \
	X(HAB_CSF_SIGNATURE, "csf-signature", "the signature of the CSF key is wrong", \
		"sign the file again; it is damaged or forged") \
	X(HAB_IMAGE_DIGEST, "image-digest", "the image is not the one that was signed", \
		"sign this image; it was changed afterwards, or the signature is another image's") \
	X(HAB_IMAGE_SIGNATURE, "image-signature", "the signature of the image key is wrong", \
		"sign the file again; it is damaged or forged") \
	X(HAB_BLOCK_OUTSIDE, "block-outside", "a signed block lies outside the file", \
		"sign the file again with bbsign hab; or the file is cut off") \
	X(HAB_UNCOVERED, "uncovered", "a part of the image is not signed", \
		"sign the whole of it, with its padding and IVT, as one block: bbsign hab does") \
	X(HAB_NOT_PADDED, "not-padded", "the image vector table is not at a multiple of 12288", \
		"sign the file with bbsign hab; U-Boot would look for it elsewhere") \
	X(HAB_UNLOCK_MISSING, "unlock-missing", "an Unlock command is missing", \
		"sign with Unlock for CAAM (MID, RNG) and OCOTP (SRK REVOKE): bbsign hab does; the OS needs both") \
	X(HAB_UNLOCK_EXTRA, "unlock-extra", "an Unlock command that nobody needs leaves something open", \
		"sign with Unlock for CAAM (MID, RNG) and OCOTP (SRK REVOKE) alone") \
	X(HAB_KEY_SHARED, "key-shared", "the CSF and the image are signed with one key", \
		"sign each with its own: bbsign pki makes both") \
	X(HAB_TRAILING, "trailing", "bytes follow the command sequence file", \
		"sign the file again; nobody signed what follows") \
	X(HAB_NOT_CANONICAL, "not-canonical", "the signature is good, but not written as bbsign writes it", \
		"sign the file again with bbsign hab; --rom verifies files from other tools") \
	X(HAB_LABEL, "label", "the label in front of the image vector table is damaged", \
		"sign the file again with bbsign hab") \
	X(HAB_PAYLOAD, "payload", "what is signed is no kernel or device tree that fits there", \
		"sign a kernel or a device tree with bbsign hab, which says what is wrong with the file") \
	X(HAB_PACKED, "packed", "the file is packed with gzip, and cannot be unpacked", \
		"copy the file again; if it was made so, pack it again") \
	X(HAB_CONTAINER, "container", "the file is no container of a first stage and U-Boot that can be verified whole", \
		"take the flash.bin that imx-mkimage or binman made and that was signed; sign both parts in one slot")

enum hab_reason {
	HAB_ACCEPTED,
#define HAB_REASON_ENUM(constant, name, meaning, remedy) constant,
	HAB_REASON_TABLE(HAB_REASON_ENUM)
#undef HAB_REASON_ENUM
	HAB_REASON_COUNT
};

/* Constant strings; those of HAB_ACCEPTED are "accepted" and empty. */
const char *hab_reason_name(enum hab_reason reason);
const char *hab_reason_meaning(enum hab_reason reason);
const char *hab_reason_remedy(enum hab_reason reason);

#endif
