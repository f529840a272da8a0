# SPDX-License-Identifier: Apache-2.0
# Host tools of the tests, and the tests.

HOST_CC ?= cc
HOST_CFLAGS ?= -O2 -g
