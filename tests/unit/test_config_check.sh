#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kernel-config/check accepts a configuration that is what the fragments ask for, and refuses one that differs in any
# single symbol: each one asked for, each one forbidden.
# shellcheck disable=SC2013,SC2046,SC2086 # symbols and names of fragments are words
set -u

cd "$(dirname "$0")/../.." || exit 1
check=kernel-config/check
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

result()	# STATUS NAME
{
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=1
	fi
}

fragments()	# NAME...: their paths
{
	for name; do
		printf '%s ' "kernel-config/$name.config"
	done
}

refused()	# NAME SYMBOL CONFIG FRAGMENT...: exit status 1 and a line that names the symbol
{
	refused_name=$1 refused_symbol=$2
	shift 2
	"$check" "$@" >"$work/output" 2>&1
	if [ $? -ne 1 ] || ! grep -q ": $refused_symbol: wanted " "$work/output"; then
		echo "# $refused_name: $refused_symbol went through"
		return 1
	fi
}

# each_requested LABEL FRAGMENT...: every assignment left out, and every one replaced, in turn
each_requested()
{
	label=$1
	shift
	good=$work/$label.config
	# A later fragment overrides an earlier one: only the last assignment of a symbol counts.
	cat "$@" | awk '
		/^(# )?CONFIG_/ { key = $0; sub(/^# /, "", key); sub(/[= ].*/, "", key); last[key] = $0 }
		END { for (key in last) print last[key] }' >"$good"
	"$check" "$good" "$@"
	result $? "$label: as asked for"

	status=0
	for symbol in $(sed -n 's/^CONFIG_\([A-Za-z0-9_]*\)=.*/\1/p' "$good"); do
		grep -v "^CONFIG_$symbol=" "$good" >"$work/config"
		refused "$label, left out" "$symbol" "$work/config" "$@" || status=1
		echo "CONFIG_$symbol=wrong" >>"$work/config"
		refused "$label, another value" "$symbol" "$work/config" "$@" || status=1
	done
	for symbol in $(sed -n 's/^# CONFIG_\([A-Za-z0-9_]*\) is not set$/\1/p' "$good"); do
		grep -v "^# CONFIG_$symbol is" "$good" >"$work/config"
		echo "CONFIG_$symbol=y" >>"$work/config"
		refused "$label, switched on" "$symbol" "$work/config" "$@" || status=1
	done
	result $status "$label: any other value of a symbol asked for is refused"
}

# each_forbidden LABEL SCOPE...: every symbol forbidden in these scopes, added in turn
each_forbidden()
{
	label=$1
	shift
	status=0
	for scope; do
		for symbol in $(awk -v scope="$scope" -v all=" $* " '{ split($1, part, "!") }
				part[1] == scope && !(part[2] && index(all, " " part[2] " ")) { gsub(/\*/, "X", $2); print $2 }' \
				"kernel-config/forbidden"); do
			for value in y m; do
				{ cat "$work/$label.config"; echo "CONFIG_$symbol=$value"; } >"$work/config"
				refused "$label" "$symbol" "$work/config" $(fragments "$@") || status=1
			done
		done
	done
	result $status "$label: any forbidden symbol is refused"
}

kernel()	# LABEL FRAGMENT...
{
	each_requested "$1" $(shift; fragments "$@")
	each_forbidden "$@"
}

kernel qemu-production common bootloader qemu production
kernel imx8m-production common bootloader imx8m production
kernel os common qemu os
kernel imx8m-stub common bootloader imx8m production imx8m-stub
kernel os-imx8m common imx8m imx8m-serial imx8m-stub os
kernel imx8m-flasher common bootloader imx8m imx8m-flasher production

words()	# FRAGMENT
{
	sed -n 's/^CONFIG_CMDLINE="\(.*\)"/\1/p' "kernel-config/$1.config"
}

[ "$(words imx8m-development)" = "$(words bootloader) console=ttymxc1,115200" ]
result $? "the i.MX8M's development kernel has the bootloader's command line, and its console"

fixture=$work/qemu-production.config
all=$(fragments common bootloader qemu production)

{ cat "$fixture"; echo 'CONFIG_MSDOS_PARTITION=n'; echo '# CONFIG_USB is not set'; } >"$work/config"
"$check" "$work/config" $all
result $? "a forbidden symbol that is off is no fault"

echo 'CONFIG_BALENA_CAAM_STUB=y' >>"$fixture"
"$check" "$fixture" $all
result $? "a symbol is forbidden only in its scope"

# The USB of the flasher's kernel, in a kernel that is none.
{ cat "$work/imx8m-production.config"; grep USB "$work/imx8m-flasher.config"; } >"$work/config"
refused "USB in another kernel" USB "$work/config" $(fragments common bootloader imx8m production)
result $? "what a fragment is exempt from is refused without it"

"$check" "$work/absent" $all 2>/dev/null
[ $? -eq 2 ]
result $? "a configuration that is not there is an error"

: >"$work/empty"
! "$check" "$work/empty" $all >/dev/null
result $? "an empty configuration is refused"

make KERNEL=other help 2>&1 >/dev/null | grep -q 'there is no kernel-config/kernel-other.config'
result $? "a kernel version of which nothing is known is refused"

exit $failed
