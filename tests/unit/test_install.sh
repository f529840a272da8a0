#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make install and make uninstall, and what bash completes.
# shellcheck disable=SC2317 # functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath "${BUILD:-build}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
root="$work/a root"

in_top() { # MAKE-WORD...
	env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$top" BUILD="$build" DESTDIR="$root" PREFIX=/opt/bb "$@"
}

installs() {
	(umask 077 && in_top install) && (cd "$root" && find . -type f -printf '%m %p\n' | sort) >found || return 1
	{
		for tool in bbctl bbsign; do
			echo "755 ./opt/bb/bin/$tool"
			echo "644 ./opt/bb/share/bash-completion/completions/$tool"
		done
		for page in "$top"/man/*.[1-8]; do
			echo "644 ./opt/bb/share/man/man${page##*.}/${page##*/}"
		done
		for platform in imx8m qemu; do
			echo "644 ./opt/bb/share/doc/balena-bootloader/examples/$platform.conf"
		done
	} | sort | diff - found
}

installed_tools_run() {
	for tool in bbctl bbsign; do
		(cd / && "$root/opt/bb/bin/$tool" --version) | grep "^$tool [0-9]" || return 1
	done
}

# completes TEXT WORD...: what bash offers for the last word
completes() {
	expected=$1
	shift
	PATH="$root/opt/bb/bin:$PATH" bash -euc '
		. "$0"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_balena_bootloader "$1" "${!#}"
		echo ${COMPREPLY[*]-}' "$root/opt/bb/share/bash-completion/completions/bbctl" "$@" >offered
	grep -qx -- "$expected" offered || { cat offered; return 1; }
}

completion_knows() {
	completes 'image' bbctl im && completes '--svg' bbctl report --s && completes '' bbctl report f &&
		completes 'hab hab-verify' bbsign ha
}

uninstalls() {
	echo mine >"$root/opt/bb/bin/mine"
	in_top uninstall >log && [ "$(cd "$root" && find . -type f)" = ./opt/bb/bin/mine ]
}

check "make install puts tools, pages, examples and completions into their places, whatever the umask" installs
check "the installed tools run" installed_tools_run
check "bash completes commands and options" completion_knows
check "make uninstall takes away what was installed, and nothing else" uninstalls
exit $failed
