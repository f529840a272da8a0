// SPDX-License-Identifier: GPL-2.0-only
/*
 * CREATE of /dev/caam-keygen: a new key, given or random, as black key and as blob. Messages, their
 * order and their errors are those of NXP's driver.
 */
#define pr_fmt(fmt) "caam-keygen: " fmt

#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "keygen.h"

static int tell(const struct keygen_job *job, const char *message, int error)
{
	return keygen_tell(job->cmd.blob, job->cmd.blob_len, message, error);
}

static int check_red_size(const struct keygen_job *job, u32 size)
{
	if (keygen_red_size_is_good(size))
		return 0;
	return tell(job, "Invalid key size, expected values are between 16 and 64 bytes.\n",
		    -EINVAL);
}

static int parse_encryption(struct keygen_job *job, char *text)
{
	if (copy_from_user(text, u64_to_user_ptr(job->cmd.key_enc), job->cmd.key_enc_len))
		return tell(job, "Unable to copy from user the Encrypted Key Type.\n", -EFAULT);
	job->type = STUB_TAG_BLACK;
	if (!strcmp(text, "ccm"))
		job->type |= STUB_TAG_CCM;
	else if (strcmp(text, "ecb"))
		return tell(job, "Invalid argument for Encrypted Key Type, expected ecb or ccm.\n",
			    -EINVAL);
	return 0;
}

static int parse_mode(const struct keygen_job *job, char *text, bool *random)
{
	if (copy_from_user(text, u64_to_user_ptr(job->cmd.key_mode), job->cmd.key_mode_len))
		return tell(job,
			    "Unable to copy from user the Key Mode: random (-s) or plaintext (-t).\n",
			    -EFAULT);
	*random = !strcmp(text, "-s");
	if (!*random && strcmp(text, "-t"))
		return tell(job, "Invalid argument for Key Mode, expected -s or -t.\n", -EINVAL);
	return 0;
}

static int take_random_key(struct keygen_job *job, const char *text)
{
	int ret;

	ret = kstrtou32(text, 10, &job->red_size);
	if (ret)
		return tell(job, "Invalid key size.\n", ret);
	ret = check_red_size(job, job->red_size);
	return ret ?: get_random_bytes_wait(job->red, job->red_size);
}

static int take_given_key(struct keygen_job *job, const char *text)
{
	int ret;

	job->red_size = job->cmd.key_value_len;
	ret = check_red_size(job, job->red_size);
	if (!ret)
		memcpy(job->red, text, job->red_size);
	return ret;
}

/* The three texts go through one buffer: one without its NUL ends with what the last one left. */
static int parse_texts(struct keygen_job *job, char *text)
{
	bool random;
	int ret;

	ret = parse_encryption(job, text);
	if (ret)
		return ret;
	ret = parse_mode(job, text, &random);
	if (ret)
		return ret;
	if (copy_from_user(text, u64_to_user_ptr(job->cmd.key_value), job->cmd.key_value_len))
		return tell(job, "Unable to copy from user the Key Value: size or plaintext.\n",
			    -EFAULT);
	return random ? take_random_key(job, text) : take_given_key(job, text);
}

static int read_arguments(struct keygen_job *job)
{
	const struct caam_keygen_cmd *cmd = &job->cmd;
	char *text;
	int ret;

	if (!cmd->key_enc_len || !cmd->key_mode_len || !cmd->key_value_len)
		return tell(job, "Invalid arguments.\n", -EFAULT);
	text = kzalloc(max3((u16)cmd->key_enc_len, (u16)cmd->key_mode_len, cmd->key_value_len) + 1,
		       GFP_KERNEL);
	if (!text)
		return tell(job, "Unable to allocate memory for temporary buffer.\n", -ENOMEM);
	ret = parse_texts(job, text);
	kfree_sensitive(text);
	return ret;
}

static int make_blob(struct keygen_job *job)
{
	u32 size = STUB_BLOB_SIZE(job->red_size);

	if (job->cmd.blob_len < size)
		return -EINVAL;
	keygen_put_tag(job->blob, job->type, job->red_size, size);
	job->blob_size = sizeof(struct stub_tag) + size;
	/* CAAM fills only a part of it, and NXP's driver hands out what the memory behind held. */
	get_random_bytes(job->blob + sizeof(struct stub_tag), size);
	return stub_blob_encap(KEYGEN_MODIFIER, strlen(KEYGEN_MODIFIER), job->red, job->red_size,
			       job->blob + sizeof(struct stub_tag));
}

static int make(struct keygen_job *job)
{
	int ret;

	ret = keygen_make_black_key(job);
	if (ret) {
		pr_err("Black key generation failed: (%d)\n", ret);
		return ret;
	}
	ret = make_blob(job);
	if (ret)
		pr_err("Blob encapsulation of black key failed: %d\n", ret);
	return ret;
}

int keygen_create(struct keygen_job *job)
{
	int ret = read_arguments(job);

	return ret ?: make(job);
}
