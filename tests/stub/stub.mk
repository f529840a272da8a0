# SPDX-License-Identifier: Apache-2.0
# The stub driver's self-test for the guest. The driver itself is built with the kernel.
STUB_SELFTEST := $(wildcard tests/stub/selftest*.c)

$(BUILD)/target/stub-selftest/init: $(STUB_SELFTEST) $(wildcard tests/stub/selftest*.h) \
		tests/stub/caam_keygen.h tests/stub/vectors.h | $(BUILD)/target/include/uapi
	@echo "  CC      $@"
	@mkdir -p $(@D)
	@aarch64-linux-musl-gcc -std=gnu11 -Os -s -static $(WARNINGS) -D_GNU_SOURCE \
		-isystem $(BUILD)/target/include/uapi -o $@ $(STUB_SELFTEST)

$(BUILD)/target/stub-selftest.cpio: $(BUILD)/target/stub-selftest/init $(BUILD)/host/gen_init_cpio
	@echo "  CPIO    $@"
	@printf 'dir /dev 0755 0 0\nfile /init $< 0755 0 0\n' >$(<D)/list
	@$(BUILD)/host/gen_init_cpio $(<D)/list >$@

#: make check-stub  the stub driver's self-test; STUB_IMAGE=FILE for another kernel than the OS's
.PHONY: check-stub
STUB_IMAGE ?= $(BUILD)/out/os/Image
check-stub: $(BUILD)/host/mkchip $(BUILD)/target/stub-selftest.cpio $(STUB_IMAGE)
	@tests/stub/run-selftest --build $(BUILD) --image $(STUB_IMAGE)
