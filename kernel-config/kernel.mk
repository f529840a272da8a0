# SPDX-License-Identifier: Apache-2.0
# The kernels. Each has a tree of its own, $(BUILD)/kernel/NAME, and is made with
#     make $(BUILD)/out/NAME/Image.gz
# from the fragments that the table below names and the initramfs that $(BUILD)/initramfs/NAME.list
# describes (in the format of the kernel's gen_init_cpio; file names relative to the top directory).

LINUX := $(BUILD)/linux
KERNEL_JOBS ?= $(shell getconf _NPROCESSORS_ONLN)

# NAME: fragments, a later one overrides an earlier one
fragments_qemu-production	:= common bootloader qemu production
fragments_qemu-development	:= common bootloader qemu development qemu-development
fragments_imx8m-production	:= common bootloader imx8m production
fragments_imx8m-development	:= common bootloader imx8m imx8m-serial development imx8m-development
fragments_imx8m-flasher		:= common bootloader imx8m imx8m-flasher production
base_imx8m-flasher		:= imx8m-production
# The i.MX8M's with the stand-in for CAAM and fuses, and an OS kernel for QEMU's board.
fragments_imx8m-stub		:= $(fragments_imx8m-production) imx8m-stub
base_imx8m-stub			:= imx8m-production
initramfs_imx8m-stub		:= imx8m-production
base_imx8m-undefended		:= imx8m-production
fragments_imx8m-undefended	:= $(fragments_imx8m-production)
fragments_os-imx8m		:= common imx8m imx8m-serial imx8m-stub os
base_os-imx8m			:= imx8m-production
fragments_os			:= common qemu os
# The OS with an initramfs of its own, in which our program is one step.
fragments_os-unlock		:= $(fragments_os)
base_os-unlock			:= os

# The bootloader of an installer's medium: the same kernel, whose /init is told that it is the flasher. The
# i.MX8M's has the drivers of media besides.
base_qemu-flasher		:= qemu-production
base_qemu-flasher-development	:= qemu-development
fragments_qemu-flasher		:= $(fragments_qemu-production)
fragments_qemu-flasher-development := $(fragments_qemu-development)
# The installer's own kernel, which authenticates its root again.
fragments_os-installer		:= common qemu os installer
base_os-installer		:= os

# The same two kernels with /init told that its keys are mainline's.
fragments_qemu-trusted		:= $(fragments_qemu-production)
base_qemu-trusted		:= qemu-production
fragments_os-trusted		:= $(fragments_os)
base_os-trusted			:= os
fragments_qemu-pk		:= $(fragments_qemu-production)
base_qemu-pk			:= qemu-production
fragments_os-pk			:= $(fragments_os)
base_os-pk			:= os

# Kernels that show what the defence is worth; each is a copy of its base with one thing changed.
# premise-open: no lockdown, and an init that checks nothing: the attacks of the tests work.
# premise-locked: the same init on the real kernel: what the kernel refuses by itself.
# premise-qemu-production: the real init on a kernel without lockdown: it must notice.
# premise-qemu-development: the same with the recovery shell, in which `bbctl selftest` must notice.
# undefended: the production kernel, and an init that can be told to hang or to leave a check out.
# imx8m-undefended: the same for the i.MX8M.
# undefended-flasher, os-installer-undefended: the same, for the two kernels of an installation.
# undefended-recovery: the development kernel, and a recovery shell that can be told to leave a defence out.
# premise-no-signature: that init on a kernel that checks no signature, and so accepts everything.
# bench-minimal, bench-shell: the production kernel with what /init is compared with.
# revoked-certificate: the production kernel, in which the certificate that it trusts is revoked.
base_undefended			:= qemu-production
base_undefended-recovery	:= qemu-development
base_premise-open		:= qemu-development
base_premise-locked		:= qemu-development
base_premise-qemu-production	:= qemu-production
base_premise-qemu-development	:= qemu-development
base_premise-no-signature	:= qemu-production
base_revoked-certificate	:= qemu-production
base_bench-minimal		:= qemu-production
base_bench-shell		:= qemu-production
base_undefended-flasher		:= qemu-development
base_os-installer-undefended	:= os-installer
fragments_undefended-flasher	:= $(fragments_qemu-development)
fragments_os-installer-undefended := $(fragments_os-installer)
fragments_undefended		:= $(fragments_qemu-production)
fragments_undefended-recovery	:= $(fragments_qemu-development)
fragments_premise-open		:= $(fragments_qemu-development) premise
fragments_premise-locked	:= $(fragments_qemu-development)
fragments_premise-qemu-production := $(fragments_qemu-production) premise
fragments_premise-qemu-development := $(fragments_qemu-development) premise
fragments_premise-no-signature	:= $(fragments_qemu-production) no-signature
fragments_revoked-certificate	:= $(fragments_qemu-production)
fragments_bench-minimal		:= $(fragments_qemu-production)
fragments_bench-shell		:= $(fragments_qemu-production)
initramfs_premise-open		:= premise
initramfs_premise-locked	:= premise
initramfs_premise-qemu-production := qemu-production
initramfs_premise-qemu-development := qemu-development
initramfs_premise-no-signature	:= undefended
initramfs_revoked-certificate	:= qemu-production

