#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbprovision config: what an installer's config.json asks for, and what the device gets of it.
# shellcheck disable=SC2317 # functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
bbprovision=$(realpath "${BUILD:-build}/host/unit/bbprovision")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

answers() { # DOCUMENT ANSWER
	printf '%s' "$1" >config.json
	[ "$("$bbprovision" config config.json)" = "$2" ]
}

refuses() { # DOCUMENT
	printf '%s' "$1" >config.json
	"$bbprovision" config config.json >out 2>err
	[ $? -eq 1 ] && grep -q '^bbprovision: config-bad: ' err &&
		! "$bbprovision" config --installed config.json >out 2>err && [ ! -s out ]
}

installs() { # DOCUMENT RESULT
	printf '%s' "$1" >config.json
	[ "$("$bbprovision" config --installed config.json)" = "$2" ]
}

check "true" answers '{"installer":{"secureboot":true}}' secureboot
check "false" answers '{"installer":{"secureboot":false}}' plain
check "nothing said" answers '{"apiKey":"x"}' plain
check "a word for true" refuses '{"installer":{"secureboot":"true"}}'
check "said twice" refuses '{"installer":{"secureboot":true},"installer":{}}'
check "garbage" refuses '{"installer":{"secureboot":true}'
check "the installer's member at the start" installs '{"installer":{"secureboot":true},"a":1}' '{"a":1}'
check "in the middle" installs '{"a":1, "installer" : {"x":[{"}":"]"}]} , "b":2}' '{"a":1, "b":2}'
check "at the end" installs '{"a":[1,2],"installer":true}' '{"a":[1,2]}'
check "alone" installs '{ "installer": {"secureboot":true} }' '{}'
check "not there" installs '{ "a" : "x" }' '{ "a" : "x" }'
check "empty" installs '{ }' '{}'
check "spelt with escapes" installs '{"\u0069nstaller":{"secureboot":true},"a":1}' '{"a":1}'
check "another name that begins so" installs '{"installers":1,"installe":2}' '{"installers":1,"installe":2}'
check "further in" installs '{"a":{"installer":1}}' '{"a":{"installer":1}}'
check "the word as a value, brackets in strings" installs '{"a":"installer","b":"\"},{","installer":1}' \
	'{"a":"installer","b":"\"},{"}'
check "a name with an escaped quote" installs '{"installer\"":1,"\\":2}' '{"installer\"":1,"\\":2}'
check "no object" installs '[1]' '[1]'
check "not with --json" sh -c "echo {} >c; ! '$bbprovision' config --json --installed c"
exit $failed
