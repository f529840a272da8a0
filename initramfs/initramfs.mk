# SPDX-License-Identifier: Apache-2.0
# What goes into an initramfs: /init, its configuration and a console node, for each kernel by name:
# PLATFORM-VARIANT for a bootloader, PLATFORM-flasher for that of an installer's medium, which has the certificate
# for manifests besides; os, os-imx8m, os-unlock and os-installer for the kernels that the tests boot. A bootloader of
# the development variant has the recovery shell besides.

.PRECIOUS: $(BUILD)/initramfs/%.conf $(BUILD)/initramfs/%.list

config_platform = $(or $(filter imx8m,$(subst -, ,$1)),$(if $(filter os%,$1),qemu,$(firstword $(subst -, ,$1))))
config_variant = $(if $(filter os% %-development,$1),development,production)
config_stage = $(if $(filter os%,$1),$(lastword $(filter-out imx8m,$(subst -, ,$1))),$(or $(filter flasher,$(subst -, ,$1)),bootloader))

$(BUILD)/initramfs/%.conf: $$(wildcard initramfs/$$(call config_platform,$$*).conf) initramfs/initramfs.mk
	@mkdir -p $(@D)
	@printf 'variant = %s\nstage = %s\n' $(call config_variant,$*) $(call config_stage,$*) | cat - $< >$@

# By content: KEYS may name another PKI than the last time, whose files are older.
$(BUILD)/initramfs/installer.der: kernel-always $(KEYS)/crts/installer_crt.pem
	@mkdir -p $(@D)
	@openssl x509 -in $(KEYS)/crts/installer_crt.pem -outform DER -out $@.new
	@$(call replace_if_changed,$@)

# $(call initramfs_lines,CONFIGURATION,INIT), one argument of printf a line; and what an installation has besides.
initramfs_lines = 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'dir /etc 0755 0 0' \
	'file /etc/balena-bootloader.conf $1 0444 0 0' 'file /init $2 0755 0 0'
initramfs_certificate = 'file /etc/installer.der $(BUILD)/initramfs/installer.der 0444 0 0'

$(BUILD)/initramfs/%.list: $(BUILD)/initramfs/%.conf $(BUILD)/target/init
	@printf '%s\n' $(call initramfs_lines,$<,$(BUILD)/target/init) >$@

define INSTALLER_LIST
@printf '%s\n' $(call initramfs_lines,$<,$(BUILD)/target/init) $(initramfs_certificate) >$@
endef
$(BUILD)/initramfs/%-flasher.list: $(BUILD)/initramfs/%-flasher.conf $(BUILD)/target/init \
		$(BUILD)/initramfs/installer.der
	$(INSTALLER_LIST)
$(BUILD)/initramfs/%-flasher-development.list: $(BUILD)/initramfs/%-flasher-development.conf $(BUILD)/target/init \
		$(BUILD)/initramfs/installer.der
	$(INSTALLER_LIST)
$(BUILD)/initramfs/os-installer.list: %.list: %.conf $(BUILD)/target/init $(BUILD)/initramfs/installer.der
	$(INSTALLER_LIST)

RECOVERY_BIN := $(RECOVERY_PROGRAMS) $(addprefix $(BUILD)/target/,bin/busybox bin/e2fsck bbctl)
RECOVERY_ETC := initramfs/recovery/start initramfs/recovery/profile
define RECOVERY_LIST
@printf '%s\n' $(call initramfs_lines,$1,$2) \
	'dir /recovery 0755 0 0' 'dir /recovery/bin 0755 0 0' 'dir /recovery/etc 0755 0 0' \
	$(foreach file,$(RECOVERY_BIN),'file /recovery/bin/$(notdir $(file)) $(file) 0755 0 0') \
	$(foreach file,$(RECOVERY_ETC),'file /recovery/etc/$(notdir $(file)) $(file) 0644 0 0') >$@
endef

DEVELOPMENT_LISTS := $(patsubst %,$(BUILD)/initramfs/%-development.list,$(filter-out os%,$(patsubst \
	initramfs/%.conf,%,$(wildcard initramfs/*.conf))))
$(DEVELOPMENT_LISTS): %.list: %.conf $(BUILD)/target/init-development $(RECOVERY_BIN) $(RECOVERY_ETC)
	$(call RECOVERY_LIST,$*.conf,$(BUILD)/target/init-development)
