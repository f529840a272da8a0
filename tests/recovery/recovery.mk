# SPDX-License-Identifier: Apache-2.0
# The recovery shell: tests/qemu/recovery.sh, what somebody in it tries, and the same without its defences.

$(BUILD)/target/recovery-attack: tests/recovery/attack.c tests/stub/caam_keygen.h | $(BUILD)/target/include/uapi
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@aarch64-linux-musl-gcc -std=gnu11 -Os -s -static $(WARNINGS) -D_GNU_SOURCE \
		-isystem $(BUILD)/target/include/uapi -Itests/stub -o $@ $<

UNDEFENDED_RECOVERY := $(addprefix recovery_,read_config hide_key_service drop_capabilities filter_calls)
$(BUILD)/target/obj/tests/recovery/%.o: TARGET_CFLAGS += -Iinit -Iinit/recovery
$(BUILD)/target/undefended-recovery: $(INIT_OBJECTS) $(RECOVERY_OBJECTS) $(BUILD)/target/obj/tests/recovery/undefended.o
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections \
		$(addprefix -Wl$(comma)--wrap=,$(RECOVERY_WRAPS) $(UNDEFENDED_RECOVERY)) -L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS)
-include $(BUILD)/target/obj/tests/recovery/undefended.d

$(BUILD)/initramfs/undefended-recovery.list: $(BUILD)/initramfs/qemu-development.conf \
		$(BUILD)/target/undefended-recovery $(RECOVERY_BIN) $(RECOVERY_ETC)
	$(call RECOVERY_LIST,$<,$(BUILD)/target/undefended-recovery)

RECOVERY_INPUTS = $(BOOT_INPUTS) $(BUILD)/target/recovery-attack $(BUILD)/out/undefended-recovery/Image.gz

#: make check-recovery  the recovery shell, driven through its console, and attacks from within
.PHONY: check-recovery
check-recovery: setup
	@$(MAKE) --no-print-directory $(RECOVERY_INPUTS)
	@echo "  TEST    the recovery shell (about 5 min on 2 cores)"
	@BUILD=$(BUILD) tests/run 'tests/qemu/all recovery'
