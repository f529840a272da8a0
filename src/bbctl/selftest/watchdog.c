// SPDX-License-Identifier: Apache-2.0
// The watchdog: through the descriptor of PID 1's, or opened here and closed as it was.

#include <errno.h>
#include <fcntl.h>
#include <linux/watchdog.h>
#include <string.h>
#include <unistd.h>

#include "bbctl/selftest.h"
#include "system.h"
#include "watchdog.h"

// One second less, or one more where there is no less.
static int another(int timeout)
{
	return timeout > 2 ? timeout - 1 : timeout + 1;
}

static int ask(int fd, struct selftest_watchdog *w)
{
	int error = device_control(fd, WDIOC_GETTIMEOUT, &w->timeout), again = w->timeout;

	if (device_control(fd, WDIOC_GETTIMELEFT, &w->left))
		w->left = -1;
	w->tried = another(w->timeout);
	if (!error)
		error = device_control(fd, WDIOC_SETTIMEOUT, &w->tried);
	if (!error)
		error = device_control(fd, WDIOC_GETTIMEOUT, &w->tried_read);
	if (w->timeout && device_control(fd, WDIOC_SETTIMEOUT, &again) && !error)
		error = -EIO;
	return error ? error : device_control(fd, WDIOC_KEEPALIVE, NULL);
}

// What was not open before is to be as it was; a driver that cannot stop says so in its options.
static void let_go(int fd, const struct watchdog_info *info, struct text *says)
{
	bool stops = info->options & WDIOF_MAGICCLOSE && write(fd, "V", 1) == 1;

	close(fd);
	selftest_say(says, stops ? "; stopped again, if it stops" : "; it cannot be stopped and runs on");
}

static enum selftest_status judge(int fd, const struct watchdog_info *info, uint32_t wanted,
	struct text *says)
{
	struct selftest_watchdog w = { .wanted = wanted };
	int status = 0, error = ask(fd, &w);

	selftest_say(says, "%.32s, %d s", (const char *)info->identity, w.timeout);
	if (w.left >= 0)
		selftest_say(says, ", %d left", w.left);
	if (!device_control(fd, WDIOC_GETBOOTSTATUS, &status))
		selftest_say(says, status & WDIOF_CARDRESET ? ", it has caused this reset" : ", boot status %d",
			status);
	if (error) {
		selftest_say(says, ": %s", strerror(-error));
		return SELFTEST_FAILED;
	}
	return selftest_judge_watchdog(&w, says);
}

enum selftest_status check_watchdog(struct selftest *s, struct text *says)
{
	struct watchdog_info info = { 0 };
	int fd = WATCHDOG_HANDED_ON;
	bool handed_on = !device_control(fd, WDIOC_GETSUPPORT, &info);
	enum selftest_status status;

	if (!handed_on)
		fd = open(WATCHDOG_DEVICE, O_WRONLY | O_CLOEXEC);
	if (fd < 0) {
		int error = errno;

		selftest_say(says, WATCHDOG_DEVICE ": %s", strerror(error));
		return error == ENOENT || error == ENODEV ? SELFTEST_ABSENT : SELFTEST_FAILED;
	}
	if (!handed_on)
		device_control(fd, WDIOC_GETSUPPORT, &info);
	status = judge(fd, &info, s->config.watchdog, says);
	if (handed_on)
		selftest_say(says, "; PID 1 feeds it");
	else
		let_go(fd, &info, says);
	return status;
}
