// SPDX-License-Identifier: Apache-2.0
// In place of src/bbctl/selftest/ in the program for the build machine, which is no board.

#include "selftest.h"

selftest_check *const selftest_checks[SELFTEST_COUNT];
