# SPDX-License-Identifier: Apache-2.0
# Unit tests on the host, with the sanitizers: tests/unit/test_X.c becomes build/unit/test_X, with whatever
# it needs of src/. Packages: zlib1g-dev libssl-dev, and to run them openssl sbsigntool.
UNIT_CFLAGS = -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all $(WARNINGS) -MMD -MP
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))
UNIT_SOURCES := $(patsubst src/%.c,$(BUILD)/unit/src/%.o,$(wildcard src/*.c))

#: make check-unit   the unit tests
.PHONY: check-unit
check-unit: $(UNIT_TESTS)
	@tests/unit/run $^

$(BUILD)/unit/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(HOST_CC) $(CPPFLAGS) $(UNIT_CFLAGS) -c -o $@ $<

$(BUILD)/unit/mkimage.o: tests/unit/mkimage.c
	@mkdir -p $(@D)
	@$(HOST_CC) $(CPPFLAGS) $(UNIT_CFLAGS) -c -o $@ $<

$(BUILD)/unit/src.a: $(UNIT_SOURCES)
	@rm -f $@
	@$(AR) rc $@ $^

$(BUILD)/unit/test_%: tests/unit/test_%.c $(BUILD)/unit/mkimage.o $(BUILD)/unit/src.a
	@echo "  HOSTCC  $@"
	@$(HOST_CC) $(CPPFLAGS) $(UNIT_CFLAGS) -o $@ $< $(BUILD)/unit/mkimage.o $(BUILD)/unit/src.a -lz -lcrypto

-include $(wildcard $(BUILD)/unit/*.d $(BUILD)/unit/src/*.d)
