#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The boot state beside the operating system's own editors: grub-editenv, and sed as rollback-stop calls
# it, GNU's and busybox's. bbctl writes with the code that init writes with. Usage: test_bootenv_tools.sh [BBCTL]
# shellcheck disable=SC1003,SC2238,SC2317 # functions are called through check; env is a file
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
bbctl=$(realpath "${1:-${BUILD:-build}/host/bbctl}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

same() { # TEXT TEXT
	[ "$1" = "$2" ] || { echo "got: $1"; echo "not: $2"; return 1; }
}

get() { # KEY
	"$bbctl" env get env "$1"
}

state() { # FIELD: what init takes
	"$bbctl" env list env --json | jq -r ".state.$1"
}

grub_list() {
	grub-editenv env list | sort | tr '\n' ' '
}

fresh() {
	rm -f env
	grub-editenv env create
}

bbctl_then_grub() {
	fresh
	"$bbctl" env set env resin_root_part=B bootcount=1 upgrade_available=1 || return 1
	same "$(grub_list)" 'bootcount=1 resin_root_part=B upgrade_available=1 ' || return 1
	"$bbctl" env set env bootcount=10 resin_root_part=A || return 1
	same "$(grub_list)" 'bootcount=10 resin_root_part=A upgrade_available=1 ' || return 1
	grub-editenv env set resin_root_part=B foo=bar && grub-editenv env unset bootcount || return 1
	same "$(grub_list)" 'foo=bar resin_root_part=B upgrade_available=1 ' || return 1
	same "$(state root) $(state bootcount) $(state discarded)" 'B 0 0'
}

grub_then_bbctl() {
	fresh
	grub-editenv env set resin_root_part=B upgrade_available=1 bootcount=2 kernel_override_abi=5.15-a || return 1
	same "$(state root) $(state upgrade_available) $(state bootcount) $(state override)" 'B true 2 5.15-a' || return 1
	"$bbctl" env set env bootcount=3 kernel_override_abi= && same "$(state bootcount) $(state override)" '3 null' &&
		same "$(wc -c <env)" 1024
}

both_in_turn() {
	fresh
	for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 98 99 5 4; do
		"$bbctl" env set env "bootcount=$i" && grub-editenv env set "x$i=$i" &&
			same "$(grub-editenv env list | grep -c '^bootcount=')" 1 &&
			same "$(grub-editenv env list | sed -n 's/^bootcount=//p')" "$i" || return 1
		grub-editenv env set "bootcount=$((i / 2))" && same "$(state bootcount)" "$((i / 2))" || return 1
	done
}

escapes() {
	fresh
	grub-editenv env set 'foo=a\b\\c' && same "$(get foo)" 'a\b\\c' || return 1
	"$bbctl" env set --force env 'foo=x\y=#' 'bar=\' bootcount=4 || return 1
	grub-editenv env set resin_root_part=B || return 1
	same "$(grub-editenv env list | sed -n 's/^foo=//p')" 'x\y=#' && same "$(get bar)" '\' &&
		same "$(state bootcount) $(state root)" '4 B'
}

editor() { # COMMAND...: the literal sed of rollback-stop
	fresh
	grub-editenv env set resin_root_part=B bootcount=2 upgrade_available=1
	"$@" -i -e "s#bootcount=.*#bootcount=0 #g" env || return 1
	same "$(wc -c <env)" 1025 && same "$(state bootcount) $(state root)" '0 B' || return 1
	same "$("$bbctl" env list env | sed -n 2p)" 'bootcount=0 ' || return 1
	# Both go on with it as it is.
	"$bbctl" env set env bootcount=1 && same "$(wc -c <env)" 1025 || return 1
	same "$(grub_list)" 'bootcount=1 resin_root_part=B upgrade_available=1 ' || return 1
	grub-editenv env set bootcount=12 && same "$(state bootcount)" 12 || return 1
	"$@" -i -e "s#bootcount=.*#bootcount=0 #g" env && grub-editenv env set upgrade_available=0 &&
		same "$(state bootcount) $(state upgrade_available) $(state discarded)" '0 false 0'
}

# The last byte of the block must not move into the padding: no room is lost however often both edit.
many_rounds() {
	fresh
	grub-editenv env set resin_root_part=A bootcount=0
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		sed -i -e "s#bootcount=.*#bootcount=0 #g" env && "$bbctl" env set env "bootcount=$i" &&
			grub-editenv env set "foo=$i" || return 1
	done
	same "$(grub_list)" 'bootcount=20 foo=20 resin_root_part=A ' && same "$(state bootcount)" 20
}

full() {
	fresh
	value=$(printf '%0920d' 0)
	"$bbctl" env set --force env "k=$value" || return 1
	cp env before
	! "$bbctl" env set env extra_os_firmware_class_path=/any/path/that/is/longer/than/the/rest &&
		cmp env before || return 1
	"$bbctl" env set --force env "k=${value#00000000000}" bootcount= && grub-editenv env list >/dev/null
}

truncated() {
	: >env
	"$bbctl" env list env
	[ $? -eq 1 ] && "$bbctl" env set env bootcount=1
	[ $? -eq 1 ] && [ ! -s env ]
}

check 'what bbctl writes, grub-editenv reads and edits' bbctl_then_grub
check 'what grub-editenv writes, bbctl reads and edits' grub_then_bbctl
check 'both in turn' both_in_turn
check 'escapes' escapes
check 'sed of rollback-stop' editor sed
check 'sed of rollback-stop, busybox' editor busybox sed
check 'many rounds of all three' many_rounds
check 'a full block' full
check 'a truncated file is refused and left alone' truncated
exit $failed
