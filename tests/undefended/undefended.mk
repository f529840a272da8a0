# SPDX-License-Identifier: Apache-2.0
# The production bootloader around which tests/undefended/wrap.c is linked: build/out/undefended.

UNDEFENDED_WRAPS := $(addsuffix _stage,enforcement device disk key slot volumes kernel load handover) \
	blob_check image_parse open_beneath sysinfo explicit_bzero cmdline_filter cmdline_add bootenv_parse \
	certificate_verify manifest_parse verity_open verity_close bootstate_store volume_set_add uevent_is_disk mount_at read_file config_parse digests_have getrandom syscall volume_key_drop

UNDEFENDED_OBJECTS := $(patsubst tests/undefended/%.c,$(BUILD)/target/obj/undefended-%.o, \
	$(wildcard tests/undefended/*.c))
$(BUILD)/target/obj/undefended-%.o: tests/undefended/%.c $(TARGET_LIBRARIES_BUILT)
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@$(TARGET_CC) $(TARGET_CFLAGS) -Iinit -MMD -MP -c -o $@ $<
-include $(UNDEFENDED_OBJECTS:.o=.d)

$(BUILD)/target/undefended: $(INIT_OBJECTS) $(UNDEFENDED_OBJECTS) tests/undefended/undefended.mk
	@echo "  LD      $@"
	@$(TARGET_CC) -static -s -Wl,--gc-sections $(UNDEFENDED_WRAPS:%=-Wl,--wrap=%) \
		-L$(BUILD)/target/lib -o $@ $(filter %.o,$^) $(TARGET_LIBS)

# A watchdog that a test can wait for.
$(BUILD)/initramfs/undefended.conf: initramfs/qemu.conf tests/undefended/undefended.mk
	@mkdir -p $(@D)
	@{ printf 'variant = production\nstage = bootloader\n'; \
		sed -e 's/^\(disk\|rng\)-timeout = .*/\1-timeout = 9/; s/^watchdog = .*/watchdog = 20/' \
			-e 's/^os-watchdog = .*/os-watchdog = 45/' $<; } >$@

$(BUILD)/initramfs/undefended.list: $(BUILD)/initramfs/undefended.conf $(BUILD)/target/undefended
	@printf '%s\n' 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'dir /etc 0755 0 0' \
		'file /etc/balena-bootloader.conf $< 0444 0 0' \
		'file /init $(BUILD)/target/undefended 0755 0 0' >$@

# The i.MX8M's, with the configuration that ships.
$(BUILD)/initramfs/imx8m-undefended.list: $(BUILD)/initramfs/imx8m-undefended.conf $(BUILD)/target/undefended
	@printf '%s\n' $(call initramfs_lines,$<,$(BUILD)/target/undefended) >$@

# The two kernels of an installation; the words reach the second one too.
$(BUILD)/initramfs/undefended-flasher.conf $(BUILD)/initramfs/os-installer-undefended.conf: initramfs/qemu.conf \
		tests/undefended/undefended.mk
	@mkdir -p $(@D)
	@{ printf 'variant = development\nstage = %s\n' $(if $(findstring os-,$@),installer,flasher); \
		sed 's/^cmdline-pass = /&undefended /' $<; } >$@

$(BUILD)/initramfs/undefended-flasher.list $(BUILD)/initramfs/os-installer-undefended.list: %.list: %.conf \
		$(BUILD)/target/undefended $(BUILD)/initramfs/installer.der
	@printf '%s\n' $(call initramfs_lines,$<,$(BUILD)/target/undefended) $(initramfs_certificate) >$@
