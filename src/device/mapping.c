// SPDX-License-Identifier: Apache-2.0
// Maps volumes through libcryptsetup; see mapping.h.

#include <libcryptsetup.h>

#include "disk.h"
#include "mapping.h"
#include "text.h"

#define NAME_MAX_SIZE 64

// What the library says has no place to go: its results say enough, and the kernel logs its
// reasons.
static void ignore_log(int level, const char *message, void *context)
{
	(void)level;
	(void)message;
	(void)context;
}

/*
 * The table is 0 <sectors> crypt <cipher>-<iv> :<key size>:<type>:<description> <IV offset>
 * <device> 0. The library takes the key's name and length only; dm-crypt finds the key itself.
 */
int mapping_create(const struct layout *layout, unsigned int k, uint64_t iv_offset, const char *node,
	const char *label)
{
	const struct key_form *form = layout->key[k].form;
	struct crypt_params_plain plain = { .sector_size = 512, .skip = iv_offset };
	struct crypt_keyslot_context *key = NULL;
	struct crypt_device *cd = NULL;
	char device[NAME_MAX_SIZE], key_name[NAME_MAX_SIZE];
	struct text text = TEXT_IN(device), key_text = TEXT_IN(key_name);
	int error;

	text_add(&text, "/dev/");
	text_add(&text, node);
	text_add_char(&key_text, '%');
	text_add(&key_text, form->type);
	text_add_char(&key_text, ':');
	text_add(&key_text, layout->key[k].description);
	crypt_set_log_callback(NULL, ignore_log, NULL);
	error = crypt_init(&cd, device);
	if (!error)
		error = crypt_format(cd, CRYPT_PLAIN, form->cipher, form->iv, NULL, NULL,
			layout->key[k].size, &plain);
	if (!error)
		error = crypt_keyslot_context_init_by_vk_in_keyring(cd, key_name, &key);
	if (!error)
		error = crypt_activate_by_keyslot_context(cd, label, CRYPT_ANY_SLOT, key,
			CRYPT_ANY_SLOT, NULL, CRYPT_ACTIVATE_KEYRING_KEY);
	crypt_keyslot_context_free(key);
	crypt_free(cd);
	return error < 0 ? error : 0;
}

int mapping_open(const struct layout *layout, enum volume volume, const char *node,
	const char *label)
{
	uint64_t iv_offset = 0;
	int error = layout->iv_of_disk ? disk_number(node, "start", &iv_offset) : 0;

	return error ? error :
		mapping_create(layout, layout_key_of(layout, volume), iv_offset, node, label);
}

int mapping_close(const char *label)
{
	crypt_set_log_callback(NULL, ignore_log, NULL);
	return crypt_deactivate(NULL, label);
}
