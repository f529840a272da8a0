// SPDX-License-Identifier: Apache-2.0
// The checks of a selftest, for the bbctl of the device.

#include "bbctl/selftest.h"

selftest_check *const selftest_checks[SELFTEST_COUNT] = {
#define SELFTEST_FUNCTION(function, name, need) function,
	SELFTEST_TABLE(SELFTEST_FUNCTION)
#undef SELFTEST_FUNCTION
};
