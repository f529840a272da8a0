# SPDX-License-Identifier: Apache-2.0
# The attack suite: tests/qemu/attacks*.sh, and the list in tests/attacks.

#: make check-attacks  every attack, with its premise; prints the list
.PHONY: check-attacks
check-attacks: setup
	@$(MAKE) --no-print-directory $(FAULT_INPUTS) $(MEDIA_ALL_INPUTS) $(STORY_INPUTS) $(UBOOT_INPUTS) $(PROVISION_INPUTS) \
		$(BUILD)/target/bbprovision-naive $(RECOVERY_INPUTS) $(TRUSTED_INPUTS) unit-build
	@echo "  TEST    attacks, each with its premise"
	@BUILD=$(BUILD) tests/attacks/run
