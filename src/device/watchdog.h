/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BB_WATCHDOG_H
#define BB_WATCHDOG_H

#define WATCHDOG_DEVICE "/dev/watchdog"

/*
 * The descriptor by which the recovery shell of an open device has PID 1's watchdog: a driver opens
 * once only. For `bbctl selftest`.
 */
#define WATCHDOG_HANDED_ON 9

#endif
