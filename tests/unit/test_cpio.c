// SPDX-License-Identifier: Apache-2.0
// The archive that carries the report, unpacked by cpio.

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "block.h"
#include "cpio.h"
#include "test.h"

static char directory[] = "/tmp/test_cpio.XXXXXX";

static bool unpacks_to(const char *archive, size_t size, const char *data, size_t data_size)
{
	char got[5000];
	struct stat dir, file;
	bool good;

	put_file("archive", archive, size);
	if (system("rm -rf out && mkdir out && cd out && cpio -i --quiet <../archive 2>../log && "
		   "[ \"$(find . | sort | tr '\\n' ' ')\" = '. ./name ./name/report.json ' ]"))
		return false;
	if (stat("out/name", &dir) || stat("out/name/report.json", &file))
		return false;
	good = get_file("out/name/report.json", got, sizeof(got)) == data_size;
	return good && !memcmp(got, data, data_size) && dir.st_mode == (S_IFDIR | 0755) &&
		file.st_mode == (S_IFREG | 0444);
}

static void cpio_unpacks(void)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 5, 511, 512, 4095, 4096 };
	static char data[4096], archive[8192];

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t size = cpio_pack("name", "report.json", data, sizes[i], archive, sizeof(archive));

		test_assert(size && size % 4 == 0);
		test_assert(unpacks_to(archive, size, data, sizes[i]));
	}
}

// The kernel wants the archive whole or not at all.
static void cpio_every_room(void)
{
	static char archive[1024];
	size_t whole = cpio_pack("name", "file", "data", 4, archive, sizeof(archive));

	for (size_t room = 1; room < whole + 8; room++) {
		char *ret = malloc(room);
		size_t size;
		bool same;

		if (!ret)
			abort();
		size = cpio_pack("name", "file", "data", 4, ret, room);
		same = !memcmp(ret, archive, size);
		free(ret);
		test_assert(size == (room > whole ? whole : 0) && same); // a NUL is kept behind it
	}
}

int main(void)
{
	char command[64];

	if (!mkdtemp(directory) || chdir(directory))
		return 1;
	test_run(cpio_unpacks);
	test_run(cpio_every_room);
	snprintf(command, sizeof(command), "rm -rf %s", directory);
	return system(command) || test_result();
}
