# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034 # failed is the script's exit status
# What test scripts share: sourced by tests/unit/test_*.sh and tests/sign/lib.sh.
suite=$(basename "$0" .sh)
suite=${suite#test_}
failed=0

# check WHAT COMMAND...: one test; what the command said is shown when it fails. A status of 77 says that it
# cannot be run on this machine, the last line why.
check() {
	what=$1
	shift
	"$@" >log 2>&1
	case $? in
	0) echo "ok $suite: $what" ;;
	77) echo "# skipped: $suite: $what: $(tail -n 1 log)" ;;
	*)
		echo "not ok $suite: $what"
		sed 's/^/# /' log
		failed=1
		;;
	esac
}
