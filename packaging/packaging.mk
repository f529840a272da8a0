# SPDX-License-Identifier: Apache-2.0
# Installation, on a computer and into the root filesystem of a device; the Debian package; the bill of
# materials. Everything that is installed stands in one list: mode, file, place.

PREFIX ?= /usr/local
DESTDIR ?=
# On a device, where no prefix is anybody's own.
TARGET_PREFIX ?= /usr

MAN_PAGES := $(wildcard man/*.[1-8])
installed_program = 0755:$1:$2/$(notdir $1)
installed_man = $(foreach page,$(MAN_PAGES),0644:$(page):$1/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

HOST_INSTALLED := $(foreach tool,bbctl bbsign,$(call installed_program,$(BUILD)/host/$(tool),$(PREFIX)/bin) \
		0644:packaging/completion.bash:$(PREFIX)/share/bash-completion/completions/$(tool)) \
	$(call installed_man,$(PREFIX)/share/man) \
	$(foreach conf,qemu imx8m,0644:initramfs/$(conf).conf:$(PREFIX)/share/doc/balena-bootloader/examples/$(conf).conf)

TARGET_INSTALLED := $(call installed_program,$(BUILD)/target/bbctl,$(TARGET_PREFIX)/bin) \
	$(call installed_program,$(BUILD)/target/bbprovision,$(TARGET_PREFIX)/sbin) \
	$(foreach unit,$(wildcard src/os/*.service), \
		0644:$(unit):$(TARGET_PREFIX)/lib/systemd/system/$(notdir $(unit)))

# The contents of an initramfs: for a build system that packs it by itself.
INITRAMFS_INSTALLED = 0755:$(BUILD)/target/init:/init \
	0444:$(BUILD)/initramfs/$(INITRAMFS).conf:/etc/balena-bootloader.conf
INITRAMFS ?= $(PLATFORM)-$(VARIANT)

part = $(word $1,$(subst :, ,$2))
define install_one
	@install -D -m $(call part,1,$1) $(call part,2,$1) "$(DESTDIR)$(call part,3,$1)"

endef
define uninstall_one
	rm -f "$(DESTDIR)$(call part,3,$1)"

endef
.PHONY: install uninstall install-target install-initramfs

#: make install  bbctl, bbsign, their man pages and examples: PREFIX=/usr/local DESTDIR=; make uninstall
install: host
	$(foreach one,$(HOST_INSTALLED),$(call install_one,$(one)))

uninstall:
	$(foreach one,$(HOST_INSTALLED),$(call uninstall_one,$(one)))

#: make install-target  what the OS of a device gets: bbctl, bbprovision, a unit: TARGET_PREFIX=/usr DESTDIR=DIR
install-target: tools
	$(foreach one,$(TARGET_INSTALLED),$(call install_one,$(one)))

#: make install-initramfs  /init and its configuration: INITRAMFS=qemu-production DESTDIR=DIR
install-initramfs: init $(BUILD)/initramfs/$(INITRAMFS).conf
	$(foreach one,$(INITRAMFS_INSTALLED),$(call install_one,$(one)))
