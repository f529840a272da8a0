# SPDX-License-Identifier: Apache-2.0
# The attack suite: tests/qemu/attacks.sh, and the list in tests/attacks.

.PHONY: check-attacks
#: make check-attacks  every attack, with its premise; prints the list
