/* SPDX-License-Identifier: Apache-2.0 */
/* What U-Boot says of the boot ROM's events: the word hab_status= on the kernel's command line. */
#ifndef BB_HAB_STATUS_H
#define BB_HAB_STATUS_H

#define HAB_STATUS_SIZE 32

/*
 * Takes the value from a command line. Returns NULL; or what is wrong, when the word is not there,
 * there twice, or longer than any value.
 */
const char *hab_status_find(const char *line, char ret[static HAB_STATUS_SIZE]);

#endif
