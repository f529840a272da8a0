// SPDX-License-Identifier: Apache-2.0
// Finds the device's fuses and disk; see device.h.

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "disk.h"
#include "error.h"
#include "fuses.h"
#include "system.h"

// On a filesystem that a restart empties. The host's tests have it in a directory of theirs.
#ifndef CLOSING_MARK
#define CLOSING_MARK "/run/bbprovision.closing"
#endif

// Unlike /init, which a device must get past, nothing here goes on with a state that is assumed.
static int read_closed(struct provision *p, bool *ret)
{
	cleanup_fd int fd = fuses_open(p->config.fuses, O_RDONLY);
	uint32_t word = 0;
	int error = fd < 0 ? fd : fuses_read(fd, FUSE_BOOT_CFG0, &word);

	if (error)
		return provision_refuse(p, PROVISION_FUSES_UNREADABLE, "%s: %s", p->config.fuses,
			strerror(-error));
	*ret = word & FUSE_SEC_CONFIG_CLOSED;
	return STATUS_GOOD;
}

void device_read_volumes(struct device *d)
{
	d->fault = (struct report_fault){ 0 };
	disk_wait_volumes(d->uevents, d->disk, d->closed, &d->volumes, &d->fault);
}

static int find_disk(struct provision *p, struct device *d)
{
	struct report_fault fault = { 0 };

	d->uevents = disk_open_uevents();
	if (d->uevents < 0)
		return provision_refuse_error(p, BB_SYSTEM, "uevents: %s", strerror(-d->uevents));
	if (disk_wait(d->uevents, p->config.disk, p->config.disk_timeout, d->disk, sizeof(d->disk),
	    &fault))
		return provision_refuse_fault(p, &fault);
	device_read_volumes(d);
	return STATUS_GOOD;
}

int device_find(struct provision *p, struct device *ret)
{
	int status = provision_read_config(p);

	if (!status)
		status = read_closed(p, &ret->closed);
	return status ? status : find_disk(p, ret);
}

int device_mark_closing(struct provision *p)
{
	cleanup_fd int fd = open(CLOSING_MARK, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 ? provision_refuse_error(p, BB_SYSTEM, CLOSING_MARK ": %s", strerror(errno)) :
		STATUS_GOOD;
}

int device_find_closed(struct provision *p, struct device *ret)
{
	int status = device_find(p, ret);

	if (status)
		return status;
	if (!ret->closed)
		return provision_refuse(p, PROVISION_NOT_CLOSED, "%s", p->config.fuses);
	if (!access(CLOSING_MARK, F_OK))
		return provision_refuse(p, PROVISION_RESTART_FIRST, CLOSING_MARK);
	return ret->fault.error ? provision_refuse_fault(p, &ret->fault) : STATUS_GOOD;
}
