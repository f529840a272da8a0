#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What opens keys is seen neither by ps nor in a core file, nor in the memory by other programs of the same
# user. Each is first shown to be there to be seen.
# shellcheck disable=SC2015,SC2317,SC3045 # A && B || fail is meant; functions are called through check; dash has ulimit -c
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
secret='only the keeper knows this'
echo "$secret" >"$work/secret"
cp "$build/host/bbsign" "$work/bbsign" || exit 1	# the sanitizers suppress core files by themselves
user=''	# runs it as somebody who is not root
if [ "$(id -u)" = 0 ]; then
	user='setpriv --reuid 65534 --regid 65534 --clear-groups'
	chown -R 65534:65534 "$work"
fi

# Takes bbsign's defence away: what it would be without.
cat >naked.c <<-END
	#include <sys/prctl.h>
	#include <sys/resource.h>
	int prctl(int option, ...) { return option == PR_SET_DUMPABLE ? 0 : -1; }
	int setrlimit(__rlimit_resource_t r, const struct rlimit *l) { (void)r, (void)l; return 0; }
END
${CC:-cc} -shared -fPIC -o naked.so naked.c && chmod 755 naked.so || exit 1

# stopped PRELOAD: bbsign, stopped while it makes keys and so holds the passphrase; its id is in $pid
stopped() {
	rm -rf run
	$user mkdir run && cd run || return 1
	(ulimit -c unlimited && exec $user env LD_PRELOAD="$1" ../bbsign pki --out tree --bits 4096 \
		--passphrase-file ../secret) 2>progress &
	pid=$!
	cd ..
	until grep -q '2 of 16' run/progress; do
		kill -0 "$pid" || { cat run/progress; return 1; }
		sleep 0.05
	done
	kill -STOP "$pid"
}

crash() { # a crash ends it
	kill -ABRT "$pid"
	kill -CONT "$pid"
	wait "$pid" 2>/dev/null
	[ $? = 134 ] || { echo "it did not end by SIGABRT"; return 1; }
}

core_holds_it() { # without the defence
	stopped "$work/naked.so" && crash && ls -l run && cat run/core* | grep -qF "$secret"
}

no_core() {
	stopped '' && crash && ls -l run && ! ls run/core* 2>/dev/null
}

not_shown() { # what is shown is what was given: the file's name
	stopped '' || return 1
	tr '\0' ' ' <"/proc/$pid/cmdline" >shown
	tr '\0' '\n' <"/proc/$pid/environ" >>shown
	ls -l "/proc/$pid/fd" >>shown
	crash && grep -qF -- '--passphrase-file ../secret' shown && ! grep -qF "$secret" shown
}

memory_of() { # UID PRELOAD: whose the process's memory is to look into
	stopped "$2" || return 1
	owner=$(stat -c %u "/proc/$pid/mem")
	crash && [ "$owner" = "$1" ] || { echo "it is $owner's"; return 1; }
}

# Only where core files lie beside the program can one be looked for.
cores_lie_here() {
	case $(cat /proc/sys/kernel/core_pattern) in core | core.*) ;; *) return 1 ;; esac
	(ulimit -c unlimited) 2>/dev/null
}

check "the passphrase is in no argument, no variable" not_shown
check "the memory would be its user's to look into" memory_of "$($user id -u)" "$work/naked.so"
check "the memory is root's only" memory_of 0 ''
if cores_lie_here; then
	check "a core file would hold the passphrase" core_holds_it
	check "there is no core file" no_core
else
	echo "# skipped: $suite: there is no core file: they go elsewhere on this machine"
fi
exit $failed
