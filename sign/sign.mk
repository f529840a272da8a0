# SPDX-License-Identifier: Apache-2.0
# build/host/bbsign: the signing tool. Packages: libssl-dev libcurl4-openssl-dev libjson-c-dev
# zlib1g-dev pkg-config.
BBSIGN_OBJECTS := $(patsubst sign/%.c,$(BUILD)/host/obj/sign/%.o,$(wildcard sign/*.c)) \
	$(patsubst src/%.c,$(BUILD)/host/obj/%.o,$(wildcard src/*.c src/tool/*.c))
BBSIGN_PACKAGES := libcrypto libcurl json-c zlib

$(BUILD)/host/obj/sign/%.o: sign/%.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) $(CPPFLAGS) \
		$$(pkg-config --cflags $(BBSIGN_PACKAGES)) -MMD -MP -c -o $@ $<

$(BUILD)/host/bbsign: $(BBSIGN_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(BBSIGN_PACKAGES))

-include $(BBSIGN_OBJECTS:.o=.d)
