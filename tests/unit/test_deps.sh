#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# initramfs/deps: which versions and checksums are accepted, from the cache, without a network.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

result()	# STATUS NAME
{
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		sed 's/^/# /' "$work/output"
		failed=1
	fi
}

said()	# TEXT: in the output; an empty TEXT: no output at all
{
	if [ -n "$1" ]; then grep -q -- "$1" "$work/output"; else [ ! -s "$work/output" ]; fi
}

# judged EXPECTED TEXT STRICT TESTED SUM FOUND SUM: exit status and words of the policy
judged()
{
	expected=$1 text=$2
	strict=$3
	shift 3
	STRICT=$strict sh -eu -c '. "$0/policy"; judge thing "$@" "a remedy"' "$work/deps" "$@" \
		>"$work/output" 2>&1
	[ $? -eq "$expected" ] && said "$text"
}

# fetched EXPECTED TEXT: exit status and words of fetch with the table, the cache and no mirror
fetched()
{
	rm -rf "$work/out"
	APT_CONFIG="$work/apt.conf" "$work/deps/fetch" "$work/cache" "$work/apt" "$work/out" \
		>"$work/output" 2>&1
	[ $? -eq "$1" ] && said "$2"
}

cp -R "$top/initramfs/deps" "$work/deps"
good=$(printf good | sha256sum | cut -d' ' -f1)
bad=$(printf bad | sha256sum | cut -d' ' -f1)

judged 0 '' 0 1.2-3 "$good" 1.2-3 "$good"
result $? "the tested version: nothing to say"
judged 1 'not what was tested' 0 1.2-3 "$good" 1.2-3 "$bad"
result $? "the tested version with another checksum: refused"
judged 0 'NOTICE: thing 1.2-4 is newer than 1.2-3' 0 1.2-3 "$good" 1.2-4 "$bad"
result $? "a newer version: accepted with a notice"
judged 1 'STRICT=1 refuses it' 1 1.2-3 "$good" 1.2-4 "$bad"
result $? "a newer version, STRICT=1: refused"
judged 1 'older than 1.2-3' 0 1.2-3 "$good" 1.2-2 "$good"
result $? "an older version: refused"
judged 1 'older than 1:1.0' 0 1:1.0 "$good" 2.0 "$bad"
result $? "an epoch counts"

# From here on no mirror answers.
mkdir "$work/cache"
echo 'Acquire::http::Proxy "http://127.0.0.1:9"; Acquire::https::Proxy "http://127.0.0.1:9";
Acquire::Retries "0";' >"$work/apt.conf"
printf good >"$work/cache/$good"
echo "source thing thing trixie 1.2-3 thing_1.2.orig.tar.xz $good" >"$work/deps/table"
fetched 0 ''
result $? "a full cache: no network"
[ "$(cat "$work/out/thing.tar")" = good ]
result $? "the tarball is the cached one"

printf worse >"$work/cache/$good"
fetched 1 'fetch: '
result $? "a damaged file in the cache is not used"
[ ! -e "$work/out/thing.tar" ]
result $? "and nothing is put in its place"

exit $failed
