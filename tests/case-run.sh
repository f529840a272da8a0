# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # work and fault are the sourcing script's
# One case of a script, by its name: sourced by tests/qemu/case and tests/provision/check. A case that is not
# there, or says a word that nobody knows, has tested nothing.
run_case() { # NAME
	command -v "case_$1" >/dev/null || {
		fault 'there is no such case'
		return
	}
	"case_$1" 2>"$work/case.errors"
	cat "$work/case.errors" >&2
	! grep -q '^[^:]*: [0-9]*: .*: not found$' "$work/case.errors" || fault 'a command was not found'
}
