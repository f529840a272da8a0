/* SPDX-License-Identifier: Apache-2.0 */
/* The volume that the system calls of replace.c work on here, and what goes wrong on it. */
#ifndef BB_INSTALL_CALLS_H
#define BB_INSTALL_CALLS_H

#include "../fat.h"

#define INSTALL_DIRECTORY 1000

/* What the files of the simulated volume stand for. */
#define FILE_IMAGE FILE_BOOTENV
#define FILE_TREE FILE_COPY
#define FILE_NEW_IMAGE FILE_TEMPORARY
#define FILE_NEW_TREE FILE_OTHER
#define FILE_NEW_IMAGE_AGAIN (FILES + 1)
#define FILE_NEW_TREE_AGAIN (FILES + 2)
#define FILE_GONE (FILES + 3) /* leaves a gap */

extern struct fat *install_fat;
extern int install_writes_left; /* then there is no space; negative: there always is */

/* Nothing is open any more: a process that a power cut has ended closes nothing. */
void install_forget(void);

#endif
