// SPDX-License-Identifier: Apache-2.0
// A fuzz target without libFuzzer: runs on the files of the directories that are named. For make coverage.

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_file(const char *name)
{
	static uint8_t data[1 << 20];
	FILE *file = fopen(name, "r");
	size_t size = file ? fread(data, 1, sizeof(data), file) : 0;

	if (file) {
		LLVMFuzzerTestOneInput(data, size);
		fclose(file);
	}
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		DIR *dir = chdir(argv[i]) ? NULL : opendir(".");
		const struct dirent *entry;

		while (dir && (entry = readdir(dir))) {
			if (entry->d_type == DT_REG)
				run_file(entry->d_name);
		}
		if (dir)
			closedir(dir);
	}
	return 0;
}
