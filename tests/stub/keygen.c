// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/caam-keygen as NXP's driver has it: the order of its checks, its errors, and its habit of
 * writing messages for people into the caller's buffers. Where that driver would hurt the kernel that
 * it runs in, this one says so and refuses.
 */
#define pr_fmt(fmt) "caam-keygen: " fmt

#include <linux/kstrtox.h>
#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "caam_keygen.h"
#include "stub.h"

struct job {
	struct caam_keygen_cmd cmd;
	u32 type;
	u32 red_size;
	u8 red[STUB_RED_MAX];
	u32 key_size; /* with the tag, as is blob_size */
	u8 key[STUB_TAGGED_KEY_MAX];
	u32 blob_size;
	u8 blob[STUB_TAGGED_BLOB_MAX];
};

/* Leaves a message, cut to fit, where the caller awaits data. Returns the error it explains. */
static int tell(u64 buffer, u32 size, const char *message, int error)
{
	void __user *out = u64_to_user_ptr(buffer);
	size_t length;

	if (size <= 1)
		return error;
	length = min_t(size_t, size - 1, strlen(message));
	if (copy_to_user(out, message, length) || copy_to_user(out + length, "", 1))
		return error; /* as without a message */
	return error;
}

static int tell_in_blob(const struct job *job, const char *message, int error)
{
	return tell(job->cmd.blob, job->cmd.blob_len, message, error);
}

static bool red_size_is_good(u32 size)
{
	return size >= STUB_RED_MIN && size <= STUB_RED_MAX;
}

static int check_red_size(const struct job *job, u32 size)
{
	if (red_size_is_good(size))
		return 0;
	return tell_in_blob(job,
		"Invalid key size, expected values are between 16 and 64 bytes.\n", -EINVAL);
}

static int parse_encryption(struct job *job, char *text)
{
	if (copy_from_user(text, u64_to_user_ptr(job->cmd.key_enc), job->cmd.key_enc_len))
		return tell_in_blob(job, "Unable to copy from user the Encrypted Key Type.\n", -EFAULT);
	job->type = STUB_TAG_BLACK;
	if (!strcmp(text, "ccm"))
		job->type |= STUB_TAG_CCM;
	else if (strcmp(text, "ecb"))
		return tell_in_blob(job,
			"Invalid argument for Encrypted Key Type, expected ecb or ccm.\n", -EINVAL);
	return 0;
}

static int parse_mode(const struct job *job, char *text, bool *random)
{
	if (copy_from_user(text, u64_to_user_ptr(job->cmd.key_mode), job->cmd.key_mode_len))
		return tell_in_blob(job,
			"Unable to copy from user the Key Mode: random (-s) or plaintext (-t).\n", -EFAULT);
	*random = !strcmp(text, "-s");
	if (!*random && strcmp(text, "-t"))
		return tell_in_blob(job, "Invalid argument for Key Mode, expected -s or -t.\n", -EINVAL);
	return 0;
}

static int take_random_key(struct job *job, const char *text)
{
	int ret;

	ret = kstrtou32(text, 10, &job->red_size);
	if (ret)
		return tell_in_blob(job, "Invalid key size.\n", ret);
	ret = check_red_size(job, job->red_size);
	return ret ?: get_random_bytes_wait(job->red, job->red_size);
}

static int take_given_key(struct job *job, const char *text)
{
	int ret;

	job->red_size = job->cmd.key_value_len;
	ret = check_red_size(job, job->red_size);
	if (!ret)
		memcpy(job->red, text, job->red_size);
	return ret;
}

/* The three texts go through one buffer: one without its NUL ends with what the last one left. */
static int parse_create(struct job *job, char *text)
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
		return tell_in_blob(job, "Unable to copy from user the Key Value: size or plaintext.\n",
			-EFAULT);
	return random ? take_random_key(job, text) : take_given_key(job, text);
}

static int read_create(struct job *job)
{
	const struct caam_keygen_cmd *cmd = &job->cmd;
	char *text;
	int ret;

	if (!cmd->key_enc_len || !cmd->key_mode_len || !cmd->key_value_len)
		return tell_in_blob(job, "Invalid arguments.\n", -EFAULT);
	text = kzalloc(max3((u16)cmd->key_enc_len, (u16)cmd->key_mode_len, cmd->key_value_len) + 1,
		       GFP_KERNEL);
	if (!text)
		return tell_in_blob(job, "Unable to allocate memory for temporary buffer.\n", -ENOMEM);
	ret = parse_create(job, text);
	kfree_sensitive(text);
	return ret;
}

static int read_import(struct job *job)
{
	const struct caam_keygen_cmd *cmd = &job->cmd;

	if (cmd->blob_len > sizeof(job->blob)) {
		pr_warn("blob of %u bytes refused: NXP's driver would copy it over its stack, which has room for %zu\n",
			cmd->blob_len, sizeof(job->blob));
		return -EINVAL;
	}
	if (copy_from_user(job->blob, u64_to_user_ptr(cmd->blob), cmd->blob_len))
		return tell(cmd->black_key, cmd->black_key_len, "Unable to copy from user the blob.\n",
			-EFAULT);
	job->blob_size = cmd->blob_len;
	return 0;
}

