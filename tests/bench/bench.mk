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
$(BUILD)/target/bin/kexec-gzip: $(DEPS_WORK)/sources/kexec.tar $(DEPS)/recipes/kexec-gzip | $(BENCH)/packages/.unpacked
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

# --- OS kernels of other sizes, in megabytes

BENCH_SIZES := 8 16 32 64
$(BENCH_SIZES:%=$(BENCH)/os-%): $(BENCH)/os-%: $(BUILD)/kernel/os/.built tests/bench/pad $(BUILD)/host/bbsign
	@echo "  SIGN    $@"
	@mkdir -p $(@D)
	@tests/bench/pad $(<D)/arch/arm64/boot/Image $*000000 $@.padded
	@$(call logged,bench-os-sign,$(BUILD)/host/bbsign kernel $(SIGN_WITH) --security-version $(OS_VERSION) \
		-o $@ $@.padded)
	@rm $@.padded

$(BENCH_SIZES:%=$(BENCH)/os-%.gz): %.gz: %
	@gzip -9nc $< >$@

# --- the command

BENCH_KERNELS := $(BUILD)/out/bench-minimal/Image.gz $(BUILD)/out/bench-shell/Image.gz
DEVICE_INPUTS += $(BENCH_KERNELS)

bench: setup
	@echo "  BENCH   builds what is missing, then boots for about 5 min on 2 cores"
	@$(MAKE) --no-print-directory $(call BOOTLOADER,production) $(BENCH_KERNELS) $(BUILD)/disk.img \
		$(BUILD)/host/count.so $(BENCH_SIZES:%=$(BENCH)/os-%.gz) >/dev/null
	@BUILD=$(abspath $(BUILD)) BENCH_SIZES="$(BENCH_SIZES)" UPDATE=$(UPDATE) tests/bench/run
