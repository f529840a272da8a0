# SPDX-License-Identifier: Apache-2.0
# The kernels. Each has a tree of its own, $(BUILD)/kernel/NAME, and is made with
#     make $(BUILD)/out/NAME/Image.gz
# from the fragments that the table below names and the initramfs that $(BUILD)/initramfs/NAME.list describes (in the
# format of the kernel's gen_init_cpio; file names relative to the top directory).

LINUX_TARBALL ?= /usr/src/linux-source-6.12.tar.xz
LINUX := $(BUILD)/linux
KERNEL_JOBS ?= $(shell nproc)

# NAME: fragments, a later one overrides an earlier one
fragments_qemu-production	:= common bootloader qemu production
fragments_qemu-development	:= common bootloader qemu development qemu-development
fragments_imx8m-production	:= common bootloader imx8m production
fragments_imx8m-development	:= common bootloader imx8m development imx8m-development
fragments_os			:= common qemu os
# A bootloader without its defence: the tests show with it that their attacks work.
fragments_premise-qemu-production	:= $(fragments_qemu-production) premise
fragments_premise-qemu-development	:= $(fragments_qemu-development) premise

fragments = $(patsubst %,kernel-config/%.config,$(or $(fragments_$1),$(error no kernel is called $1)))
platform = $(filter qemu imx8m,$(fragments_$1))

# The certificate that a kernel trusts: one key, one purpose.
trusted = $(KEYS)/$(if $(filter os,$1),module,kernel).pem
# A premise kernel has the initramfs of the kernel that it is a copy of, unless it is given one of its own.
initramfs_list = $(BUILD)/initramfs/$(or $(initramfs_$1),$(patsubst premise-%,%,$1)).list

dtbs_imx8m := freescale/imx8mm-evk.dtb freescale/imx8mp-evk.dtb

# Minutes on 2 cores for the first tree of its kind, without ccache.
minutes = $(if $(filter imx8m,$(platform)),8,6)

# The same source and configuration give the same bytes.
SOURCE_DATE_EPOCH ?= 0
kbuild_env := -u MAKEFLAGS -u MAKELEVEL -u MFLAGS LC_ALL=C ARCH=arm64 CROSS_COMPILE=$(CROSS) \
	KBUILD_BUILD_TIMESTAMP="$(shell LC_ALL=C date -u -d @$(SOURCE_DATE_EPOCH))" KBUILD_BUILD_USER=balena \
	KBUILD_BUILD_HOST=bootloader KBUILD_BUILD_VERSION=1
ccache := $(if $(shell command -v ccache),ccache )
kbuild = env $(kbuild_env) make -C $(LINUX) O=$(abspath $(BUILD)/kernel/$1) -j$(KERNEL_JOBS) \
	CC="$(ccache)$(CROSS)gcc"
merge_config = cd $(LINUX) && env $(kbuild_env) scripts/kconfig/merge_config.sh -n \
	-O $(abspath $(BUILD)/kernel/$1) $(abspath $(call fragments,$1))

# $(call logged,LOG,COMMAND): the command's output goes to $(BUILD)/log/LOG.log; its end is shown when it fails.
logged = mkdir -p $(BUILD)/log; ( $2 ) >$(BUILD)/log/$1.log 2>&1 || \
	{ tail -n 25 $(BUILD)/log/$1.log; echo "*** the whole log: $(BUILD)/log/$1.log"; exit 1; } >&2
# One kernel at a time: each uses all cores by itself, and one tree may be the seed of the next.
one_kernel = mkdir -p $(BUILD)/kernel; flock $(BUILD)/kernel

# An argument that changed replaces the file that depends on it; one that did not leaves its time alone.
replace_if_changed = if cmp -s $1.new $1; then rm $1.new; else mv $1.new $1; fi

.SECONDEXPANSION:
.PRECIOUS: $(BUILD)/kernel/%/.config $(BUILD)/kernel/%/.built $(BUILD)/kernel/%/initramfs.cpio \
	$(BUILD)/kernel/%/certs/trusted.pem
.PHONY: kernel-always
kernel-always:

