#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The runner itself: what counts as passed, and that nothing that died does.
# shellcheck disable=SC2016 # the commands are expanded by the runner's shells
run=$(realpath "$(dirname "$0")/../run")
failed=0

counts() { # NAME STATUS "LAST LINE" COMMAND...
	name=$1 status=$2 last=$3
	shift 3
	output=$(V=0 "$run" "$@" 2>&1)
	got=$?
	if [ $got -eq "$status" ] && [ "$(printf '%s\n' "$output" | tail -n 1)" = "$last" ]; then
		echo "ok run: $name"
	else
		echo "# status $got"
		printf '%s\n' "$output" | sed 's/^/# /; s/^# not ok/# (not ok)/'
		echo "not ok run: $name"
		failed=1
	fi
}

counts 'all good' 0 '3 passed, 0 failed' 'echo ok a; echo ok b' 'echo ok c'
counts 'one bad, and it goes on' 1 '2 passed, 1 failed' 'echo not ok a; exit 1' 'echo ok b; echo ok c'
counts 'bad with status 0' 1 '0 passed, 1 failed' 'echo not ok a'
counts 'good, then dies' 1 '1 passed, 1 failed' 'echo ok a; kill -SEGV $$'
counts 'good, then status 1' 1 '1 passed, 1 failed' 'echo ok a; exit 1'
counts 'bad, then dies' 1 '0 passed, 2 failed' 'echo not ok a; kill -ABRT $$'
counts 'says nothing' 1 '0 passed, 1 failed' true
counts 'is not there' 1 '1 passed, 1 failed' /nonexistent/test 'echo ok a'
counts 'no commands' 1 '0 passed, 0 failed'
counts 'only whole lines count' 1 '0 passed, 1 failed' 'echo "  ok a"; echo "ok"; echo nok ok b'
counts 'errors and output together' 0 '1 passed, 0 failed' 'echo ok a >&2'
exit $failed
