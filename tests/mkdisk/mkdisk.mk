# SPDX-License-Identifier: Apache-2.0
# mkdisk. Packages: libssl-dev libfdisk-dev pkgconf; to run it e2fsprogs dosfstools mtools.

MKDISK_SOURCES := $(wildcard tests/mkdisk/*.c)

$(BUILD)/host/mkdisk: $(MKDISK_SOURCES) tests/mkdisk/mkdisk.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(HOST_CC) -std=gnu11 -D_GNU_SOURCE $(HOST_CFLAGS) $(WARNINGS) \
		$$(pkg-config --cflags fdisk libcrypto) -o $@ $(MKDISK_SOURCES) \
		$$(pkg-config --libs fdisk libcrypto)
