# SPDX-License-Identifier: Apache-2.0
# bbctl selftest: tests/qemu/device-selftest.sh, with a key service that lies, and a kernel that enforces nothing.

$(BUILD)/target/obj/tests/device/selftest-lies.o: TARGET_CFLAGS += -Itests/stub
$(BUILD)/target/bbctl-lied-to: $(BBCTL_TARGET) $(BUILD)/target/obj/tests/device/selftest-lies.o
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections -Wl,--wrap=device_control,--wrap=crypt_format,--wrap=fuses_read \
		-L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS) $(TOOL_LIBS)
-include $(BUILD)/target/obj/tests/device/selftest-lies.d

DEVICE_INPUTS += $(BUILD)/target/bbctl-lied-to $(BUILD)/out/premise-qemu-development/Image.gz