# Certificates (PEM) of kernel keys that a bootloader refuses even where they are trusted.
REVOKED_CERTS ?=
revoked_certificate_of_revoked-certificate = $(KEYS)/crts/kernel_crt.pem
revoked = $(if $(filter bootloader,$(fragments_$1)),$(or $(revoked_certificate_of_$1),$(REVOKED_CERTS)))

fragments = $(patsubst %,kernel-config/%.config,$(or $(fragments_$1), \
	$(error no kernel is called $1)) $(if $(call revoked,$1),revoked) $(KERNEL_FRAGMENT))
platform = $(filter qemu imx8m,$(fragments_$1))

# The certificate that a kernel trusts: one key, one purpose.
trusted = $(KEYS)/crts/$(if $(filter os%,$1),module,kernel)_crt.pem
initramfs_list = $(BUILD)/initramfs/$(or $(initramfs_$1),$1).list

dtbs_imx8m := freescale/imx8mm-evk.dtb freescale/imx8mp-evk.dtb
# Where U-Boot loads kernel and device tree to, and where in each the IVT lies, behind the zeros: the signature
# says so, and so does U-Boot's environment, which an update of the bootloader leaves as it is. Never change them.
kernel_place_imx8m := 0x40480000 0xc00000
dtb_place_imx8m := 0x48480000 0x18000
# QEMU has no boot ROM; the tests put one in its place.
kernel_place_qemu := $(kernel_place_imx8m)
dtb_place_qemu := $(dtb_place_imx8m)
signed_dtbs_imx8m := $(notdir $(dtbs_imx8m))
signed_dtbs_qemu := virt.dtb

modules_os := modules
modules_os-imx8m := modules
modules_os-unlock := modules
modules_os-trusted := modules
modules_os-pk := modules
modules_os-installer := modules
modules_os-installer-undefended := modules
comma := ,

how_long = $(if $(wildcard $(BUILD)/kernel/$1/vmlinux)$(base_$1),what changed,about \
	$(if $(filter imx8m,$(platform)),9,7) min on 2 cores$(comma) less with a warm ccache)

# The same source and configuration give the same bytes. The version of a Rust compiler that happens to be there
# would be part of the configuration; by MAKEFLAGS, because merge_config.sh calls make itself.
SOURCE_DATE_EPOCH ?= 0
kbuild_env := -u MAKELEVEL -u MFLAGS MAKEFLAGS="-- RUSTC=false" LC_ALL=C ARCH=arm64 CROSS_COMPILE=$(CROSS) \
	KBUILD_BUILD_TIMESTAMP="$(shell LC_ALL=C date -u -d @$(SOURCE_DATE_EPOCH))" \
	KBUILD_BUILD_USER=balena KBUILD_BUILD_HOST=bootloader KBUILD_BUILD_VERSION=1 \
	CCACHE_BASEDIR=$(CURDIR) CCACHE_NOHASHDIR=1
