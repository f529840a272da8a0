# SPDX-License-Identifier: Apache-2.0
# balena-bootloader. `make help` lists the targets; everything that is made goes below $(BUILD).

VERSION := 0.1.0
BUILD ?= build
KERNEL ?= 6.12
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/balena-bootloader
PLATFORM ?= qemu
VARIANT ?= production
KEYS ?= $(SHARED)/keys
CROSS ?= aarch64-linux-gnu-
STRICT ?= 0

WARNINGS := -Wall -Wextra -Wconversion -Wvla -Wshadow -Werror
CPPFLAGS := -D_GNU_SOURCE -DBB_VERSION='"$(VERSION)"' -Isrc -Isrc/tool -Isrc/device

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: all help setup init kernel host run check bench clean

all: kernel host

help:
	@sed -n 's/^#: //p' $(MAKEFILE_LIST)

include kernel-config/versions.mk
include kernel-config/kernel.mk
include sign/sign.mk
include initramfs/deps.mk
include initramfs/initramfs.mk
include init/init.mk
include tests/tests.mk
include packaging/packaging.mk

#: make run      installs what is missing, builds, boots the whole chain in QEMU and says what happened
#: make check    all tests; ends with "N passed, N failed"
#: make bench    sizes and instruction counts beside their budgets, and beside a minimal program and a shell flow
#: make setup    installs the Debian packages that are missing
setup:
	@initramfs/deps/setup

#: make init     /init, static, for the target
init: $(BUILD)/target/init

#: make kernel   the bootloader for PLATFORM=qemu|imx8m VARIANT=production|development|flasher, into build/out
kernel: $(BUILD)/out/$(PLATFORM)-$(VARIANT)/Image.gz

#: make host     the host tools, into build/host
host: $(BUILD)/host/bbctl $(BUILD)/host/bbsign

#: make clean    removes build/
clean:
	rm -rf $(BUILD)
