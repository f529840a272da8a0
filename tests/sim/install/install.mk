# SPDX-License-Identifier: Apache-2.0
# Power cuts while files of the bootloader are replaced: src/tool/replace.c, with its system calls on the
# simulated FAT. tests/sim/install/premises links the same around code without a defence.

INSTALL_SIM_OBJECTS := $(patsubst %.c,$(SIM_DIR)/%.o,tests/sim/install/calls.c tests/sim/install/main.c \
	tests/sim/fat.c src/tool/replace.c)
INSTALL_SIM_WRAPS := $(patsubst %,-Wl$(comma)--wrap=%,openat close fdopendir readdir closedir fstatfs read write fsync renameat unlinkat)

$(SIM_DIR)/install: $(INSTALL_SIM_OBJECTS)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(SIM_SANITIZE) $(INSTALL_SIM_WRAPS) -o $@ $^

-include $(INSTALL_SIM_OBJECTS:.o=.d)

check-sim: check-sim-install
.PHONY: check-sim-install
check-sim-install: $(SIM_DIR)/install
	@tests/sim/install/premises $(BUILD)

unit-build: $(SIM_DIR)/install
UNIT_RUN += "tests/sim/install/premises $(BUILD)"
