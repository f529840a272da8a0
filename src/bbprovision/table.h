/* SPDX-License-Identifier: Apache-2.0 */
/* Writes partition tables (GPT). */
#ifndef BB_TABLE_H
#define BB_TABLE_H

#include "partition-plan.h"

/* The sectors of the first table: the protective MBR, header and 128 entries. The second lacks the MBR. */
#define FIRST_TABLE_SECTORS 34

/*
 * Makes these partitions those of a disk without a table, which block_open has opened under this
 * name: on the device and in the kernel. A header has the checksum of its entries, and the kernel
 * goes by the first one only: a cut leaves no table or the new one. Returns 0 or a negative errno.
 */
int table_write(int fd, const char *name, const struct partition_plan *plan);

/* Writes zeros over both tables of a disk, on the device and in the kernel. */
int table_erase(int fd, uint64_t disk_sectors);

#endif
