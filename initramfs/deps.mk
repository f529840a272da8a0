# SPDX-License-Identifier: Apache-2.0
# The static libraries that /init and the target's tools are linked with, built from Debian's sources.
#
# After $(TARGET_LIBRARIES_BUILT), $(BUILD)/target has lib/ and include/ (the kernel's interface headers
# in include/uapi); after $(TOOL_LIBRARIES_BUILT), also what only the tools need. initramfs/deps/table says
# what is fetched, initramfs/deps/recipes how it is built.

DEPS := initramfs/deps
DEPS_WORK := $(BUILD)/deps
TARGET_LIBS := -lcryptsetup -ldevmapper -lkeyutils
TARGET_LIBRARIES_BUILT := $(BUILD)/target/.libraries
TOOL_LIBS := -lfdisk -ljson-c -lcrypto
TOOL_LIBRARIES_BUILT := $(BUILD)/target/.tool-libraries
DEPS_ARCHIVES := $(TARGET_LIBS:-l%=$(BUILD)/target/lib/lib%.a)
# Where linux-libc-dev for the target has the kernel's interface headers.
UAPI_HEADERS ?= /usr/$(CROSS:%-=%)/include

$(TARGET_LIBRARIES_BUILT): $(DEPS_ARCHIVES)
$(TOOL_LIBRARIES_BUILT): $(TOOL_LIBS:-l%=$(BUILD)/target/lib/lib%.a)
$(TARGET_LIBRARIES_BUILT) $(TOOL_LIBRARIES_BUILT):
	@touch $@

# One stamp for each value of STRICT: a tarball accepted without it is looked at again with it.
$(DEPS_WORK)/fetched-$(STRICT): $(DEPS)/table $(DEPS)/fetch $(DEPS)/policy
	@mkdir -p $(@D) && rm -f $(@D)/fetched-*
	@STRICT=$(STRICT) $(DEPS)/fetch source $(CACHE)/sources $(BUILD)/apt $(DEPS_WORK)/sources
	@touch $@

# Programs of newer Debian releases, for the tests and for tokens: $(DEPS_WORK)/debs/NAME/usr. Each is fetched
# when it is asked for; one apt at a time.
$(DEPS_WORK)/debs/.fetched-$(STRICT)-%: $(DEPS)/table $(DEPS)/fetch $(DEPS)/policy
	@mkdir -p $(@D) $(BUILD)/apt-debs && rm -f $(@D)/.fetched-*-$*
	@STRICT=$(STRICT) flock $(BUILD)/apt-debs $(DEPS)/fetch deb $(CACHE)/sources $(BUILD)/apt-debs $(@D) $*
	@touch $@

$(DEPS_WORK)/debs/%.deb: $(DEPS_WORK)/debs/.fetched-$(STRICT)-% ;

$(DEPS_WORK)/debs/%/.unpacked: $(DEPS_WORK)/debs/%.deb
	@echo "  DEB     $(@D)"
	@rm -rf $(@D) && mkdir -p $(@D)
	@dpkg-deb --extract $< $(@D)
	@touch $@

.PRECIOUS: $(DEPS_WORK)/sources/%.tar $(DEPS_WORK)/debs/%.deb $(DEPS_WORK)/debs/.fetched-$(STRICT)-%
# fetch leaves a tarball that has not changed alone, and then nothing is built again.
$(DEPS_WORK)/sources/%.tar: $(DEPS_WORK)/fetched-$(STRICT) ;

$(BUILD)/target/include/uapi: | $(UAPI_HEADERS)/linux
	@mkdir -p $@
	@ln -sfn $(UAPI_HEADERS)/linux $(UAPI_HEADERS)/asm $(UAPI_HEADERS)/asm-generic $@

$(UAPI_HEADERS)/linux:
	@echo "$@ is missing: the kernel's headers for the target. Remedy: make setup" >&2; exit 1

$(BUILD)/target/lib/lib%.a: $(DEPS_WORK)/sources/%.tar $(DEPS)/build $(DEPS)/recipes/% \
		| $(BUILD)/target/include/uapi
	@echo "  LIB     $@"
	@CROSS=$(CROSS) LOG=$(BUILD)/log/lib$*.log $(DEPS)/build $* $< $(BUILD)/target $(DEPS_WORK)

# Programs for the recovery shell, each of the source that its line names.
RECOVERY_PROGRAMS := $(addprefix $(BUILD)/target/bin/,dmsetup keyctl kexec fsck.vfat)
$(BUILD)/target/bin/dmsetup: $(DEPS_WORK)/sources/devmapper.tar $(DEPS)/recipes/dmsetup $(DEPS)/config/devmapper.h
$(BUILD)/target/bin/keyctl: $(DEPS_WORK)/sources/keyutils.tar $(DEPS)/recipes/keyctl
$(BUILD)/target/bin/kexec: $(DEPS_WORK)/sources/kexec.tar $(DEPS)/recipes/kexec
$(BUILD)/target/bin/fsck.vfat: $(DEPS_WORK)/sources/fsck-fat.tar $(DEPS)/recipes/fsck-fat
recipe_of = $(patsubst fsck.vfat,fsck-fat,$(notdir $1))
$(RECOVERY_PROGRAMS): $(DEPS)/build | $(BUILD)/target/include/uapi
	@echo "  TOOL    $@"
	@CROSS=$(CROSS) LOG=$(BUILD)/log/$(@F).log $(DEPS)/build $(call recipe_of,$@) \
		$(filter %.tar,$^) $(BUILD)/target $(DEPS_WORK)

# And programs that Debian has static: busybox and e2fsck, of the packages busybox-static and e2fsck-static.
$(BUILD)/target/bin/busybox: static_program = bin/busybox
$(BUILD)/target/bin/e2fsck: static_program = sbin/e2fsck.static
$(BUILD)/target/bin/busybox $(BUILD)/target/bin/e2fsck: initramfs/deps/unpack-deb
	@mkdir -p $(@D)
	@initramfs/deps/unpack-deb $(CACHE)/sources $(@F)-static:arm64 $(DEPS_WORK)/$(@F)-static
	@cp $(DEPS_WORK)/$(@F)-static/$(static_program) $@

$(BUILD)/target/lib/libcryptsetup.a: $(BUILD)/target/lib/libdevmapper.a \
		$(DEPS)/config/cryptsetup.h $(DEPS)/plain.c
$(BUILD)/target/lib/libdevmapper.a: $(DEPS)/config/devmapper.h
$(BUILD)/target/lib/libfdisk.a: $(DEPS)/config/fdisk.h
$(BUILD)/target/lib/libjson-c.a: $(DEPS)/config/json-c.h
