// SPDX-License-Identifier: Apache-2.0
/*
 * caam-import BLOB KEY: for the shell flow, what `caam-keygen import` does for balena's scripts:
 * the black key of a blob, as a file.
 */

#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../stub/caam_keygen.h"

int main(int argc, char **argv)
{
	uint8_t blob[144], key[116]; // those of the longest key
	struct caam_keygen_cmd command = { .black_key_len = sizeof(key) };
	int keygen = open("/dev/caam-keygen", O_RDWR), in, out;
	ssize_t size;

	if (argc != 3 || keygen < 0)
		return 1;
	in = open(argv[1], O_RDONLY);
	size = read(in, blob, sizeof(blob));
	if (size < 0)
		return 1;
	command.black_key = (uintptr_t)key;
	command.blob = (uintptr_t)blob;
	command.blob_len = (uint32_t)size;
	if (ioctl(keygen, (int)CAAM_KEYGEN_IOCTL_IMPORT, &command))
		return 1;
	out = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	return out < 0 || write(out, key, command.black_key_len) != (ssize_t)command.black_key_len;
}
