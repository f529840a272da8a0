/* SPDX-License-Identifier: Apache-2.0 */
/* What bbsign info tells, line by line for a person or as one JSON object. */
#ifndef BB_INFO_H
#define BB_INFO_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "text.h"

#define INFO_DEPTH 4

struct info {
	struct text json; /* without data: for a person */
	char brackets[INFO_DEPTH + 1]; /* what is open, below the outermost */
	size_t depth;
};

/* One fact. Within an array, the name is for people alone. */
void info_word(struct info *info, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void info_number(struct info *info, const char *name, uint64_t number);
void info_address(struct info *info, const char *name, uint64_t address);
void info_time(struct info *info, const char *name, time_t time);
void info_name(struct info *info, const char *name, const X509_NAME *value);
void info_hex(struct info *info, const char *name, const uint8_t *data, size_t size);

/* What belongs together: '{' or '['; at most INFO_DEPTH within each other. */
void info_open(struct info *info, const char *name, char bracket);
void info_close(struct info *info);

/*
 * Each tells of bytes of its kind and returns true, or returns false and tells nothing. They take any
 * bytes and verify nothing.
 */
bool info_hab(struct info *info, const uint8_t *data, size_t size);
bool info_module(struct info *info, const uint8_t *data, size_t size);
bool info_kernel(struct info *info, const uint8_t *data, size_t size);
bool info_device_tree(struct info *info, const uint8_t *data, size_t size);
bool info_srk_table(struct info *info, const uint8_t *data, size_t size);
bool info_manifest(struct info *info, const uint8_t *data, size_t size);
bool info_certificate_file(struct info *info, const uint8_t *data, size_t size);
bool info_private_key(struct info *info, const uint8_t *data, size_t size);
bool info_fuses(struct info *info, const uint8_t *data, size_t size);

/* All that a certificate says of itself. */
void info_certificate(struct info *info, X509 *certificate);

#endif
