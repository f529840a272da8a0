# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # failed is the script's exit status
# What test scripts share: sourced by tests/unit/test_*.sh and tests/sign/lib.sh.
suite=$(basename "$0" .sh)
suite=${suite#test_}
failed=0

# check WHAT COMMAND...: one test; what the command said is shown when it fails
check() {
	what=$1
	shift
	if "$@" >log 2>&1; then
		echo "ok $suite: $what"
	else
		echo "not ok $suite: $what"
		sed 's/^/# /' log
		failed=1
	fi
}
