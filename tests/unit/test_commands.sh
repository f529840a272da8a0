#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The commands that README and docs/ tell people to type are there: make's targets and variables, the tools'
# commands and options, the scripts. What they do, the other tests show; tests/pages runs those that are cheap, and
# tests/sign/test_ceremony.sh the whole ceremony of docs/signing.md.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath "${BUILD:-build}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$top" || exit 1
failed=0

# commands PAGE...: one a line, of those in indented lines and in `...`; comments, and what is piped on, left out
commands() {
	{
		sed -n ':more; /^    .*\\$/{N; s/\\\n *//; b more}; s/^    //p' "$@"
		# shellcheck disable=SC2016 # backquotes are those of the pages
		grep -ohE '`(make|bbctl|bbsign|bbprovision|(build|tests)/[^` ]*)( [^`]*)?`' "$@" | tr -d '`'
	} | sed 's/ #.*//; s/ [|] .*//' | sed 's/ *\(&&\|;\) */\n/g' |
		grep -E '^(make|bbctl|bbsign|bbprovision|build/host/[a-z]+|tests/[a-z/-]+)( |$)' | sort -u
}

makefiles() {
	cat Makefile ./*/*.mk ./*/*/*.mk ./*/*/*/*.mk tests/run 2>/dev/null
}
makefiles >"$work/makefiles"

check_make() { # WORD...
	for word; do
		case $word in
		-* | *.conf | */*) ;;
		*=*) grep -qE "[$][({]?${word%%=*}\b" "$work/makefiles" || echo "no variable ${word%%=*}" ;;
		*) grep -qE "^([a-z -]+ )?$word( [a-z -]*)?:" "$work/makefiles" || echo "no target $word" ;;
		esac
	done
}

# What follows a tool's name: a command of it, and options of that one.
check_tool() { # TOOL COMMAND OPTION...
	tool=$1
	[ $# -gt 1 ] || return
	[ "$2" != --help ] && [ "$2" != COMMAND ] || return
	"$build/host/unit/$tool" --help | grep -q "^  $2 " || echo "$tool has no command $2"
	"$build/host/unit/$tool" "$2" --help >"$work/help" 2>&1
	shift 2
	check_options "$@"
}

check_options() { # WORD...
	for word; do
		case $word in
		--help) ;;
		--*) grep -q -e "${word%%=*}\b" "$work/help" || echo "no option ${word%%=*}" ;;
		esac
	done
}

check_script() { # FILE WORD...
	[ -e "$1" ] || echo "no file $1"
	[ ! -f "$1" ] || cat "$1" "$(dirname "$1")"/lib.sh >"$work/help" 2>/dev/null
	shift
	check_options "$@"
}

# wrong COMMAND: what is wrong with it
wrong() {
	set -f
	# shellcheck disable=SC2086 # words
	set -- $1
	set +f
	case $1 in
	make) shift && check_make "$@" ;;
	bbctl | bbsign | bbprovision) check_tool "$@" ;;
	build/host/bbctl | build/host/bbsign) tool=${1##*/} && shift && check_tool "$tool" "$@" ;;
	build/host/*) grep -q "host/${1##*/}\b" "$work/makefiles" || echo "no rule for $1" ;;
	tests/*) check_script "$@" ;;
	esac
}

commands README.md docs/*.md >"$work/commands"
while IFS= read -r command; do
	wrong "$command" | sed "s|^|# $command: |"
done <"$work/commands" >"$work/wrong"
cat "$work/wrong"
count=$(wc -l <"$work/commands")
if [ ! -s "$work/wrong" ] && [ "$count" -gt 80 ]; then
	echo "ok commands: $count of README and docs"
else
	echo "not ok commands: of README and docs ($count)"
	failed=1
fi

# What is not there is noticed.
for command in 'make chek' 'make sign SLOOT=1' 'bbctl explane DISK' 'build/host/bbctl explain --opend DISK' \
	'bbprovision volumes --clos' 'build/host/mkchips -o chip' 'tests/qemu/cases slot_a' \
	'tests/qemu/boot --recordings'; do
	if [ -n "$(wrong "$command")" ]; then
		echo "ok commands: '$command' is noticed"
	else
		echo "not ok commands: '$command' passes"
		failed=1
	fi
done
exit $failed
