/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole test framework. A test is a function without arguments; a failed assertion ends it.
 * main runs each with test_run and returns test_result(). One line per test: "ok NAME" or "not ok
 * NAME".
 */
#ifndef BB_TEST_H
#define BB_TEST_H

#include <stdbool.h>
#include <stdio.h>

static bool test_failed;
static unsigned int test_failures;

/* What a failed assertion names besides itself: set it to the case at hand in a table of cases. */
static const char *test_case = "";

#define test_assert(condition)                                                                     \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			test_failed = true;                                                        \
			printf("# %s:%d: %s: %s\n", __FILE__, __LINE__, test_case, #condition);    \
			return;                                                                    \
		}                                                                                  \
	} while (0)

#define test_run(test)                                                                             \
	do {                                                                                       \
		test_failed = false;                                                               \
		test_case = "";                                                                    \
		(test)();                                                                          \
		test_failures += test_failed;                                                      \
		printf("%s %s\n", test_failed ? "not ok" : "ok", #test);                           \
		fflush(stdout);                                                                    \
	} while (0)

static inline int test_result(void)
{
	return test_failures > 0;
}

#endif
