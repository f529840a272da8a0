# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Faults as whole boots: hangs that the watchdog ends, disks that fail, power cuts.