ccache := $(if $(shell command -v ccache),ccache )
# With that directory as its base ccache hands the compiler relative names of the sources, which the kernel's own
# option for __FILE__ does not shorten: without ccache the same file would have another name in the Image.
kbuild_paths := -fmacro-prefix-map=../../$(notdir $(LINUX))/=
kbuild = env $(kbuild_env) make -C $(LINUX) O=$(abspath $(BUILD)/kernel/$1) -j$(KERNEL_JOBS) \
	CC="$(ccache)$(CROSS)gcc" KCPPFLAGS="$(kbuild_paths)"
merge_config = cd $(LINUX) && env $(kbuild_env) scripts/kconfig/merge_config.sh -n \
	-O $(abspath $(BUILD)/kernel/$1) $(abspath $(call fragments,$1))

# $(call logged,LOG,COMMAND): the command's output goes to $(BUILD)/log/LOG.log; its end is shown
# when it fails.
logged = mkdir -p $(BUILD)/log; ( $2 ) >$(BUILD)/log/$1.log 2>&1 || \
	{ tail -n 25 $(BUILD)/log/$1.log; echo "*** the whole log: $(BUILD)/log/$1.log"; exit 1; } >&2
# One kernel at a time: each uses all cores by itself, and one tree may be the seed of the next.
one_kernel = mkdir -p $(BUILD)/kernel; flock $(BUILD)/kernel

# An argument that changed replaces the file that depends on it; one that did not leaves its time
# alone.
replace_if_changed = if cmp -s $1.new $1; then rm $1.new; else mv $1.new $1; fi

.SECONDEXPANSION:
.PRECIOUS: $(BUILD)/kernel/%/.config $(BUILD)/kernel/%/.built $(BUILD)/kernel/%/initramfs.cpio \
	$(BUILD)/kernel/%/certs/trusted.pem $(BUILD)/kernel/%/certs/revoked.pem $(BUILD)/fragments/%
.PHONY: kernel-always
kernel-always:

# Trees that were made of another source go: its files can be older than what was compiled from the
# one before.
$(LINUX)/.unpacked: $(LINUX_SOURCE) kernel-config/unpack kernel-config/trust-bootloader
	@echo "  UNPACK  $(notdir $(LINUX_TARBALL))"
	@$(LINUX_CHECK)
	@rm -rf $(BUILD)/kernel
	@kernel-config/unpack $(LINUX_TARBALL) $(LINUX) tests/stub
	@touch $@

$(BUILD)/host/gen_init_cpio: $(LINUX)/.unpacked
	@echo "  HOSTCC  $(notdir $@)"
	@mkdir -p $(@D)
	@cc -O2 -o $@ $(LINUX)/usr/gen_init_cpio.c

$(BUILD)/fragments/%: kernel-always
	@mkdir -p $(@D)
	@echo $(call fragments,$*) >$@.new
	@$(call replace_if_changed,$@)

$(BUILD)/kernel/%/.config: $$(call fragments,$$*) $(BUILD)/fragments/% kernel-config/check kernel-config/forbidden \
		$(LINUX)/.unpacked tests/stub/Kconfig
	@echo "  CONFIG  $*"
	@mkdir -p $(@D)
	@$(call logged,$*-config,$(call merge_config,$*))
	@kernel-config/check $@ $(call fragments,$*) || { mv $@ $@.refused; exit 1; }
	@touch $@

# By content: KEYS may name another PKI than the last time, whose files are older.
$(BUILD)/kernel/%/certs/trusted.pem: kernel-always $$(call trusted,$$*) | $(BUILD)/kernel/%/.config
	@mkdir -p $(@D)
	@cp $(call trusted,$*) $@.new
	@$(call replace_if_changed,$@)

$(BUILD)/kernel/%/certs/revoked.pem: kernel-always $$(call revoked,$$*) | $(BUILD)/kernel/%/.config
	@mkdir -p $(@D)
	@cat $(call revoked,$*) /dev/null >$@.new
	@$(call replace_if_changed,$@)

