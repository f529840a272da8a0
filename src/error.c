// SPDX-License-Identifier: Apache-2.0
// Names of the boot errors; the table is in error.h.

#include "error.h"

const char *bb_error_name(int error)
{
	switch (error) {
#define BB_ERROR_NAME(number, constant, name, meaning) case constant: return name;
	BB_ERROR_TABLE(BB_ERROR_NAME)
#undef BB_ERROR_NAME
	default: return "unknown";
	}
}
