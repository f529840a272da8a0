#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What make bench makes of measurements: tables, and a chart that is XML and has a curve for each flow.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

result() { # STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok bench: $2"
	else
		echo "not ok bench: $2"
		failed=1
	fi
}

for flow in init:150 minimal:140 shell:900; do
	echo "boot 1 ${flow%:*} instructions:pid1-handover ${flow#*:}000000"
	echo "boot 2 ${flow%:*} instructions:pid1-handover ${flow#*:}900000"
	for point in size-gz:8 size-gz:64 size-raw:8 size-raw:64 partitions:6 partitions:64; do
		echo "${point%:*} ${point#*:} ${flow%:*} instructions:pid1-handover $((${point#*:} * 1000000))"
	done
done >"$work/results"

"$top/tests/bench/table" "$work/results" >"$work/tables"
grep -qF '| 150 to 151 | 140 to 141 | 900 to 901 |' "$work/tables" && grep -qF '| 1.07 | 1.00 | 6.43 |' "$work/tables" &&
	[ "$(grep -cF '| 64 | 64 | 64 | 64 |' "$work/tables")" -eq 3 ]
result $? "tables have what was measured"

"$top/tests/bench/chart" "$work/results" >"$work/chart.svg" && xmllint --noout "$work/chart.svg" &&
	[ "$(grep -c '<polyline' "$work/chart.svg")" -eq 9 ] && [ "$(grep -c '<circle' "$work/chart.svg")" -eq 18 ]
result $? "the chart has every curve and point"

grep -v ' minimal ' "$work/results" >"$work/without"
! "$top/tests/bench/chart" "$work/without" >/dev/null 2>&1
result $? "no chart without what is compared with"

# pad IMAGE SIZE OUT: of the size that was asked for, and that size is added to what the header says.
head -c 5000 /dev/urandom >"$work/image"
printf '\000\040\000\000\000\000\000\000' | dd of="$work/image" bs=1 seek=16 conv=notrunc status=none
"$top/tests/bench/pad" "$work/image" 20000 "$work/larger"
[ "$(stat -c %s "$work/larger")" -eq 20000 ] &&
	[ "$(od -A n -j 16 -N 8 -t u8 "$work/larger")" -eq $((8192 + 15000 + 65536)) ] &&
	[ "$(cmp -l "$work/image" "$work/larger" 2>/dev/null | awk '$1 < 17 || $1 > 24' | wc -l)" -eq 0 ]
result $? "an Image is padded"

exit $failed
