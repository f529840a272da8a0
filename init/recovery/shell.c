// SPDX-License-Identifier: Apache-2.0
// Runs the shell and waits for its end: feeds the watchdog, and bounds the time without a key.

#include <fcntl.h>
#include <keyutils.h>
#include <linux/watchdog.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "recovery.h"
#include "system.h"
#include "watchdog.h"

// The watchdog is fed so often, and the time without a key looked at, in milliseconds.
#define ROUND 2000

/* What `boot A` and `boot B` of initramfs/recovery/profile exit with. */
#define EXIT_BOOT_A 201
#define EXIT_BOOT_B 202

static void say(int console, const char *text)
{
	if (write(console, text, strlen(text)) < 0)
		return;
}

static void die(const char *what)
{
	say(STDERR_FILENO, "recovery: the shell cannot be started: ");
	say(STDERR_FILENO, what);
	say(STDERR_FILENO, "\n");
	_exit(1);
}

static void take_console(void)
{
	int console = open("/dev/console", O_RDWR);

	setsid();
	ioctl(console, TIOCSCTTY, 1);
	for (int fd = 0; fd <= 2; fd++)
		dup2(console, fd);
	if (console > 2)
		close(console);
}

static void hand_watchdog_on(const struct boot *b)
{
	if (!b->closed && b->watchdog >= 0)
		dup2(b->watchdog, WATCHDOG_HANDED_ON);
}

// The child: never returns, and nothing of PID 1 goes along, but for an open device's watchdog.
static void become_shell(struct boot *b, struct recovery *r)
{
	char *const arguments[] = { "sh", "/etc/start", NULL };
	char *const environment[] = { "PATH=/bin", "HOME=/tmp", "TERM=vt102", NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	take_console();
	keyctl_join_session_keyring(NULL);
	if (recovery_enter_room(b, r))
		die("its root cannot be made");
	if (recovery_drop_capabilities())
		die("its rights cannot be dropped");
	if (recovery_filter_calls(b->closed))
		die("its system calls cannot be filtered");
	hand_watchdog_on(b);
	execve("/bin/busybox", arguments, environment);
	die("busybox");
}

// The terminal notes when it was read last, to eight seconds (tty_update_time in tty_io.c).
static bool nobody_types(int console, time_t since, unsigned int timeout)
{
	struct stat status;
	time_t last = since;

	if (!fstat(console, &status) && status.st_atim.tv_sec > last)
		last = status.st_atim.tv_sec;
	return time(NULL) > last + (time_t)timeout;
}

/* Whether the shell has ended, and how; everything else that has ended is forgotten. */
static bool reap(pid_t shell, int *ret_status)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == shell) {
			*ret_status = status;
			return true;
		}
	}
	return false;
}

// The exit status of the shell, or 0 when it was not waited for any longer.
static int wait_for(const struct boot *b, pid_t shell, unsigned int timeout, int console,
	int children)
{
	struct pollfd poll_fd = { .fd = children, .events = POLLIN };
	struct signalfd_siginfo child;
	time_t start = time(NULL);
	int status = 0;

	while (!reap(shell, &status)) {
		if (b->watchdog >= 0)
			device_control(b->watchdog, WDIOC_KEEPALIVE, NULL);
		if (nobody_types(console, start, timeout)) {
			say(console, "\nrecovery: nobody has typed for too long; it restarts\n");
			return 0;
		}
		if (poll(&poll_fd, 1, ROUND) > 0 && read(children, &child, sizeof(child)) < 0)
			return 0;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

// One that cannot be killed is ended by the watchdog, which nobody feeds any more.
static void end_all(void)
{
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0)
		;
}

enum recovery_end recovery_run_shell(struct boot *b, struct recovery *r)
{
	cleanup_fd int console = open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC);
	cleanup_fd int children = -1;
	sigset_t child, before;
	pid_t shell;
	int status = 0;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	children = signalfd(-1, &child, SFD_CLOEXEC);
	shell = console < 0 || children < 0 ? -1 : fork();
	if (!shell)
		become_shell(b, r);
	if (shell > 0) {
		status = wait_for(b, shell, r->timeout, console, children);
		end_all();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status == EXIT_BOOT_A ? RECOVERY_BOOT_A :
		status == EXIT_BOOT_B ? RECOVERY_BOOT_B : RECOVERY_RESTART;
}
