/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the self-test that runs in the guest. */
#ifndef STUB_SELFTEST_H
#define STUB_SELFTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAG_SIZE 20
#define KEY_MAX 96
#define BLOB_MAX 144

/* One line of the result: ok or not ok, and the name. */
__attribute__((format(printf, 2, 3))) void check(bool good, const char *name, ...);
/* check() that two numbers are the same; shows them if they are not. */
__attribute__((format(printf, 3, 4))) void check_equal(
	long got, long expected, const char *name, ...);
bool log_contains(const char *text);

struct key {
	uint8_t bytes[KEY_MAX];
	size_t size;
};

/* IMPORT with all the room there can be. Returns 0 or a negative errno. */
int import_blob(const uint8_t *blob, size_t size, struct key *ret_key);
/* CREATE of a key that is given; encryption is "ecb" or "ccm". Returns 0 or a negative errno. */
int create_key(const char *encryption, const uint8_t *red, size_t red_size, struct key *ret_key,
	uint8_t ret_blob[static BLOB_MAX], size_t *ret_blob_size);

void test_create(void);
void test_import(void);
void test_states(bool trusted);
void test_trusted_keys(void);
void test_trusted_states(bool trusted);
void test_no_trusted_keys(void);
void test_key_of_earlier_start(void);
void test_cipher(void);
/* A vector of AES-192-CBC for the key in the blobs of vectors.h */
void test_volume(const uint8_t *plain, const uint8_t *cipher, const uint8_t *iv, size_t size);
void test_fuses_first_run(void);
void test_fuses_later_run(void);
void test_fuses_broken(void);
void test_nothing_there(const char *reason);

#endif
