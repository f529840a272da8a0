# SPDX-License-Identifier: Apache-2.0
# Which kernel: 6.12, which is in the release of Debian that this is built on, or another one, whose differences
# from it are a fragment that comes last: kernel-config/kernel-NAME.config. Another one has a build directory of
# its own in that of 6.12, $(BUILD)/NAME, and there what has nothing to do with the kernel is linked.
#     make KERNEL=newest                       the newest that Debian has: row linux-newest of initramfs/deps/table
#     make KERNEL=NAME LINUX_TARBALL=FILE      any other source

KERNELS_KNOWN := 6.12 $(patsubst kernel-config/kernel-%.config,%,$(wildcard kernel-config/kernel-*.config))
ifeq ($(filter $(KERNEL),$(KERNELS_KNOWN)),)
$(error KERNEL=$(KERNEL): there is no kernel-config/kernel-$(KERNEL).config; known are $(KERNELS_KNOWN))
endif

# What is linked, and the directory in which it is. Not what is compiled with lists of headers, which name paths.
SHARED := $(patsubst %/$(KERNEL),%,$(BUILD))
SHARED_PARTS := deps target/lib target/include target/bin keys keys.passphrase other-keys other-keys.passphrase
NEWEST_PACKAGE := $(shell awk '$$1 == "deb" && $$2 == "linux-newest" { print $$3 }' initramfs/deps/table)

ifeq ($(KERNEL),6.12)
LINUX_TARBALL ?= /usr/src/linux-source-6.12.tar.xz
LINUX_SOURCE = $(LINUX_TARBALL)
LINUX_CHECK = STRICT=$(STRICT) initramfs/deps/installed linux >/dev/null
else
override BUILD := $(SHARED)/$(KERNEL)
KERNEL_FRAGMENT := kernel-$(KERNEL)
$(shell mkdir -p $(BUILD)/target $(addprefix $(SHARED)/,deps target/lib target/include target/bin) && \
	for part in $(SHARED_PARTS); do ln -sfnr $(SHARED)/$$part $(BUILD)/$$part; done)
ifeq ($(KERNEL)$(LINUX_TARBALL),newest)
LINUX_TARBALL := $(BUILD)/deps/debs/linux-newest/usr/src/$(NEWEST_PACKAGE).tar.xz
LINUX_SOURCE := $(BUILD)/deps/debs/linux-newest/.unpacked
endif
LINUX_SOURCE ?= $(or $(LINUX_TARBALL),$(error KERNEL=$(KERNEL) needs its source: LINUX_TARBALL=FILE))
LINUX_CHECK := :
endif
