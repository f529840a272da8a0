# SPDX-License-Identifier: Apache-2.0
# bbprovision: static for the target, and for the host's tests of what needs no device. Only for an
# installer: nothing of it is in /init. Packages for the host: libssl-dev libfdisk-dev pkg-config.
BBPROVISION_SOURCES := $(wildcard src/*.c src/device/*.c src/bbprovision/*.c) \
	$(addprefix src/tool/,command.c file.c options.c say.c) $(patsubst %,%.c,$(filter sign/%,$(SIGN_VERIFY)))

$(BUILD)/target/obj/src/bbprovision/%.o: TARGET_CFLAGS += -Isign
$(patsubst %.c,$(BUILD)/target/obj/%.o,$(filter sign/% src/tool/% src/bbprovision/%,$(BBPROVISION_SOURCES))): \
	$(TOOL_LIBRARIES_BUILT)

$(BUILD)/target/bbprovision: $(BBPROVISION_SOURCES:%.c=$(BUILD)/target/obj/%.o)
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,relro,-z,now,-z,noexecstack \
		-L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS) $(TOOL_LIBS)

# With sanitizers, as the unit tests are.
BBPROVISION_HOST := $(patsubst %.c,$(UNIT_DIR)/%.o,$(filter-out src/device/mapping.c src/device/trusted.c \
	src/device/volume-key.c,$(BBPROVISION_SOURCES)) \
	tests/provision/mapping.c)
$(UNIT_DIR)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<
$(UNIT_DIR)/bbprovision: $(BBPROVISION_HOST)
	@echo "  HOSTLD  $@"
	@$(UNIT_CC) $(UNIT_SANITIZE) -o $@ $^ $$(pkg-config --libs fdisk libcrypto)
$(UNIT_DIR)/src/bbprovision/device.o: UNIT_CFLAGS += -DCLOSING_MARK='"closing"'
unit-build: $(UNIT_DIR)/bbprovision

-include $(BBPROVISION_HOST:.o=.d) $(BBPROVISION_SOURCES:%.c=$(BUILD)/target/obj/%.d)

#: make tools    bbprovision and bbctl for the target, static
.PHONY: tools
tools: $(BUILD)/target/bbprovision

$(UNIT_DIR)/test_partition_plan: $(addprefix $(UNIT_DIR)/src/bbprovision/,fuse-plan.o partition-plan.o reason.o standing.o)
$(UNIT_DIR)/test_fuse_plan: $(addprefix $(UNIT_DIR)/src/bbprovision/,fuse-plan.o hab-status.o)
