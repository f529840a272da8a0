# SPDX-License-Identifier: Apache-2.0
# Installation, on a computer and into the root filesystem of a device; the Debian package; the bill of
# materials. Everything that is installed stands in one list: mode, file, place.

PREFIX ?= /usr/local
DOCDIR ?= $(PREFIX)/share/doc/balena-bootloader
DESTDIR ?=
# On a device, where no prefix is anybody's own.
TARGET_PREFIX ?= /usr

MAN_PAGES := $(wildcard man/*.[1-8])
installed_program = 0755:$1:$2/$(notdir $1)
installed_man = $(foreach page,$(MAN_PAGES),0644:$(page):$1/man$(subst .,,$(suffix $(page)))/$(notdir $(page)))

HOST_INSTALLED := $(foreach tool,bbctl bbsign,$(call installed_program,$(BUILD)/host/$(tool),$(PREFIX)/bin) \
		0644:packaging/completion.bash:$(PREFIX)/share/bash-completion/completions/$(tool)) \
	$(call installed_man,$(PREFIX)/share/man) \
	$(foreach conf,qemu imx8m,0644:initramfs/$(conf).conf:$(DOCDIR)/examples/$(conf).conf)

INITRAMFS ?= $(PLATFORM)-$(VARIANT)

TARGET_INSTALLED := $(call installed_program,$(BUILD)/target/bbctl,$(TARGET_PREFIX)/bin) \
	$(call installed_program,$(BUILD)/target/bbprovision,$(TARGET_PREFIX)/sbin) \
	0644:$(BUILD)/initramfs/$(INITRAMFS).conf:/etc/balena-bootloader.conf \
	$(foreach unit,$(wildcard src/os/*.service), \
		0644:$(unit):$(TARGET_PREFIX)/lib/systemd/system/$(notdir $(unit)))

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

#: make install-target  what the OS of a device gets: bbctl, bbprovision, a unit, the configuration: DESTDIR=DIR
install-target: tools $(BUILD)/initramfs/$(INITRAMFS).conf
	$(foreach one,$(TARGET_INSTALLED),$(call install_one,$(one)))

#: make install-initramfs  the files of an initramfs: INITRAMFS=qemu-production DESTDIR=DIR
# For a build system that packs it by itself; nodes and empty directories are its own to make.
install-initramfs: $(BUILD)/initramfs/$(INITRAMFS).list
	@while read -r kind name file mode owner; do \
		[ "$$kind" != file ] || install -D -m "$$mode" "$$file" "$(DESTDIR)$$name" || exit 1; \
	done <$<

#: make deb      the Debian package of bbctl and bbsign, into build/deb
# From a copy of the sources, because a source package takes all that it finds.
DEB := $(BUILD)/deb
.PHONY: deb
deb:
	@rm -rf $(DEB)
	@packaging/copy-sources . $(DEB)/balena-bootloader-$(VERSION)
	@$(call logged,deb,cd $(DEB)/balena-bootloader-$(VERSION) && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
		dpkg-buildpackage --no-sign $(DEB_BUILD))
	@rm -rf $(DEB)/balena-bootloader-$(VERSION)
	@ls $(DEB)/*.deb

#: make sbom     what is in the bootloader and what it was made of, SPDX 2.3: PLATFORM=qemu|imx8m VARIANT=...
.PHONY: sbom check-reproducible check-packaging
sbom: $(BUILD)/out/$(PLATFORM)-$(VARIANT)/sbom.spdx.json

$(BUILD)/out/%/sbom.spdx.json: $(BUILD)/out/%/Image.gz packaging/sbom packaging/licences
	@echo "  SBOM    $@"
	@packaging/sbom $(BUILD) $* $(VERSION) $(call fragments,$*) >$@.new
	@mv $@.new $@

# It lists all device trees that lie there; this one is made only when somebody asks for it.
$(BUILD)/out/qemu-production/sbom.spdx.json: $(BUILD)/out/qemu-production/virt.dtb

# What the tests below look at. In make check they come behind the others; the kernels are there by then.
PACKAGING_INPUTS := $(foreach platform,qemu imx8m,$(BUILD)/out/$(platform)-production/sbom.spdx.json)
PACKAGING_RUN = "tests/packaging/deb" "tests/packaging/sbom $(BUILD)" "tests/packaging/yocto $(BUILD)" \
	"PLATFORMS=qemu CACHE=$(CACHE) tests/packaging/reproducible $(BUILD) --kernel"

#: make check-packaging  the Debian package, the SBOM, the layer for Yocto, one kernel built twice
check-packaging: $(PACKAGING_INPUTS) tools unit-build
	@BUILD=$(BUILD) KEYS=$(KEYS) tests/run $(PACKAGING_RUN)

#: make check-reproducible  /init and initramfs built twice are the same; KERNELS=1: tools and both kernels too
check-reproducible: init $(foreach platform,qemu imx8m,$(BUILD)/initramfs/$(platform)-production.list) \
		$(BUILD)/host/gen_init_cpio $(if $(KERNELS),tools $(PACKAGING_INPUTS))
	@CACHE=$(CACHE) KEYS=$(KEYS) tests/packaging/reproducible $(BUILD) $(if $(KERNELS),--kernel)
