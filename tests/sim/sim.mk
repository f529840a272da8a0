# SPDX-License-Identifier: Apache-2.0
# Power cuts on a simulated disk.

.PHONY: check-sim
#: make check-sim  every story of the boot state, cut at every write, on a simulated disk
