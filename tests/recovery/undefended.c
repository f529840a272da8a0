// SPDX-License-Identifier: Apache-2.0
/*
 * Linked around the recovery shell's defences (ld's --wrap), for tests only: undefended=CHECK among
 * the first stage's words takes one away. A CHECK is the name of a function below, without recovery_.
 */

#include <fcntl.h>
#include <unistd.h>

#include "cmdline.h"
#include "recovery.h"

static bool undefended(const char *check)
{
	static char words[CMDLINE_SIZE + 1];
	char word[64];
	struct text text = TEXT_IN(word);
	int fd = open("/proc/device-tree/chosen/bootargs", O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, words, sizeof(words) - 1) < 0)
		words[0] = '\0';
	close(fd);
	text_add(&text, "undefended=");
	text_add(&text, check);
	return cmdline_has(words, word);
}

const char *__real_recovery_read_config(struct boot *b);
const char *__wrap_recovery_read_config(struct boot *b);
const char *__wrap_recovery_read_config(struct boot *b)
{
	return undefended("read_config") ? NULL : __real_recovery_read_config(b);
}

void __real_recovery_hide_key_service(void);
void __wrap_recovery_hide_key_service(void);
void __wrap_recovery_hide_key_service(void)
{
	if (!undefended("hide_key_service"))
		__real_recovery_hide_key_service();
}

int __real_recovery_drop_capabilities(void);
int __wrap_recovery_drop_capabilities(void);
int __wrap_recovery_drop_capabilities(void)
{
	return undefended("drop_capabilities") ? 0 : __real_recovery_drop_capabilities();
}

int __real_recovery_filter_calls(bool closed);
int __wrap_recovery_filter_calls(bool closed);
int __wrap_recovery_filter_calls(bool closed)
{
	return undefended("filter_calls") ? 0 : __real_recovery_filter_calls(closed);
}
