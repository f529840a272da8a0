# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Attacks as whole boots, each with the premise that it works where the defence is missing.
