#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The runner itself: what counts as passed, and that nothing that died does.
# shellcheck disable=SC2015,SC2016 # the commands are expanded by the runner's shells
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
counts 'several at a time' 1 '4 passed, 1 failed' -j 3 'echo ok a' 'echo not ok b' 'echo ok c' -- 'echo ok d' \
	'echo ok e'
counts 'killed with what watched it: nothing behind it counts' 1 '0 passed, 2 failed' 'kill -KILL $(sed "s/.*) . //; s/ .*//" /proc/$PPID/stat)' 'echo ok a'
counts 'words that the runner uses' 0 '1 passed, 0 failed' 'echo ok 1/TOTAL'
meet=$(mktemp -u) && mkfifo "$meet" || exit 1
counts 'at the same time' 0 '2 passed, 0 failed' -j 2 "timeout 60 sh -c 'echo >$meet' && echo ok a" \
	"timeout 60 cat $meet && echo ok b"
rm "$meet"
export LIMIT=1
counts 'one that never ends' 1 '2 passed, 1 failed' 'echo ok a; sleep 1000' 'echo ok b'
counts 'what is skipped has not passed' 1 '0 passed, 1 failed' 'echo "# skipped: a: b"'
exit $failed