$(BUILD)/kernel/%/initramfs.cpio: kernel-always $$(call initramfs_list,$$*) \
		$(BUILD)/host/gen_init_cpio | $(BUILD)/kernel/%/.config
	@$(BUILD)/host/gen_init_cpio -t $(SOURCE_DATE_EPOCH) $(call initramfs_list,$*) >$@.new
	@$(call replace_if_changed,$@)

# A new tree starts as a copy of a finished one, so that only what differs is compiled.
seeds = $(patsubst %,$(BUILD)/kernel/%,$(base_$1) $(platform)-production $(platform)-development)

# By name, not as a pattern: make does not use a pattern rule twice on the way to one file.
KERNELS := $(patsubst fragments_%,%,$(filter fragments_%,$(.VARIABLES)))
$(if $(filter $(PLATFORM)-$(VARIANT),$(KERNELS)),,$(error There is no kernel $(PLATFORM)-$(VARIANT). Known: \
	$(sort $(filter-out premise-% undefended-%,$(filter %-production %-development %-flasher,$(KERNELS))))))
$(KERNELS:%=$(BUILD)/kernel/%/.built): $(BUILD)/kernel/%/.built: \
		$(BUILD)/kernel/%/.config $(BUILD)/kernel/%/initramfs.cpio \
		$(BUILD)/kernel/%/certs/trusted.pem $(BUILD)/kernel/%/certs/revoked.pem $(wildcard tests/stub/*.[ch] tests/stub/Makefile) \
		| $$(addsuffix /.built,$$(addprefix $(BUILD)/kernel/,$$(base_$$*)))
	@echo "  KERNEL  $* ($(call how_long,$*))"
	@$(one_kernel) sh -ec 'kernel-config/seed $(@D) $(call seeds,$*); touch $@.new; \
		$(call logged,$*,$(call kbuild,$*) Image.gz $(dtbs_$(call platform,$*)) $(modules_$*))'
	@mv $@.new $@

$(BUILD)/out/%/Image $(BUILD)/out/%/Image.gz: $(BUILD)/kernel/%/.built
	@echo "  OUT     $(@D)"
	@mkdir -p $(@D)
	@cp $(addprefix $(<D)/arch/arm64/boot/,Image Image.gz $(dtbs_$(call platform,$*):%=dts/%)) $(@D)
	@cp $(<D)/System.map $(@D)
	@cp $(<D)/.config $(@D)/config

# The device tree of QEMU's machine, as tests/qemu/boot starts it; QEMU fills in memory and /chosen.
$(BUILD)/out/qemu-%/virt.dtb:
	@echo "  DTB     $@"
	@mkdir -p $(@D)
	@qemu-system-aarch64 -M virt,dtb-randomness=off,dumpdtb=$@.new -cpu cortex-a53 -m 512 -nodefaults \
		-display none 2>/dev/null
	@dtc -q -I dtb -O dtb -o $@ $@.new
	@rm $@.new

# An OS kernel carries the signature that the bootloader asks for, and a version above its minimum.
OS_KERNELS := os os-imx8m os-unlock os-installer os-installer-undefended os-trusted os-pk
OS_VERSION := 2
$(OS_KERNELS:%=$(BUILD)/out/%/Image): $(BUILD)/out/%/Image: $(BUILD)/kernel/%/.built $(BUILD)/host/bbsign
	@echo "  SIGN    $@"
	@mkdir -p $(@D)
	@$(call logged,$*-sign,$(BUILD)/host/bbsign kernel $(SIGN_WITH) --security-version $(OS_VERSION) \
		-o $@ $(<D)/arch/arm64/boot/Image)

$(OS_KERNELS:%=$(BUILD)/out/%/Image.gz): %.gz: %
	@gzip -9nc $< >$@

# One module twice: as built, and signed.
$(BUILD)/out/os/unsigned.ko $(BUILD)/out/os/signed.ko &: $(BUILD)/kernel/os/.built $(BUILD)/host/bbsign
	@mkdir -p $(@D)
	@cp $(<D)/fs/nls/nls_ascii.ko $(@D)/unsigned.ko
	@$(BUILD)/host/bbsign module $(SIGN_WITH) -o $(@D)/signed.ko $(@D)/unsigned.ko
