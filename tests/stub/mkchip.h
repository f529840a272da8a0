/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a chip file, all numbers in little endian; what making and showing one share. */
#ifndef MKCHIP_H
#define MKCHIP_H

#include <stdint.h>

#define CHIP_SIZE 4096
#define CHIP_MAGIC "BBCHIP01"
#define MAGIC_SIZE 8
#define STATE_OFFSET 0x008
#define FLAGS_OFFSET 0x00c
#define SECRET_OFFSET 0x010
#define SECRET_SIZE 32
#define FUSES_OFFSET 0x100
#define FUSES_SIZE 1536

#define FLAG_BROKEN_FUSES 1u

/* i.MX8M: LOCK bit 9, BOOT_CFG0 bit 25, SRK hash in banks 6 and 7 */
#define FUSE_LOCK 0x00
#define LOCK_SRK (1u << 9)
#define FUSE_BOOT_CFG0 0x1c
#define SEC_CONFIG_CLOSED (1u << 25)
#define FUSE_SRK 0x60
#define SRK_WORDS 8

/* SSM_STATE of SNVS_HPSR */
struct chip_state {
	const char *name;
	uint32_t number;
};

#define CHIP_STATE_COUNT 3
extern const struct chip_state chip_states[CHIP_STATE_COUNT];

static inline uint32_t get_le32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

static inline uint32_t get_fuse(const uint8_t *chip, unsigned int offset)
{
	return get_le32(chip + FUSES_OFFSET + offset);
}

static inline void set_fuse(uint8_t *chip, unsigned int offset, uint32_t value)
{
	put_le32(chip + FUSES_OFFSET + offset, value);
}

/* Says why on stderr; returns the exit status. */
int chip_fail(const char *file, const char *why);
/* Shows a chip file on stdout; returns the exit status. */
int chip_show(const char *file, int json);

#endif
