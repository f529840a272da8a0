# SPDX-License-Identifier: Apache-2.0
# build/host/mkdisk. Packages: libssl-dev libfdisk-dev pkgconf, and to run it e2fsprogs dosfstools mtools.
MKDISK_SOURCES := $(wildcard tests/mkdisk/*.c)
MKDISK_CFLAGS = -std=gnu11 -O2 -g -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wvla -Wshadow -Werror

$(BUILD)/host/mkdisk: $(MKDISK_SOURCES) tests/mkdisk/mkdisk.h
	@mkdir -p $(@D)
	@echo "  HOSTCC  $@"
	@$(CC) $(MKDISK_CFLAGS) $$(pkg-config --cflags fdisk libcrypto) -o $@ $(MKDISK_SOURCES) \
		$$(pkg-config --libs fdisk libcrypto)
