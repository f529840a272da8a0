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

# fetched KIND EXPECTED TEXT: exit status and words of fetch with the table, the cache and no mirror
fetched()
{
	rm -rf "$work/out"
	APT_CONFIG="$work/apt.conf" "$work/deps/fetch" "$1" "$work/cache" "$work/apt" "$work/out" \
		>"$work/output" 2>&1
	[ $? -eq "$2" ] && said "$3"
}

# Rows that no script would read as they are meant; there are some of each kind.
odd_rows()
{
	awk '/^#/ { next } { kinds[$1]++ }
	NF != 7 || length($7) != 64 || $7 !~ /^[0-9a-f]*$/ || $1 !~ /^(source|package|deb)$/ ||
		seen[$1, $2]++ { print "odd: " $0 }
	END { if (!kinds["source"] || !kinds["package"] || !kinds["deb"]) print "odd: a kind is missing" }' \
		"$top/initramfs/deps/table"
}

odd_rows >"$work/output"
[ ! -s "$work/output" ]
result $? "the table: kind, name, package, suite, version, file, checksum"

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
echo "source thing thing trixie 1.2-3 thing_1.2.orig.tar.xz $good
deb tool tool trixie 1.2-3 tool_1.2-3_amd64.deb $good" >"$work/deps/table"
fetched source 0 ''
result $? "a full cache: no network"
[ "$(cat "$work/out/thing.tar")" = good ]
result $? "the tarball is the cached one"
[ ! -e "$work/out/tool.deb" ]
result $? "packages are not fetched with the sources"
fetched deb 0 '' && [ "$(cat "$work/out/tool.deb")" = good ] && [ ! -e "$work/out/thing.tar" ]
result $? "a package comes from the cache too, without the sources"
fetched package 1 'usage: '
result $? "what is installed is not fetched"

printf worse >"$work/cache/$good"
fetched source 1 'fetch: '
result $? "a damaged file in the cache is not used"
[ ! -e "$work/out/thing.tar" ]
result $? "and nothing is put in its place"
fetched deb 1 'fetch: ' && [ ! -e "$work/out/tool.deb" ]
result $? "nor is a damaged package"

exit $failed
