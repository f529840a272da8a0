// SPDX-License-Identifier: Apache-2.0
// The names of reasons; see reason.h.

#include <stddef.h>

#include "reason.h"

#define NAME(constant, name, meaning) case constant: return name;
#define MEANING(constant, name, meaning) case constant: return meaning;

const char *provision_reason_name(enum provision_reason reason)
{
	switch (reason) {
	PROVISION_REASON_TABLE(NAME)
	default: return NULL;
	}
}

const char *provision_reason_meaning(enum provision_reason reason)
{
	switch (reason) {
	PROVISION_REASON_TABLE(MEANING)
	default: return NULL;
	}
}
