// SPDX-License-Identifier: Apache-2.0
// Whether somebody asks for the shell at the start.

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <termios.h>

#include "boot.h"
#include "recovery.h"
#include "system.h"

// How long a key is waited for, in milliseconds.
#define KEY_WAIT 1000

// What recovery=SECONDS may say.
#define TIMEOUT_MIN 10
#define TIMEOUT_MAX 3600

/*
 * A key, not a line: for so long the console hands on every byte as it comes, and shows none. What was
 * typed before the driver was opened is lost, so it is opened before anybody is told.
 */
static bool key_pressed(struct boot *b)
{
	cleanup_fd int console = open("/dev/console", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd poll_fd = { .fd = console, .events = POLLIN };
	struct termios usual, raw;
	bool pressed;

	if (console < 0 || tcgetattr(console, &usual))
		return false;
	raw = usual;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
	if (tcsetattr(console, TCSANOW, &raw))
		return false;
	boot_say(b, "press a key within a second for the recovery shell", "");
	pressed = poll(&poll_fd, 1, KEY_WAIT) > 0 && poll_fd.revents & POLLIN;
	tcsetattr(console, TCSAFLUSH, &usual);
	return pressed;
}

const char *recovery_asked(struct boot *b, unsigned int *ret_timeout)
{
	char number[8];
	uint32_t seconds = 0;
	bool named = !cmdline_value(b->words, "recovery", number, sizeof(number));

	if (named && !text_parse_number(number, TIMEOUT_MAX, &seconds) && seconds >= TIMEOUT_MIN)
		*ret_timeout = seconds;
	if (named || cmdline_has(b->words, "recovery"))
		return "the word recovery on the command line";
	return key_pressed(b) ? "a key that was pressed at the start" : NULL;
}
