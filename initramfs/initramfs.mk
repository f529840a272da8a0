# SPDX-License-Identifier: Apache-2.0
# What goes into an initramfs: /init, its configuration and a console node, for each kernel by name:
# PLATFORM-VARIANT for a bootloader; os and os-unlock for the kernels that the tests boot.

.PRECIOUS: $(BUILD)/initramfs/%.conf $(BUILD)/initramfs/%.list

config_platform = $(if $(filter os%,$1),qemu,$(firstword $(subst -, ,$1)))
config_variant = $(if $(filter os%,$1),development,$(lastword $(subst -, ,$1)))
config_stage = $(if $(filter os%,$1),$(lastword $(subst -, ,$1)),bootloader)

$(BUILD)/initramfs/%.conf: $$(wildcard initramfs/$$(call config_platform,$$*).conf) initramfs/initramfs.mk
	@mkdir -p $(@D)
	@printf 'variant = %s\nstage = %s\n' $(call config_variant,$*) $(call config_stage,$*) | cat - $< >$@

$(BUILD)/initramfs/%.list: $(BUILD)/initramfs/%.conf $(BUILD)/target/init
	@printf '%s\n' 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'dir /etc 0755 0 0' \
		'file /etc/balena-bootloader.conf $(BUILD)/initramfs/$*.conf 0444 0 0' \
		'file /init $(BUILD)/target/init 0755 0 0' >$@
