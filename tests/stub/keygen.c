// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/caam-keygen as NXP's driver has it, down to its habit of writing messages for people into
 * the caller's buffers.
 */
#define pr_fmt(fmt) "caam-keygen: " fmt

#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "keygen.h"

int keygen_tell(u64 buffer, u32 size, const char *message, int error)
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

bool keygen_red_size_is_good(u32 size)
{
	return size >= STUB_RED_MIN && size <= STUB_RED_MAX;
}

void keygen_put_tag(u8 *object, u32 type, u32 red_size, u32 object_size)
{
	const struct stub_tag tag = {
		.magic = STUB_TAG_MAGIC,
		.type = type,
		.red_size = red_size,
		.object_size = object_size,
	};

	memcpy(object, &tag, sizeof(tag));
}

int keygen_make_black_key(struct keygen_job *job)
{
	u32 size = stub_black_size(job->type, job->red_size);

	if (job->cmd.black_key_len < size)
		return -EINVAL;
	keygen_put_tag(job->key, job->type, job->red_size, size);
	job->key_size = sizeof(struct stub_tag) + size;
	return stub_black_wrap(job->type, job->red, job->red_size,
			       job->key + sizeof(struct stub_tag));
}

/*
 * Hands out the key, and the blob if there is room given for one. Too little room: -EINVAL, the
 * needed length in the structure, and the message in the blob's buffer, on IMPORT too.
 */
static int hand_out(struct keygen_job *job, bool with_blob)
{
	struct caam_keygen_cmd *cmd = &job->cmd;
	u32 key_room = cmd->black_key_len, blob_room = cmd->blob_len;

	cmd->black_key_len = job->key_size;
	if (key_room < job->key_size)
		return keygen_tell(cmd->blob, blob_room, "Not enough space for black key.\n",
				   -EINVAL);
	if (copy_to_user(u64_to_user_ptr(cmd->black_key), job->key, job->key_size))
		return -EFAULT;
	if (!with_blob)
		return 0;
	cmd->blob_len = job->blob_size;
	if (blob_room < job->blob_size)
		return keygen_tell(cmd->blob, blob_room, "Not enough space for blob key.\n",
				   -EINVAL);
	if (copy_to_user(u64_to_user_ptr(cmd->blob), job->blob, job->blob_size))
		return -EFAULT;
	return 0;
}

/* The structure goes back to the caller only when there was a key to hand out. */
static int run(struct keygen_job *job, unsigned int number, struct caam_keygen_cmd __user *user)
{
	bool creating = number == CAAM_KEYGEN_IOCTL_CREATE;
	int ret;

	if (copy_from_user(&job->cmd, user, sizeof(job->cmd)))
		return -EFAULT;
	ret = creating ? keygen_create(job) : keygen_import(job);
	if (ret)
		return ret;
	ret = hand_out(job, creating);
	if (ret == -EFAULT || copy_to_user(user, &job->cmd, sizeof(job->cmd)))
		return -EFAULT;
	return ret;
}

static long keygen_ioctl(struct file *file, unsigned int number, unsigned long argument)
{
	struct keygen_job *job;
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
