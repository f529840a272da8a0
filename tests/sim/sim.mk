# SPDX-License-Identifier: Apache-2.0
# Power cuts on a simulated volume: the product's slot stage, boot state and file layer, with their system
# calls on a FAT that can be cut. tests/sim/premises links the same parts around code without a defence.

SIM_DIR := $(BUILD)/host/sim
SIM_ADDRESS := $(BUILD)/host/sim-address
SIM_SANITIZE ?= -fsanitize=undefined -fno-sanitize-recover=all
SIM_CFLAGS := -std=gnu11 -O2 -g $(SIM_SANITIZE) $(WARNINGS) $(CPPFLAGS) -Iinit -ffunction-sections \
	-fdata-sections -isystem $(BUILD)/target/include
SIM_SOURCES := $(wildcard tests/sim/*.c)
SIM_PRODUCT := init/state.c src/device/system.c init/mounts.c src/slot.c src/bootenv.c src/bootstate.c src/text.c
SIM_OBJECTS := $(patsubst %.c,$(SIM_DIR)/%.o,$(SIM_SOURCES) $(SIM_PRODUCT))
SIM_WRAPS := $(patsubst %,-Wl$(comma)--wrap=%,openat close read pwrite fstat fsync mount)

$(SIM_DIR)/%.o: %.c $(TARGET_LIBRARIES_BUILT)
	@mkdir -p $(@D)
	@$(HOST_CC) $(SIM_CFLAGS) -MMD -MP -c -o $@ $<

# What is left of mounts.c is the remount: the rest is dropped, with the libraries that it needs.
$(SIM_DIR)/sim: $(SIM_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(SIM_SANITIZE) -Wl,--gc-sections $(SIM_WRAPS) -o $@ $^

-include $(SIM_OBJECTS:.o=.d)

# Burning fuses, cut at every bit: the product's plan around a chip that is a few words.
FUSE_SIM_OBJECTS := $(patsubst %.c,$(SIM_DIR)/%.o,$(wildcard tests/sim/fuses/*.c) \
	src/bbprovision/fuse-plan.c src/bbprovision/fuse-burn.c)
$(FUSE_SIM_OBJECTS): SIM_CFLAGS += -Isrc/bbprovision
$(SIM_DIR)/fuses: $(FUSE_SIM_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(SIM_SANITIZE) -o $@ $^

-include $(FUSE_SIM_OBJECTS:.o=.d)

.PHONY: check-sim
#: make check-sim  every story of the boot state, cut at every write, on a simulated volume, the address
#:   sanitizer beside it with fewer choices; burning fuses, cut at every bit
check-sim: $(SIM_DIR)/sim $(SIM_DIR)/fuses
	@$(MAKE) --no-print-directory SIM_DIR=$(SIM_ADDRESS) SIM_SANITIZE="-fsanitize=address $(SIM_SANITIZE)" \
		$(SIM_ADDRESS)/sim $(SIM_ADDRESS)/fuses
	@$(SIM_ADDRESS)/fuses >/dev/null
	@$(SIM_DIR)/fuses
	@$(SIM_ADDRESS)/sim --first >/dev/null & $< && wait $$!

# Part of the unit tests, with fewer choices at each cut, and around code without a defence.
unit-build: $(SIM_DIR)/sim $(SIM_DIR)/fuses
UNIT_RUN += "tests/sim/premises $(BUILD)" "tests/sim/fuses/premises $(BUILD)"
