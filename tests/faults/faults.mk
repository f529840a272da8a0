# SPDX-License-Identifier: Apache-2.0
# Faults: hangs, failing disks, power cuts in real boots. tests/qemu/faults*.sh have the cases.

FAULT_INPUTS = $(BOOT_INPUTS) $(BUILD)/host/replay $(BUILD)/host/fat-file \
	$(patsubst %,$(BUILD)/out/%/Image.gz,premise-no-signature revoked-certificate) $(BUILD)/host/failing-disk.so

# Packages: libssl-dev
$(BUILD)/host/replay: tests/faults/replay.c src/bytes.h
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -Isrc -o $@ $< -lcrypto

$(BUILD)/host/fat-file: tests/faults/fat-file.c src/bytes.h
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -Isrc -o $@ $<

# A disk that fails, for nbdkit. Packages: nbdkit nbdkit-plugin-dev
$(BUILD)/host/failing-disk.so: tests/faults/disk.c
	@echo "  HOSTCC  $@"
	@mkdir -p $(@D)
	@$(HOST_CC) -std=gnu11 $(HOST_CFLAGS) $(WARNINGS) -D_GNU_SOURCE -shared -fPIC -fvisibility=hidden -o $@ $<

.PHONY: check-faults soak
#: make check-faults  hangs, failing disks, and replayed power cuts (CUTS=N disks of each story, CUTS=all)
check-faults: setup
	@$(MAKE) --no-print-directory $(FAULT_INPUTS)
	@BUILD=$(BUILD) V=1 tests/run 'tests/qemu/all faults' tests/faults/wear tests/faults/cuts \
		tests/faults/premises

#: make soak BOOTS=200 [SEED=1]  one disk through many boots, each ended at a random instant
BOOTS ?= 200
SEED ?= 1
soak: setup
	@$(MAKE) --no-print-directory $(FAULT_INPUTS)
	@BUILD=$(BUILD) tests/faults/soak $(BOOTS) $(SEED)
