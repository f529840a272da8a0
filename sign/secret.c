// SPDX-License-Identifier: Apache-2.0
// Passphrases and PINs; see secret.h. Never in an argument, in a stdio buffer or on the heap.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/ui.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"
#include "tool.h"

#define TERMINAL "/dev/tty"

// Of each kind the one that was read last, and where from.
static struct secret {
	char text[SECRET_MAX + 2]; // with the end of the line, then with a NUL in its place
	char source[PATH_MAX]; // the file, or what the terminal was asked about; or empty
} secrets[SECRET_KINDS];

static const char *const names[SECRET_KINDS] = {
	[SECRET_PASSPHRASE] = "passphrase",
	[SECRET_PIN] = "PIN",
	[SECRET_TOKEN] = "token",
};

static void clear_secrets(void)
{
	OPENSSL_cleanse(secrets, sizeof(secrets));
}

void secret_protect(void)
{
	static bool protected;
	const struct rlimit none = { 0, 0 };

	if (protected)
		return;
	// The limit alone does not count where core files go to a program (core(5)).
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) || setrlimit(RLIMIT_CORE, &none) ||
		atexit(clear_secrets)) {
		fprintf(stderr, "%s: secrets cannot be kept out of core files: %s\n", tool_name,
			strerror(errno));
		exit(STATUS_USAGE);
	}
	protected = true;
}

// Up to the end of the first line or of the file. Returns the line's length, or a negative errno.
static int read_line(int fd, char *line, size_t size)
{
	size_t used = 0;
	char *end = NULL;
	ssize_t n;

	while (used < size && !end) {
		n = read(fd, line + used, size - used);
		if (n < 0)
			return -errno;
		if (!n)
			return (int)used;
		end = memchr(line + used, '\n', (size_t)n);
		used += (size_t)n;
	}
	return end ? (int)(end - line) : -E2BIG;
}

static void warn_of_readers(int fd, const char *file, const char *name)
{
	struct stat st;

	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH))
		fprintf(stderr,
			"%s: %s: warning: everybody on this machine can read this %s; chmod 600\n",
			tool_name, file, name);
}

// Returns 0 or an exit status, said.
static int from_file(struct secret *secret, const char *file, const char *name)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), length = -errno;

	if (fd >= 0) {
		warn_of_readers(fd, file, name);
		length = read_line(fd, secret->text, sizeof(secret->text) - 1);
		close(fd);
	}
	if (length == -E2BIG)
		return fail_file(
			file, "the %s in its first line is longer than %d bytes", name, SECRET_MAX);
	if (length < 0)
		return fail_file(file, "the %s cannot be read: %s", name, strerror(-length));
	if (!length)
		return fail_file(file, "the %s in its first line is empty", name);
	if (memchr(secret->text, '\0', (size_t)length))
		return fail_file(file, "its first line holds a zero byte: no %s", name);
	OPENSSL_cleanse(secret->text + length, sizeof(secret->text) - (size_t)length);
	return 0;
}

static bool has_terminal(void)
{
	int fd = open(TERMINAL, O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int from_terminal(struct secret *secret, const char *what, const char *name, bool is_new)
{
	char prompt[256];

	if (!has_terminal())
		return fail_file(what,
			"a %s is needed, and there is no terminal to ask: "
			"give it in a file (--%s-file)",
			name, secret == &secrets[SECRET_PIN] ? "pin" : name);
	snprintf(prompt, sizeof(prompt), "%s of %s: ", name, what);
	if (UI_UTIL_read_pw_string(secret->text, SECRET_MAX, prompt, is_new))
		return fail_file(what, "no %s was given", name);
	if (!secret->text[0])
		return fail_file(what, "the %s is empty", name);
	return 0;
}

const char *secret_get(enum secret_kind kind, const char *file, const char *what, bool is_new)
{
	struct secret *secret = &secrets[kind];
	const char *source = file ? file : what;
	int status;

	if (!strcmp(secret->source, source))
		return secret->text;
	secret_protect();
	OPENSSL_cleanse(secret, sizeof(*secret));
	status = file ? from_file(secret, file, names[kind]) :
		from_terminal(secret, what, names[kind], is_new);
	if (status) {
		OPENSSL_cleanse(secret, sizeof(*secret));
		return NULL;
	}
	text_copy(secret->source, source);
	return secret->text;
}
