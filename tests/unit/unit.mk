# SPDX-License-Identifier: Apache-2.0
# Unit tests: every tests/unit/test_*.c, built with the parsers of src/, with sign/ and with sanitizers,
# and every test_*.sh of tests/unit and of tests/sign. Packages: libssl-dev libjson-c-dev zlib1g-dev
# libcurl4-openssl-dev sbsigntool openssl imx-code-signing-tool faketime, and clang for the fuzz targets.
UNIT_CC ?= $(HOST_CC)
TEST_JOBS ?= $(shell nproc)
UNIT_SANITIZE ?= -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_CFLAGS := -std=gnu11 -O1 -g $(UNIT_SANITIZE) $(WARNINGS) $(CPPFLAGS) -Itests/unit -Isign
UNIT_DIR := $(BUILD)/host/unit

UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT_DIR)/%,$(wildcard tests/unit/test_*.c))
UNIT_SCRIPTS := $(wildcard tests/unit/test_*.sh)
SIGN_SCRIPTS := $(wildcard tests/sign/test_*.sh)
UNIT_SHARED := $(patsubst src/%.c,$(UNIT_DIR)/src/%.o,$(wildcard src/*.c)) \
	$(patsubst tests/unit/%.c,$(UNIT_DIR)/%.o,$(filter-out tests/unit/test_%,$(wildcard tests/unit/*.c)))

$(UNIT_DIR)/src/%.o: src/%.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/sign/%.o: sign/%.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) $$(pkg-config --cflags $(BBSIGN_PACKAGES)) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

# The Image parser is tried on what mutate makes.
$(UNIT_DIR)/%.o: tests/tools/%.c
	@mkdir -p $(@D)
	@$(UNIT_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/test_image: $(UNIT_DIR)/mutate-pe.o $(UNIT_DIR)/mutate-file.o

# A library: a test is linked with what it calls, and not with the commands.
UNIT_SIGN := $(patsubst %.c,$(UNIT_DIR)/%.o,$(wildcard sign/*.c src/tool/*.c))
$(UNIT_DIR)/sign.a: $(filter-out %/main.o,$(UNIT_SIGN))
	@rm -f $@
	@$(AR) rcs $@ $^

$(UNIT_TESTS): $(UNIT_DIR)/%: $(UNIT_DIR)/%.o $(UNIT_SHARED) $(UNIT_DIR)/sign.a
	@echo "  HOSTCC  $@"
	@$(UNIT_CC) $(UNIT_SANITIZE) -o $@ $(filter %.o,$^) $(UNIT_DIR)/sign.a \
		$$(pkg-config --libs $(BBSIGN_PACKAGES))

# What tests/sign runs.
$(UNIT_DIR)/bbsign: $(UNIT_SIGN) $(filter $(UNIT_DIR)/src/%,$(UNIT_SHARED))
	@echo "  HOSTLD  $@"
	@$(UNIT_CC) $(UNIT_SANITIZE) -o $@ $^ $$(pkg-config --libs $(BBSIGN_PACKAGES))

.PRECIOUS: $(UNIT_DIR)/%.o $(UNIT_DIR)/sign/%.o
-include $(wildcard $(addsuffix /*.d,$(UNIT_DIR) $(UNIT_DIR)/src $(UNIT_DIR)/src/tool $(UNIT_DIR)/sign))

# The configurations as the build composes them are parsed too, and the scripts use the host tools.
UNIT_CONFIGS := $(patsubst %,$(BUILD)/initramfs/%.conf,qemu-production qemu-development \
	imx8m-production imx8m-development os os-imx8m os-unlock undefended qemu-flasher qemu-flasher-development \
	imx8m-flasher os-installer undefended-flasher os-installer-undefended)
UNIT_TOOLS := $(addprefix $(BUILD)/host/,bbctl mkdisk mkchip unwrap bbsign unit/bbsign service-server) \
	$(patsubst %,$(BUILD)/deps/debs/%/.unpacked,cst pkcs11-provider)

# What tests/run is given for the unit tests: what takes long comes first.
UNIT_RUN = $(UNIT_DIR)/test_hab_mutants tests/unit/test_config_check.sh \
	$(filter-out %/test_hab_mutants %/test_config_check.sh,$(UNIT_TESTS) $(UNIT_SCRIPTS))
$(UNIT_DIR)/test_config: $(UNIT_CONFIGS)

.PHONY: unit unit-build check-sign fuzz
unit-build: $(UNIT_TESTS) $(UNIT_TOOLS)

#: make unit     unit tests on the host, with sanitizers; V=1 shows every test
unit: unit-build
	@BUILD=$(BUILD) tests/run -j $(TEST_JOBS) $(UNIT_RUN)

#: make check-sign  tests of bbsign beside other tools, of make sign and of the ceremony
check-sign: unit-build $(BUILD)/out/imx8m-production/Image.gz $(BUILD)/out/os/Image
	@BUILD=$(BUILD) tests/run -j $(TEST_JOBS) $(SIGN_SCRIPTS)

FUZZ_CC ?= clang
FUZZ_SANITIZE ?= -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all
FUZZ_DIR := $(BUILD)/host/fuzz
FUZZ_PACKAGES := fdisk json-c libcrypto zlib
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,$(FUZZ_DIR)/%,$(wildcard tests/fuzz/fuzz_*.c))

# A target includes the sources that it needs, or names them here. --wrap: see fuzz_hab.c.
$(FUZZ_DIR)/fuzz_report: FUZZ_WITH = src/error.c src/json.c src/text.c src/tool/say.c src/bbctl/say-error.c \
	src/bbctl/timeline.c $(filter-out %/report-file.c,$(wildcard src/bbctl/report-*.c))
$(FUZZ_DIR)/fuzz_report_render: FUZZ_WITH = src/error.c src/json.c src/report.c src/text.c
$(FUZZ_DIR)/fuzz_hab: FUZZ_WITH = $(filter-out sign/hab-verify-main.c sign/hab-main.c sign/hab-sign.c \
	sign/hab-service.c, $(wildcard sign/hab*.c)) sign/dtb.c sign/srk.c sign/signed-data.c \
	sign/der-write.c sign/describe.c src/text.c -Wl,--wrap=hab_check_signature,--wrap=hab_check_certificate
$(FUZZ_DIR)/fuzz_fit: FUZZ_WITH = sign/dtb.c sign/hab-parse.c
$(FUZZ_DIR)/fuzz_info: FUZZ_WITH = $(filter-out sign/info-main.c, $(wildcard sign/info*.c)) sign/hab-parse.c \
	sign/hab-reason.c sign/hab-signature.c sign/module.c sign/srk.c sign/signed-data.c sign/der-write.c \
	sign/describe.c src/authenticode.c src/der.c src/image.c src/json.c src/manifest.c src/settings.c src/text.c \
	src/tool/signature.c
$(FUZZ_DIR)/%: tests/fuzz/%.c $(wildcard src/*.c src/*.h src/tool/* src/bbctl/*.c src/bbctl/*.h \
		sign/*.c sign/*.h)
	@mkdir -p $(@D)
	@echo "  FUZZCC  $@"
	@$(FUZZ_CC) -std=gnu11 -O1 -g $(FUZZ_SANITIZE) \
		$(WARNINGS) $(CPPFLAGS) -Isign $$(pkg-config --cflags $(FUZZ_PACKAGES)) -o $@ $< $(FUZZ_WITH) \
		$$(pkg-config --libs $(FUZZ_PACKAGES))

# Each target replays what is known and then looks for a little more: TIME=seconds each.
TIME ?= 10
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_RUN = $(foreach name,$(FUZZ_NAMES),"BUILD=$(BUILD) CACHE=$(CACHE) tests/fuzz/run $1 $(name)")

#: make fuzz     every fuzz target for TIME=10 seconds
fuzz: $(FUZZ_TARGETS)
	@V=1 tests/run -j $(TEST_JOBS) $(call FUZZ_RUN,$(TIME))

# The same programs once more, made to count the lines that they run. Package: gcovr.
COVERAGE := $(BUILD)/coverage
.PHONY: coverage coverage-programs
coverage-programs: $(UNIT_TESTS) $(FUZZ_TARGETS) $(SIM_DIR)/sim

#: make coverage which lines of src/ the unit tests, the simulation and the fuzz targets' inputs reach
coverage: unit-build
	@$(MAKE) --no-print-directory coverage-programs UNIT_DIR=$(COVERAGE)/unit FUZZ_DIR=$(COVERAGE)/fuzz \
		SIM_DIR=$(COVERAGE)/sim UNIT_SANITIZE="--coverage -O0" SIM_SANITIZE="--coverage -O0" FUZZ_CC=$(HOST_CC) \
		FUZZ_SANITIZE="--coverage -O0 tests/fuzz/replay.c" WARNINGS=-w
	@CACHE=$(CACHE) BUILD=$(BUILD) tests/coverage
