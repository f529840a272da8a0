# SPDX-License-Identifier: Apache-2.0
# build/host/bbctl: the parsers of src/ as init has them, built for the host, and one file per
# subcommand. `bbctl selftest` needs the device's libraries, and is in the target's only. Packages:
# libssl-dev libfdisk-dev libjson-c-dev pkgconf.
BBCTL_SOURCES := $(wildcard src/*.c src/tool/*.c src/bbctl/*.c) src/device/fuses.c src/device/system.c
BBCTL_VERIFY := $(patsubst %,%.c,$(filter sign/%,$(SIGN_VERIFY)))
BBCTL_OBJECTS := $(BBCTL_SOURCES:src/%.c=$(BUILD)/host/obj/%.o) $(BBCTL_VERIFY:%.c=$(BUILD)/host/obj/%.o)
BBCTL_PACKAGES := fdisk json-c libcrypto

# What bbctl says about an error stands in the page about errors.
ERROR_TEXTS := $(BUILD)/generated/error-texts.inc
$(ERROR_TEXTS): src/bbctl/error-texts docs/errors.md
	@mkdir -p $(@D)
	@$^ >$@

$(BUILD)/host/obj/%.o: src/%.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) $(CPPFLAGS) $(BBCTL_INCLUDES) \
		-MMD -MP -c -o $@ $<

$(BUILD)/host/obj/bbctl/%.o: BBCTL_INCLUDES = -I$(BUILD)/generated -Isign \
	$$(pkg-config --cflags $(BBCTL_PACKAGES))
$(BUILD)/host/obj/bbctl/errors.o: $(ERROR_TEXTS)

$(BUILD)/host/bbctl: $(BBCTL_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(BBCTL_PACKAGES))

-include $(BBCTL_OBJECTS:.o=.d)

# With sanitizers, for tests/sign.
BBCTL_UNIT := $(patsubst %.c,$(UNIT_DIR)/%.o,$(BBCTL_SOURCES) $(BBCTL_VERIFY))
$(UNIT_DIR)/src/bbctl/%.o: UNIT_CFLAGS += -I$(BUILD)/generated
$(UNIT_DIR)/src/bbctl/errors.o: $(ERROR_TEXTS)
$(UNIT_DIR)/bbctl: $(BBCTL_UNIT)
	@echo "  HOSTLD  $@"
	@$(UNIT_CC) $(UNIT_SANITIZE) -o $@ $^ $$(pkg-config --libs $(BBCTL_PACKAGES))
unit-build: $(UNIT_DIR)/bbctl
$(UNIT_DIR)/test_selftest: $(UNIT_DIR)/src/bbctl/selftest-judge.o

# For the device: static, and without anything that the host's has not. Update hooks start it, and people in the recovery shell.
BBCTL_SELFTEST := $(wildcard src/bbctl/selftest/*.c) \
	$(patsubst %,src/device/%.c,caam disk enforcement mapping trusted volume-key)
BBCTL_TARGET := $(patsubst %.c,$(BUILD)/target/obj/%.o,$(filter-out src/bbctl/selftest-host.c,$(BBCTL_SOURCES)) \
	$(BBCTL_SELFTEST) $(BBCTL_VERIFY))
$(BUILD)/target/obj/src/bbctl/%.o: TARGET_CFLAGS += -Isign -I$(BUILD)/generated
$(BUILD)/target/obj/src/bbctl/errors.o: $(ERROR_TEXTS)
$(patsubst %.c,$(BUILD)/target/obj/%.o,$(filter src/tool/% src/bbctl/%,$(BBCTL_SOURCES)) $(BBCTL_SELFTEST) \
		$(BBCTL_VERIFY)): \
	$(TOOL_LIBRARIES_BUILT)
$(BUILD)/target/bbctl: $(BBCTL_TARGET)
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,relro,-z,now,-z,noexecstack \
		-L$(BUILD)/target/lib -o $@ $^ $(TARGET_LIBS) $(TOOL_LIBS)

-include $(BBCTL_TARGET:.o=.d)
tools: $(BUILD)/target/bbctl
