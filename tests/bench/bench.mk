# SPDX-License-Identifier: Apache-2.0
# make bench: the budgets, and /init beside a minimal C program and a shell flow that do the same job, each in
# the initramfs of a kernel that is the production one otherwise.

BENCH := $(BUILD)/bench

# --- the minimal program

BENCH_INFLATE := $(patsubst %,$(BUILD)/target/obj/src/%.o,inflate inflate-codes inflate-symbols huffman crc32)
$(BENCH)/minimal: $(BUILD)/target/obj/tests/bench/minimal.o $(BENCH_INFLATE)
	@echo "  LD      $@"
	@mkdir -p $(@D)
	@$(TARGET_CC) -static -s -Wl,--gc-sections -o $@ $^
-include $(BUILD)/target/obj/tests/bench/minimal.d

$(BUILD)/initramfs/bench-minimal.list: $(BENCH)/minimal
	@mkdir -p $(@D)
	@printf '%s\n' 'dir /dev 0755 0 0' 'nod /dev/console 0600 0 0 c 5 1' 'dir /mnt 0755 0 0' \
		'file /init $< 0755 0 0' >$@

# --- the shell flow

$(BENCH)/start-shell $(BENCH)/caam-import: $(BENCH)/%: tests/bench/%.c tests/stub/caam_keygen.h | $(BUILD)/target/include/uapi
	@echo "  CC      $<"
	@mkdir -p $(@D)
	@aarch64-linux-musl-gcc -std=gnu11 -Os -s -static $(WARNINGS) -D_GNU_SOURCE \
		-isystem $(BUILD)/target/include/uapi -o $@ $<

# grub-editenv is there as a dynamic program only, with the libraries that it asks for. All others are static.
BENCH_PACKAGES := grub-common liblzma5 libdevmapper1.02.1 libselinux1 libpcre2-8-0 libudev1 libc6 zlib1g-dev
BENCH_LIBRARIES := liblzma.so.5 libdevmapper.so.1.02.1 libselinux.so.1 libpcre2-8.so.0 libudev.so.1 libm.so.6 \
	libc.so.6 ld-linux-aarch64.so.1
$(BENCH)/packages/.unpacked: initramfs/deps/unpack-deb tests/bench/bench.mk
	@rm -rf $(@D)
	@for package in $(BENCH_PACKAGES); do \
		initramfs/deps/unpack-deb $(CACHE)/sources $$package:arm64 $(@D) || exit 1; done
	@touch $@

BENCH_PROGRAMS := $(addprefix $(BUILD)/target/bin/,lsblk kexec-gzip)
$(BUILD)/target/bin/lsblk: $(DEPS_WORK)/sources/fdisk.tar $(DEPS)/recipes/lsblk
$(BUILD)/target/bin/kexec-gzip: $(DEPS_WORK)/sources/kexec.tar $(DEPS)/recipes/kexec-gzip $(BENCH)/packages/.unpacked
$(BENCH_PROGRAMS): $(DEPS)/build | $(BUILD)/target/include/uapi
	@echo "  TOOL    $@"
	@CROSS=$(CROSS) LOG=$(BUILD)/log/$(@F).log ZLIB=$(abspath $(BENCH)/packages) $(DEPS)/build $(@F) \
		$(filter %.tar,$^) $(BUILD)/target $(DEPS_WORK)

BENCH_APPLETS := awk basename cat cut dd find grep head mkdir mount od sed sh sleep sort sync tr umount uniq wc
BENCH_SHELL_FILES = init=$(BENCH)/start-shell bin/shell-flow=tests/bench/shell-flow bin/caam-import=$(BENCH)/caam-import \
	bin/kexec=$(BUILD)/target/bin/kexec-gzip bin/grub-editenv=$(BENCH)/packages/usr/bin/grub-editenv \
	$(foreach name,busybox lsblk dmsetup keyctl,bin/$(name)=$(BUILD)/target/bin/$(name))
$(BUILD)/initramfs/bench-shell.list: $(BENCH)/start-shell $(BENCH)/caam-import tests/bench/shell-flow $(BENCH_PROGRAMS) \
		$(addprefix $(BUILD)/target/bin/,busybox dmsetup keyctl) $(BENCH)/packages/.unpacked tests/bench/bench.mk
	@mkdir -p $(@D)
	@{ printf 'dir /%s 0755 0 0\n' dev bin lib; echo 'nod /dev/console 0600 0 0 c 5 1'; \
	printf '%s\n' $(BENCH_SHELL_FILES) | sed 's:\(.*\)=\(.*\):file /\1 \2 0755 0 0:'; \
	for name in $(BENCH_LIBRARIES); do \
		echo "file /lib/$$name $$(find $(BENCH)/packages -name $$name | head -n 1) 0755 0 0"; done; \
	printf 'slink /bin/%s busybox 0777 0 0\n' $(BENCH_APPLETS); } >$@.new
	@mv $@.new $@

# --- what they start

BENCH_INPUTS = $(call BOOTLOADER,production) $(BUILD)/out/bench-minimal/Image.gz $(BUILD)/out/bench-shell/Image.gz \
	$(BUILD)/disk.img
DEVICE_INPUTS += $(BUILD)/out/bench-minimal/Image.gz $(BUILD)/out/bench-shell/Image.gz

bench: setup
	@$(MAKE) --no-print-directory $(BENCH_INPUTS) $(BUILD)/host/count.so $(BUILD)/host/bbsign >/dev/null
	@BUILD=$(BUILD) tests/bench/budgets
