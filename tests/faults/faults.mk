# SPDX-License-Identifier: Apache-2.0
# Faults: hangs, failing disks, power cuts in real boots. tests/qemu/faults.sh has the cases.

.PHONY: check-faults soak
#: make check-faults  hangs, failing disks and replayed power cuts