# The source, with the stub driver of the tests linked into it (its option is off in every device's kernel).
$(LINUX)/.unpacked: $(LINUX_TARBALL)
	@echo "  UNPACK  $(notdir $<)"
	@rm -rf $(LINUX) $(LINUX).new && mkdir -p $(LINUX).new
	@tar -xf $< -C $(LINUX).new --strip-components=1
	@sed -i '$$i source "drivers/balena-stub/Kconfig"' $(LINUX).new/drivers/Kconfig
	@echo 'obj-$$(CONFIG_BALENA_CAAM_STUB) += balena-stub/' >>$(LINUX).new/drivers/Makefile
	@mv $(LINUX).new $(LINUX)
	@ln -srn tests/stub $(LINUX)/drivers/balena-stub
	@touch $@

$(KEYS)/kernel.pem $(KEYS)/module.pem $(KEYS)/other.pem &:
	@echo "  KEYS    $(KEYS)"
	@sign/devkeys $(KEYS)

$(BUILD)/host/gen_init_cpio: $(LINUX)/.unpacked
	@echo "  HOSTCC  $(notdir $@)"
	@mkdir -p $(@D)
	@cc -O2 -o $@ $(LINUX)/usr/gen_init_cpio.c

$(BUILD)/kernel/%/.config: $$(call fragments,$$*) kernel-config/check kernel-config/forbidden \
		$(LINUX)/.unpacked tests/stub/Kconfig
	@echo "  CONFIG  $*"
	@mkdir -p $(@D)
	@$(call logged,$*-config,$(call merge_config,$*))
	@kernel-config/check $@ $(call fragments,$*) || { mv $@ $@.refused; exit 1; }

$(BUILD)/kernel/%/certs/trusted.pem: $$(call trusted,$$*) | $(BUILD)/kernel/%/.config
	@mkdir -p $(@D)
	@cp $< $@

$(BUILD)/kernel/%/initramfs.cpio: kernel-always $$(call initramfs_list,$$*) $(BUILD)/host/gen_init_cpio \
		| $(BUILD)/kernel/%/.config
	@$(BUILD)/host/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $(call initramfs_list,$*) >$@.new
	@$(call replace_if_changed,$@)

# A new tree starts as a copy of a finished one, so that only what differs is compiled.
base = $(patsubst premise-%,%,$(filter premise-%,$1))
seeds = $(patsubst %,$(BUILD)/kernel/%,$(call base,$1) $(platform)-production $(platform)-development)

$(BUILD)/kernel/%/.built: $(BUILD)/kernel/%/.config $(BUILD)/kernel/%/initramfs.cpio \
		$(BUILD)/kernel/%/certs/trusted.pem $(wildcard tests/stub/*.[ch] tests/stub/Makefile) \
		| $$(patsubst %,$(BUILD)/kernel/%/.built,$$(call base,$$*))
	@echo "  KERNEL  $* ($(if $(wildcard $(@D)/vmlinux),what changed,about $(call minutes,$*) min on 2 cores))"
	@$(one_kernel) sh -c 'kernel-config/seed $(@D) $(call seeds,$*); $(call logged,$*,$(call kbuild,$*) \
		Image.gz $(dtbs_$(call platform,$*)) $(if $(filter os,$*),modules))'
	@touch $@

$(BUILD)/out/%/Image $(BUILD)/out/%/Image.gz: $(BUILD)/kernel/%/.built
	@echo "  OUT     $(@D)"
	@mkdir -p $(@D)
	@cp $(addprefix $(<D)/arch/arm64/boot/,Image Image.gz $(addprefix dts/,$(dtbs_$(call platform,$*)))) $(@D)
	@cp $(<D)/.config $(@D)/config

# The OS kernel carries the signature that the bootloader asks for.
$(BUILD)/out/os/Image: $(BUILD)/kernel/os/.built $(KEYS)/kernel.key
	@echo "  SIGN    $@"
	@mkdir -p $(@D)
	@$(call logged,os-sign,sbsign --key $(KEYS)/kernel.key --cert $(KEYS)/kernel.pem \
		--output $@ $(<D)/arch/arm64/boot/Image)

$(BUILD)/out/os/Image.gz: $(BUILD)/out/os/Image
	@gzip -9nc $< >$@

# One module twice: as built, and signed.
$(BUILD)/out/os/unsigned.ko $(BUILD)/out/os/signed.ko &: $(BUILD)/kernel/os/.built $(KEYS)/module.key
	@mkdir -p $(@D)
	@cp $(<D)/lib/crc7.ko $(@D)/unsigned.ko
	@$(<D)/scripts/sign-file sha256 $(KEYS)/module.key $(KEYS)/module.pem $(@D)/unsigned.ko $(@D)/signed.ko
