// SPDX-License-Identifier: GPL-2.0-only
/*
 * IMPORT of /dev/caam-keygen: a black key from a blob. The checks are those of NXP's driver in its
 * order; where that driver would hurt the kernel it runs in, this one says so and refuses.
 */
#define pr_fmt(fmt) "caam-keygen: " fmt

#include <linux/string.h>
#include <linux/uaccess.h>

#include "keygen.h"

static int read_blob(struct keygen_job *job)
{
	const struct caam_keygen_cmd *cmd = &job->cmd;

	if (cmd->blob_len > sizeof(job->blob)) {
		pr_warn("blob of %u bytes refused: NXP's driver would copy it over its stack, which has room for %zu\n",
			cmd->blob_len, sizeof(job->blob));
		return -EINVAL;
	}
	if (copy_from_user(job->blob, u64_to_user_ptr(cmd->blob), cmd->blob_len))
		return keygen_tell(cmd->black_key, cmd->black_key_len,
				   "Unable to copy from user the blob.\n", -EFAULT);
	job->blob_size = cmd->blob_len;
	return 0;
}

static int check_blob_tag(struct keygen_job *job)
{
	struct stub_tag tag;

	if (job->blob_size <= sizeof(tag)) {
		pr_err("Invalid blob length\n");
		return -EINVAL;
	}
	memcpy(&tag, job->blob, sizeof(tag));
	if (tag.magic != STUB_TAG_MAGIC) {
		pr_err("Unable to get tag object header configuration for blob\n");
		return -EINVAL;
	}
	if (!keygen_red_size_is_good(tag.red_size)) {
		pr_err("Invalid red key length extracted from blob, expected values are between 16 and 64 bytes\n");
		return -EINVAL;
	}
	if (job->blob_size - sizeof(tag) != tag.object_size) {
		pr_err("Mismatch between received blob length and the one from tag header\n");
		return -EINVAL;
	}
	job->red_size = tag.red_size;
	job->type = tag.type;
	return 0;
}

/* Nothing authenticates the header, and two of its bits make NXP's driver do harm. */
static int refuse_dangerous_type(u32 type)
{
	if (type & STUB_TAG_SECURE_MEMORY) {
		pr_warn("blob in secure memory refused: NXP's driver would give CAAM kernel addresses for DMA\n");
		return -EINVAL;
	}
	if (!(type & STUB_TAG_BLACK)) {
		pr_warn("red blob refused: NXP's driver would ask CAAM for the key in plain\n");
		return -EBADMSG;
	}
	return 0;
}

static int decapsulate(struct keygen_job *job)
{
	u32 payload = job->blob_size - sizeof(struct stub_tag);
	int ret;

	if (job->type & STUB_TAG_TDKEK || payload <= STUB_BLOB_OVERHEAD ||
	    job->cmd.black_key_len < payload - STUB_BLOB_OVERHEAD ||
	    job->cmd.black_key_len < stub_black_size(job->type, job->red_size))
		return -EINVAL;
	ret = refuse_dangerous_type(job->type);
	if (ret)
		return ret;
	/* CAAM would go on past the end of the blob, where no MAC can be right. */
	if (payload < STUB_BLOB_OVERHEAD + job->red_size)
		return -EBADMSG;
	ret = stub_blob_decap(KEYGEN_MODIFIER, strlen(KEYGEN_MODIFIER),
			      job->blob + sizeof(struct stub_tag), job->red, job->red_size);
	return ret ?: keygen_make_black_key(job);
}

int keygen_import(struct keygen_job *job)
{
	int ret;

	ret = read_blob(job);
	if (ret)
		return ret;
	ret = check_blob_tag(job);
	if (ret)
		return ret;
	ret = decapsulate(job);
	if (ret)
		pr_err("Blob decapsulation failed: %d\n", ret);
	return ret;
}
