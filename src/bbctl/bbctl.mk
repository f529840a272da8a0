# SPDX-License-Identifier: Apache-2.0
# build/host/bbctl: the parsers of src/ as init has them, built for the host, and one file per
# subcommand. Packages: libssl-dev libfdisk-dev libjson-c-dev pkgconf.
BBCTL_OBJECTS := $(patsubst src/%.c,$(BUILD)/host/obj/%.o,$(wildcard src/*.c src/tool/*.c src/bbctl/*.c))
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

$(BUILD)/host/obj/bbctl/%.o: BBCTL_INCLUDES = -I$(BUILD)/generated \
	$$(pkg-config --cflags $(BBCTL_PACKAGES))
$(BUILD)/host/obj/bbctl/errors.o: $(ERROR_TEXTS)

$(BUILD)/host/bbctl: $(BBCTL_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(BBCTL_PACKAGES))

-include $(BBCTL_OBJECTS:.o=.d)