static void put_tag(u8 *object, u32 type, u32 red_size, u32 object_size)
{
	const struct stub_tag tag = {
		.magic = STUB_TAG_MAGIC,
		.type = type,
		.red_size = red_size,
		.object_size = object_size,
	};

	memcpy(object, &tag, sizeof(tag));
}

/* The black key; black_key_len counts as room for it alone here, and with its tag at the end. */
static int make_black_key(struct job *job)
{
	u32 size = stub_black_size(job->type, job->red_size);

	if (job->cmd.black_key_len < size)
		return -EINVAL;
	put_tag(job->key, job->type, job->red_size, size);
	job->key_size = sizeof(struct stub_tag) + size;
	return stub_black_wrap(job->type, job->red, job->red_size,
			       job->key + sizeof(struct stub_tag));
}

static int make_blob(struct job *job)
{
	u32 size = STUB_BLOB_SIZE(job->red_size);

	if (job->cmd.blob_len < size)
		return -EINVAL;
	put_tag(job->blob, job->type, job->red_size, size);
	job->blob_size = sizeof(struct stub_tag) + size;
	return stub_blob_encap(job->red, job->red_size, job->blob + sizeof(struct stub_tag));
}

static int create(struct job *job)
{
	int ret;

	ret = make_black_key(job);
	if (ret) {
		pr_err("Black key generation failed: (%d)\n", ret);
		return ret;
	}
	ret = make_blob(job);
	if (ret)
		pr_err("Blob encapsulation of black key failed: %d\n", ret);
	return ret;
}

static int check_blob_tag(struct job *job)
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
	if (!red_size_is_good(tag.red_size)) {
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

/* Nothing authenticates the header, and two of its bits make NXP's driver do what no caller wants. */
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

static int decapsulate(struct job *job)
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
	ret = stub_blob_decap(job->blob + sizeof(struct stub_tag), payload, job->red, job->red_size);
	return ret ?: make_black_key(job);
}

static int import(struct job *job)
{
	int ret;

	ret = check_blob_tag(job);
	if (ret)
		return ret;
	ret = decapsulate(job);
	if (ret)
		pr_err("Blob decapsulation failed: %d\n", ret);
	return ret;
}

/*
 * Hands out the key, and the blob if there is room given for one. Too little room: -EINVAL, the
 * needed length in the structure, and the message in the blob's buffer, on IMPORT too.
 */
static int hand_out(struct job *job, bool with_blob)
{
	struct caam_keygen_cmd *cmd = &job->cmd;
	u32 key_room = cmd->black_key_len, blob_room = cmd->blob_len;

	cmd->black_key_len = job->key_size;
	if (key_room < job->key_size)
		return tell(cmd->blob, blob_room, "Not enough space for black key.\n", -EINVAL);
	if (copy_to_user(u64_to_user_ptr(cmd->black_key), job->key, job->key_size))
		return -EFAULT;
	if (!with_blob)
		return 0;
	cmd->blob_len = job->blob_size;
	if (blob_room < job->blob_size)
		return tell(cmd->blob, blob_room, "Not enough space for blob key.\n", -EINVAL);
	if (copy_to_user(u64_to_user_ptr(cmd->blob), job->blob, job->blob_size))
		return -EFAULT;
	return 0;
}

/* The structure goes back to the caller only when there was a key to hand out. */
static int run(struct job *job, unsigned int number, struct caam_keygen_cmd __user *user)
{
	bool creating = number == CAAM_KEYGEN_IOCTL_CREATE;
	int ret;

	if (copy_from_user(&job->cmd, user, sizeof(job->cmd)))
		return -EFAULT;
	ret = creating ? read_create(job) : read_import(job);
	if (ret)
		return ret;
	ret = creating ? create(job) : import(job);
	if (ret)
		return ret;
	ret = hand_out(job, creating);
	if (ret == -EFAULT || copy_to_user(user, &job->cmd, sizeof(job->cmd)))
		return -EFAULT;
	return ret;
}

static long keygen_ioctl(struct file *file, unsigned int number, unsigned long argument)
{
	struct job *job;
	int ret;

	if (number != CAAM_KEYGEN_IOCTL_CREATE && number != CAAM_KEYGEN_IOCTL_IMPORT)
		return -ENOTTY;
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	ret = run(job, number, (struct caam_keygen_cmd __user *)argument);
	kfree_sensitive(job);
	return ret;
}

static const struct file_operations keygen_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = keygen_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice keygen_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "caam-keygen",
	.fops = &keygen_operations,
};

int stub_keygen_register(void)
{
	int ret = misc_register(&keygen_device);

	if (!ret)
		pr_info("Device %s registered\n", keygen_device.name);
	return ret;
}
