// SPDX-License-Identifier: Apache-2.0
/*
 * When the shell opens. The development variant's /init is linked with ld's --wrap: calls of the
 * four functions here come to __wrap_NAME, and __real_NAME is the function itself.
 *
 * `boot A|B` in the shell starts /init anew, with the slot in its environment: so every stage runs
 * as it always does. The kernel's own environment for it is compiled in.
 */

#include <linux/reboot.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <time.h>
#include <unistd.h>

#include "boot.h"
#include "mounts.h"
#include "recovery.h"
#include "system.h"

#define SLOT_VARIABLE "BB_RECOVERY_SLOT"

static struct recovery recovery = { .timeout = RECOVERY_TIMEOUT };
static struct boot *given_up; // NULL: the boot goes on
static unsigned int reboot_delay;

int __real_reboot(int command);
int __wrap_reboot(int command);

static bool has_recovery(const struct boot *b)
{
	return b->config.variant == VARIANT_DEVELOPMENT && b->config.stage == STAGE_BOOTLOADER;
}

// As at the kernel's start: nothing is mounted that the first stage mounts.
static void start_again(struct boot *b, enum slot slot)
{
	static const char *const mounted[] = {
		"/run", "/sys/kernel/security", "/sys", "/proc", "/dev",
	};
	char chosen[] = SLOT_VARIABLE "=A";
	char *const arguments[] = { "/init", NULL };
	char *const environment[] = { chosen, NULL };

	chosen[sizeof(chosen) - 2] = slot_letter(slot);
	boot_say(b, "goes on from the recovery shell: ", chosen);
	recovery_show_key_service();
	for (size_t i = 0; i < sizeof(mounted) / sizeof(mounted[0]); i++)
		umount2(mounted[i], MNT_DETACH);
	execve(arguments[0], arguments, environment);
}

/* Returns when there may be no shell; nothing is open then that was not before. */
static void open_shell(struct boot *b)
{
	const char *refusal = recovery_refusal(b);
	enum recovery_end end = RECOVERY_RESTART;

	if (refusal) {
		boot_warn(b, "no recovery shell: ", refusal);
		return;
	}
	recovery_open_volumes(b, &recovery);
	unmount_boot_volume(b);
	if (b->closed)
		recovery_hide_key_service();
	// dm-crypt has copies of its own, which nobody gets out of it again.
	if (!drop_keys(b))
		end = recovery_run_shell(b, &recovery);
	if (put_away(b))
		boot_say(b, "a volume stays in use: ", "the device restarts");
	else if (end != RECOVERY_RESTART)
		start_again(b, end == RECOVERY_BOOT_A ? SLOT_A : SLOT_B);
	__real_reboot(LINUX_REBOOT_CMD_RESTART);
}

boot_stage __real_start_stage, __wrap_start_stage;
int __wrap_start_stage(struct boot *b)
{
	int error = __real_start_stage(b);

	if (!error && has_recovery(b) && !getenv(SLOT_VARIABLE))
		recovery.asked = recovery_asked(b, &recovery.timeout);
	return error;
}

/*
 * The slot that somebody chose, and no other: when it fails, that is what they want to know. The
 * boot state stays as it is, whatever comes of it.
 */
static int take_chosen_slot(struct boot *b, char letter)
{
	const struct bootstate_io io = { b, read_boot_file, NULL };
	enum slot slot = letter == 'A' ? SLOT_A : SLOT_B;
	struct bootenv *env = &b->state.env;
	char name[] = { letter, '\0' };

	boot_warn(b, "slot chosen in the recovery shell: ", name);
	bootstate_load(&io, &b->state);
	if (slot != env->root)
		text_copy(env->override_abi, env->committed_abi[slot]);
	env->root = slot;
	env->upgrade_available = false;
	slot_decide(env, &b->plan);
	while (b->plan.candidate[b->plan.candidates - 1].slot != slot)
		b->plan.candidates--;
	b->report.plan = &b->plan;
	return 0;
}

boot_stage __real_slot_stage, __wrap_slot_stage;
int __wrap_slot_stage(struct boot *b)
{
	const char *chosen = getenv(SLOT_VARIABLE);

	if (recovery.asked)
		open_shell(b);
	return chosen ? take_chosen_slot(b, chosen[0]) : __real_slot_stage(b);
}

// The shell comes in place of the delay, when the report is kept and everything put away.
int __real_give_up(struct boot *b);
int __wrap_give_up(struct boot *b);
int __wrap_give_up(struct boot *b)
{
	if (has_recovery(b)) {
		given_up = b;
		reboot_delay = b->config.reboot_delay;
		b->config.reboot_delay = 0;
	}
	return __real_give_up(b);
}

int __wrap_reboot(int command)
{
	struct timespec delay = { .tv_sec = (time_t)reboot_delay };

	if (given_up && command == LINUX_REBOOT_CMD_RESTART) {
		recovery.asked = NULL;
		recovery.fault = given_up->report.fault;
		open_shell(given_up);
		put_away(given_up);
		nanosleep(&delay, NULL);
	}
	return __real_reboot(command);
}
