// SPDX-License-Identifier: Apache-2.0
// What every part of mkdisk needs: the end on an error, a temporary directory, files, child
// processes.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mkdisk.h"

static char scratch_dir[4096];
static char *unfinished;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("mkdisk: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

void die_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("mkdisk: ", stderr);
	vfprintf(stderr, format, args);
	fputs("\nmkdisk: see mkdisk --help\n", stderr);
	va_end(args);
	exit(2);
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die("out of memory");
	va_end(args);
	return text;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	remove(path);
	return 0;
}

static void remove_scratch(void)
{
	nftw(scratch_dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *scratch(void)
{
	const char *base = getenv("TMPDIR");

	if (*scratch_dir)
		return scratch_dir;
	snprintf(scratch_dir, sizeof(scratch_dir), "%s/mkdisk.XXXXXX",
		base && *base ? base : "/tmp");
	if (!mkdtemp(scratch_dir))
		die("%s: %s", scratch_dir, strerror(errno));
	atexit(remove_scratch);
	return scratch_dir;
}

char *scratch_path(const char *name, const char *suffix)
{
	return xasprintf("%s/%s.%s", scratch(), name, suffix);
}

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

void remove_unless_finished(char *path)
{
	unfinished = path;
	atexit(remove_unfinished);
}

void finish(const char *name)
{
	if (rename(unfinished, name))
		die("%s: %s", name, strerror(errno));
	free(unfinished);
	unfinished = NULL;
}

size_t read_up_to(const char *path, void *data, size_t size)
{
	FILE *file = fopen(path, "rb");
	size_t got;

	if (!file)
		die("%s: %s", path, strerror(errno));
	got = fread(data, 1, size, file);
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	if (fgetc(file) != EOF)
		die("%s: must be %zu bytes long at most", path, size);
	fclose(file);
	return got;
}

void read_exactly(const char *path, void *data, size_t size)
{
	if (read_up_to(path, data, size) != size)
		die("%s: must be exactly %zu bytes long", path, size);
}

void write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	if (!file)
		die("%s: %s", path, strerror(errno));
	if (fwrite(data, 1, size, file) != size || fclose(file))
		die("%s: %s", path, strerror(errno));
}

static void redirect(int target, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || dup2(fd, target) < 0)
		_exit(126);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid: %s", strerror(errno));
	return status;
}

/* Shows what a program said on standard error, without lines that start with the banner. */
static bool show_errors(const char *path, const char *banner)
{
	char line[1024];
	bool any = false;
	FILE *file = fopen(path, "r");

	while (file && fgets(line, sizeof(line), file)) {
		if (banner && !strncmp(line, banner, strlen(banner)))
			continue;
		fputs(line, stderr);
		any = true;
	}
	if (file)
		fclose(file);
	return any;
}

static void run_to(const char *const argv[], const char *out, const char *err)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		die("fork: %s", strerror(errno));
	if (pid == 0) {
		redirect(STDOUT_FILENO, out ? out : "/dev/null");
		redirect(STDERR_FILENO, err);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	status = wait_for(pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	show_errors(err, NULL);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		die("%s: not found: install it", argv[0]);
	die("%s failed with status 0x%x", argv[0], (unsigned int)status);
}

void run(const char *const argv[], const char *out)
{
	char *err = scratch_path("run", "stderr");

	run_to(argv, out, err);
	free(err);
}

void run_debugfs(const char *const argv[], const char *out)
{
	char *err = scratch_path("run", "stderr");

	run_to(argv, out, err);
	if (show_errors(err, "debugfs "))
		die("debugfs reported an error");
	free(err);
}
