# SPDX-License-Identifier: Apache-2.0
# build/host/mkchip, and the stub driver's self-test for the guest. The driver itself: kernel.mk.
STUB_CFLAGS := -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wvla -Wshadow -Werror
STUB_SELFTEST := $(wildcard tests/stub/selftest*.c)
MUSL_CC ?= aarch64-linux-musl-gcc
UAPI_FROM ?= /usr/aarch64-linux-gnu/include

$(BUILD)/host/mkchip: tests/stub/mkchip.c tests/stub/mkchip_show.c tests/stub/mkchip.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(CC) $(STUB_CFLAGS) -O2 -g -o $@ $(filter %.c,$^)

# The kernel's headers for musl, which finds none by itself
$(BUILD)/target/stub-uapi: | $(UAPI_FROM)
	@mkdir -p $@
	@ln -sfn $(addprefix $(UAPI_FROM)/,linux asm asm-generic) $@/

$(BUILD)/target/stub-selftest/init: $(STUB_SELFTEST) $(wildcard tests/stub/selftest*.h) \
		tests/stub/caam_keygen.h tests/stub/vectors.h | $(BUILD)/target/stub-uapi
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(MUSL_CC) $(STUB_CFLAGS) -Os -isystem $(BUILD)/target/stub-uapi -static -s -o $@ $(STUB_SELFTEST)

$(BUILD)/target/stub-selftest.cpio: $(BUILD)/target/stub-selftest/init $(BUILD)/host/gen_init_cpio
	@echo "  CPIO    $@"
	@printf 'dir /dev 0755 0 0\nfile /init $< 0755 0 0\n' >$(<D)/list
	@$(BUILD)/host/gen_init_cpio $(<D)/list >$@

# Needs a kernel with the stub that takes an initrd.
.PHONY: check-stub
STUB_IMAGE ?= $(BUILD)/out/os/Image
check-stub: $(BUILD)/host/mkchip $(BUILD)/target/stub-selftest.cpio $(STUB_IMAGE)
	@tests/stub/run-selftest --build $(BUILD) --image $(STUB_IMAGE)
