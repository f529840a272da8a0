# SPDX-License-Identifier: Apache-2.0
# Faults: hangs, failing disks, power cuts in real boots. tests/qemu/faults.sh has the cases.

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
#: make check-faults  hangs, failing disks and replayed power cuts
