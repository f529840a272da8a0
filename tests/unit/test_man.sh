#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# man/: every command, option, configuration key and stage stands in its page, and nothing else does; the
# pages are written as mandoc and groff want them.
# shellcheck disable=SC2015,SC2317 # functions are called through check; A && B || fail is meant
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
host=$(realpath "${BUILD:-build}/host")
pages=$top/man
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# commands PAGE: the names of the subsections of COMMANDS
commands() {
	sed -n '/^\.Sh COMMANDS/,/^\.Sh [^C]/s/^\.Ss //p' "$1"
}

# subsection PAGE NAME
subsection() {
	awk -v name="$2" '/^\.(Ss|Sh) / { inside = $0 == ".Ss " name } inside' "$1"
}

# page_options: those in the source of a page, as they are typed
page_options() {
	grep -oE 'Fl -?[a-z][a-z-]*' | sed 's/^Fl /-/' | sort -u
}

# help_options: those in what --help says
help_options() {
	grep -oE -- '(^|[^a-z-])(--[a-z][a-z-]*|-o) ?' | grep -oE -- '-[a-z-]*' | sort -u
}

# same FILE FILE: both have the same lines, and some
same() {
	[ -s "$1" ] && diff "$1" "$2"
}

commands_are_those() { # TOOL PAGE
	"$1" --help | sed -n 's/^  \([a-z][a-z-]*\)  *[^ ].*/\1/p' | sort >said
	commands "$2" | sort >written
	same said written
}

options_are_those() { # TOOL PAGE
	commands "$2" >names
	while read -r command; do
		"$1" "$command" --help | help_options >said
		subsection "$2" "$command" | page_options >written
		# What is said once for several commands is said in a section of its own.
		same said written || { echo "command $command"; return 1; }
	done <names
}

# What the program takes, --help says or not.
tables_are_in_page() { # PAGE SOURCE...
	page_options <"$1" >written
	shift
	grep -ohE -- '\{ "--?[a-z][a-z-]*",' "$@" | grep -oE -- '-[a-z-]+' | sort -u >taken
	[ -s taken ] && [ -z "$(comm -23 taken written)" ] || { comm -23 taken written; return 1; }
}

keys_are_those() {
	sed -n '/^static const struct setting keys\[\] = {/,/^};/s/^\t{ "\([a-z-]*\)".*/\1/p' "$top/src/config.c" |
		sort >keys
	sed -n '/^\.Sh DESCRIPTION/,/^\.Sh EX/s/^\.It Cm //p' "$pages/balena-bootloader.conf.5" | sort >written
	same keys written
}

example_is_good() {
	sed -n '/^\.Bd/,/^\.Ed/{/^\./d;p}' "$pages/balena-bootloader.conf.5" >example
	sed -n 's/^\([a-z-]*\) =.*/\1/p' example | sort | diff keys - || return 1
	"$host/unit/bbprovision" status --config example >said 2>&1
	! grep config-bad said && grep 'bbprovision: ' said
}

stages_are_those() {
	{
		echo start
		sed -n '/bootloader_stages\[\] = {/,/^};/s/^\t{ "\([a-z]*\)".*/\1/p' "$top/init/main.c"
	} >stages
	sed -n '/^\.Ss Stages/,/^\.El/s/^\.It Cm //p' "$pages/balena-bootloader.7" >written
	same stages written
}

# Pages refer to one another, so all of them are there.
lint() {
	for page in "$pages"/*.[1-8]; do
		mkdir -p "tree/man${page##*.}"
		cp "$page" "tree/man${page##*.}/"
	done
	/usr/sbin/makewhatis tree || return 1
	MANPATH=$work/tree mandoc -Tlint -W style tree/man?/* || return 1
	for page in tree/man?/*; do
		groff -mandoc -ww -z -Tutf8 "$page" 2>&1
	done >warnings
	[ ! -s warnings ] || { cat warnings; return 1; }
}

for tool in bbctl bbsign unit/bbprovision; do
	page=$(echo "$pages/${tool#unit/}".[1-8])
	check "${page##*/} has every command of --help, and no other" commands_are_those "$host/$tool" "$page"
	check "${page##*/} has every option of each command, and no other" options_are_those "$host/$tool" "$page"
done
check "bbctl.1 has every option that is taken" tables_are_in_page "$pages/bbctl.1" "$top"/src/bbctl/*.c
check "bbsign.1 has every option that is taken" tables_are_in_page "$pages/bbsign.1" "$top"/sign/*.c
check "bbprovision.8 has every option that is taken" tables_are_in_page "$pages/bbprovision.8" \
	"$top"/src/bbprovision/*.c
check "balena-bootloader.conf.5 has every key, and no other" keys_are_those
check "its example is a good configuration" example_is_good
check "balena-bootloader.7 has the bootloader's stages, in their order" stages_are_those
check "mandoc and groff find no fault" lint

# What a page lacks is noticed.
sed '/^\.Ss blob/,/^\.Ss image/{/^\.It Fl -key-size/d;/Op Fl -key-size/d}' "$pages/bbctl.1" >lacking.1
! options_are_those "$host/bbctl" lacking.1 >/dev/null
check "an option that a page lacks is noticed" [ $? -eq 0 ]
exit $failed
