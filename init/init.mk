# SPDX-License-Identifier: Apache-2.0
# /init: one static program for the target, from init/ and what it uses of src/.

TARGET_CC := $(ccache)aarch64-linux-musl-gcc
TARGET_CFLAGS := -std=gnu11 -O2 -g -fstack-protector-strong -ffunction-sections -fdata-sections \
	-fno-asynchronous-unwind-tables -fno-unwind-tables -ffile-prefix-map=$(CURDIR)=. -mcpu=cortex-a53 \
	-isystem $(BUILD)/target/include -isystem $(BUILD)/target/include/uapi $(WARNINGS) $(CPPFLAGS)
INIT_OBJECTS := $(patsubst %.c,$(BUILD)/target/obj/%.o,$(wildcard init/*.c src/*.c src/device/*.c))

$(BUILD)/target/obj/%.o: %.c $(TARGET_LIBRARIES_BUILT)
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@$(TARGET_CC) $(TARGET_CFLAGS) -MMD -MP -c -o $@ $<

# The map says what was linked in, for the bill of materials.
$(BUILD)/target/init.debug: $(INIT_OBJECTS)
	@echo "  LD      $@"
	@$(TARGET_CC) -static -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,relro,-z,now,-z,noexecstack \
		-Wl,-Map=$(BUILD)/target/init.map -L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS)

# The development variant's: the same objects, with the recovery shell linked around four of their functions.
RECOVERY_OBJECTS := $(patsubst %.c,$(BUILD)/target/obj/%.o,$(wildcard init/recovery/*.c))
RECOVERY_WRAPS := start_stage slot_stage give_up reboot
$(BUILD)/target/obj/init/recovery/%.o: TARGET_CFLAGS += -Iinit

$(BUILD)/target/init-development.debug: $(INIT_OBJECTS) $(RECOVERY_OBJECTS)
	@echo "  LD      $@"
	@$(TARGET_CC) -static -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,relro,-z,now,-z,noexecstack \
		$(RECOVERY_WRAPS:%=-Wl,--wrap=%) -L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS)

$(BUILD)/target/init $(BUILD)/target/init-development: %: %.debug
	@$(CROSS)strip -o $@ $<

-include $(INIT_OBJECTS:.o=.d) $(RECOVERY_OBJECTS:.o=.d)
