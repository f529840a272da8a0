# SPDX-License-Identifier: Apache-2.0
# build/host/bbsign, the signing tool, and what is signed with it. Packages: libssl-dev libcurl4-openssl-dev libjson-c-dev
# zlib1g-dev pkg-config.
BBSIGN_OBJECTS := $(patsubst sign/%.c,$(BUILD)/host/obj/sign/%.o,$(wildcard sign/*.c)) \
	$(patsubst src/%.c,$(BUILD)/host/obj/%.o,$(wildcard src/*.c src/tool/*.c))
BBSIGN_PACKAGES := libcrypto libcurl json-c zlib

# What verifies an artifact (sign/artifact.h): for tools that sign nothing, on a device too. It needs
# libcrypto, and nothing else but these.
SIGN_VERIFY := $(addprefix sign/,artifact imx-boot fit hab hab-check hab-label hab-parse hab-payload hab-reason hab-run \
	hab-signature hab-strict signed-data srk der-write dtb describe pki-subject) \
	$(addprefix src/,crc32 der huffman inflate inflate-codes inflate-symbols text)

$(BUILD)/host/obj/sign/%.o: sign/%.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) $(CPPFLAGS) \
		$$(pkg-config --cflags $(BBSIGN_PACKAGES)) -MMD -MP -c -o $@ $<

$(BUILD)/host/bbsign: $(BBSIGN_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(HOST_CFLAGS) $(LDFLAGS) -o $@ $^ $$(pkg-config --libs $(BBSIGN_PACKAGES))

-include $(BBSIGN_OBJECTS:.o=.d)

# The keys of a development that nobody named others for (KEYS=DIR) are made on first use.
PASSPHRASE_FILE ?= $(KEYS).passphrase
SIGN_WITH ?= --pki $(KEYS) --passphrase-file $(PASSPHRASE_FILE)
OTHER_KEYS := $(SHARED)/other-keys
define development_pki
$1/crts/kernel_crt.pem $1/crts/module_crt.pem $1/crts/installer_crt.pem &: | $(BUILD)/host/bbsign
	@echo "  PKI     $1"
	@mkdir -p $$(dir $1)
	@umask 077; openssl rand -hex 32 >$1.passphrase
	@$$(call logged,pki,$(BUILD)/host/bbsign pki --development --bits 2048 --out $1 \
		--passphrase-file $1.passphrase)
endef
$(eval $(call development_pki,$(SHARED)/keys))
# Trusted by nobody; the tests sign with it what must be refused.
$(eval $(call development_pki,$(OTHER_KEYS)))

#: make sign     signs the bootloader and its device trees for HAB: PLATFORM=imx8m SLOT=0 KEYS=DIR
SLOT ?= 0
REVOKED ?= 0
# Raised with a bootloader that closes a hole: no device takes a lower one from then on (bbctl install).
SECURITY_VERSION ?= 1
# A flasher's bootloader starts no OS: its label keeps bbctl install from putting it into a bootloader's place.
DEVICE_TYPE ?= $(shell sed -n 's/^device-type = //p' initramfs/$(PLATFORM).conf)$(if $(filter flasher%,$(VARIANT)),-flasher)
SIGNED_DTBS = $(signed_dtbs_$(PLATFORM))
.PHONY: sign efuses
sign: kernel $(addprefix $(BUILD)/out/$(PLATFORM)-$(VARIANT)/,$(filter virt.dtb,$(SIGNED_DTBS))) $(BUILD)/host/bbsign
	@BBSIGN="$(BUILD)/host/bbsign" SIGN_WITH="$(SIGN_WITH)" KEYS="$(KEYS)" sign/release sign \
		"$(BUILD)/out/$(PLATFORM)-$(VARIANT)" $(SLOT) $(REVOKED) "$(kernel_place_$(PLATFORM))" \
		"$(dtb_place_$(PLATFORM))" "$(DEVICE_TYPE)" $(SECURITY_VERSION) $(SIGNED_DTBS)

#: make efuses   writes the fuse file for what make sign signed; DEVELOPMENT=1 for development keys
efuses: $(BUILD)/host/bbsign
	@BBSIGN="$(BUILD)/host/bbsign" KEYS="$(KEYS)" sign/release efuses \
		"$(BUILD)/out/$(PLATFORM)-$(VARIANT)" $(REVOKED) $(if $(DEVELOPMENT),--development)
