#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbctl report for people: what happened, why and what to do, the charts, the metrics, and reports that are
# filed. Usage: test_report.sh [BBCTL]
# shellcheck disable=SC2012,SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
top=$(cd "$(dirname "$0")/../.." && pwd)
bbctl=$(realpath "${1:-${BUILD:-build}/host/bbctl}")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

exits() { # STATUS WORD...: of bbctl report; its output is in out and err
	status=$1
	shift
	"$bbctl" report "$@" >out 2>err
	got=$?
	[ "$got" -eq "$status" ] || { echo "report $*: status $got, not $status"; cat out err; return 1; }
}

says() { # TEXT...: each in the last output, however its lines are broken
	tr -s '\n ' '  ' <out >flat
	for text in "$@"; do
		grep -qF -- "$text" flat || { echo "not said: $text"; cat out; return 1; }
	done
}

# A boot in which slot A's override is missing and its kernel is refused, and slot B comes up.
make_reports() {
	sed 's/^\t*//' >good <<-'END'
		{"error":null,"version":"0.1.0","variant":"production","stage":"bootloader","device":"closed","disk":"vda",
		"layout":2,"slot":"B","override":null,"why":"update","bootcount":1,"attempts":[
		{"slot":"A","override":"5.15.1","error":{"name":"kernel-missing","number":60,"stage":"kernel",
		"detail":"boot-by-abi/5.15.1/Image: No such file or directory"}},
		{"slot":"A","override":null,"error":{"name":"kernel-refused","number":71,"stage":"load",
		"detail":"boot/Image.gz: Operation not permitted"}},{"slot":"B","override":null,"error":null}],
		"kernel":{"path":"boot/Image.gz","size":30015488,"sha256":"aa","signer":"a","version":1},
		"enforcement":{"lockdown":"integrity","checked":true,"rng_wait":1200},"dropped_words":["x"],"warnings":["w"],
		"stages":[{"name":"start","start":640000,"end":651000},{"name":"volumes","start":869100,"end":931000},
		{"name":"kernel","start":931100,"end":935000},{"name":"volumes","start":935100,"end":996000},
		{"name":"kernel","start":996100,"end":1596000},{"name":"load","start":1596100,"end":1996000},
		{"name":"volumes","start":1996100,"end":2096000},{"name":"kernel","start":2096100,"end":2696000},
		{"name":"load","start":2696100,"end":0}]}
	END
	sed 's/^\t*//' >bad <<-'END'
		{"error":{"name":"key-refused","number":36,"stage":"key","detail":"/dev/caam-keygen: Bad message"},
		"version":"0.1.0","variant":"production","stage":"bootloader","device":"closed","disk":"vda","layout":1,
		"enforcement":{"lockdown":"integrity","checked":true,"rng_wait":0},"dropped_words":[],"warnings":[],
		"stages":[{"name":"start","start":640000,"end":651000},{"name":"key","start":651100,"end":931000}]}
	END
	head -c 4096 /dev/zero | tr '\0' ' ' >empty
	exits 0 good && exits 0 bad && exits 0 empty
}

# Every error of the table: its meaning, its cause and its remedy, in whole sentences and without the page's marks.
every_error_has_its_text() {
	sed -n 's/^[[:space:]]*X(\([0-9]*\), BB_[A-Z_]*, "\([a-z-]*\)".*/\1 \2/p' "$top/src/error.h" >table
	[ "$(wc -l <table)" -gt 35 ] || return 1
	while read -r number name; do
		printf '{"error":{"name":"%s","number":%s}}' "$name" "$number" >r
		exits 0 r && says "given up: $name ($number)" 'This means: ' 'Cause: ' 'What to do: ' "docs/errors.md, \"$name\"" ||
			return 1
		sed -n '/^  What to do:/,/^  See also/p' out | grep -qE '[`]|\]\(|\*\*|[Aa]s above' && { cat out; return 1; }
		awk -F ' *[|] *' -v n="$number" '$2 == n { print $5 }' "$top/docs/errors.md" |
			sed 's/\[[^]]*\](\([^)#]*\)[^)]*)/docs\/\1/g; s/`//g' >remedy
		[ -s remedy ] && says "What to do: $(cat remedy) See also" || return 1
	done <table
}

words() {
	exits 0 bad && says 'given up: key-refused (36) in stage key: /dev/caam-keygen: Bad message' \
		'A blob cannot move between chips or states: install again on this chip in this state.' 'time 0.931 s' || return 1
	exits 0 good && says 'The boot went well.' 'Attempt 1 failed: kernel-missing (60).' \
		'Attempt 2 failed: kernel-refused (71).' \
		'because: update (an update is on trial)' 'time 2.696 s' || return 1
	# What an attempt had too is not explained twice.
	printf '{"error":{"name":"key-refused","number":36},"attempts":[{"error":{"name":"key-refused","number":36}}]}' >r
	exits 0 r && [ "$(grep -c 'What to do' out)" -eq 1 ]
}

several() {
	exits 0 good bad empty && says '== Report 1 of 3: good ==' '== Report 3 of 3: empty == Empty: ' || return 1
	exits 0 good bad empty --json && [ "$(jq -r '.report.error.number // "none"' out | tr '\n' ' ')" = \
		'none 36 none ' ] &&
		[ "$(wc -l <out)" -eq 3 ] || return 1
	echo '{' >r && exits 1 good r bad && says 'Report 3 of 3' && grep -q 'r: no boot report: not JSON' err &&
		exits 2 good absent bad && says 'Report 3 of 3'
}

wrong_words() {
	exits 2 && exits 2 good bad --svg && exits 2 good bad --metrics && exits 2 good --svg --json &&
		exits 2 good --output x &&
		exits 2 good --max 3 && exits 2 good --keep . --max 0 && exits 2 good --keep . --max 1001 && [ ! -e x ]
}

timeline() {
	exits 0 good --timeline && [ "$(grep -c '|' out)" -eq 10 ] && [ "$(grep -c 'X.*failed$' out)" -eq 2 ] &&
		grep -q '^  (kernel)  *|#' out && grep -q '^  load .*>| .*no end$' out && ! grep -q '^  load .*>.*failed' out &&
		exits 0 bad --timeline && grep -q '^  key .*X.*failed$' out && exits 0 bad good --timeline &&
		says 'Report 2 of 2' ||
		return 1
	echo '{}' >r && exits 0 r --timeline && says 'no times'
}

xml() { # FILTER: true of the chart that was printed last
	xmllint --noout out && [ "$(xmllint --xpath "$1" out)" = true ] || { echo "not $1"; cat out; return 1; }
}

svg() {
	exits 0 good --svg && xml 'contains(//*[local-name()="title"], "Boot into root B, 2.696 s")' &&
		xml 'count(//*[contains(@class, "failed")]) = 2' && xml 'count(//*[@class="name"]) = 10' &&
		xml 'contains(//*[@class="bad"][1], "attempt 1, root A: kernel-missing (60)")' &&
		xml 'count(//*[.="599.9 ms"]) = 2' || return 1
	exits 0 bad --svg --output chart.svg && [ ! -s out ] && cp chart.svg out &&
		xml 'contains(//*[@class="title"], "given up: key-refused (36)")' &&
		xml 'contains(//*[@class="bad"], "/dev/caam-keygen: Bad message")' || return 1
	exits 1 empty --svg && echo '{}' >r && exits 0 r --svg && xml 'count(//*[@class="name"]) = 1'
}

installer() {
	printf '{"error":null,"stage":"flasher","installer":{"medium":"sda2","authenticated":true,"version":7},"stages":[]}' >r
	exits 0 r && says 'installer on sda2, authenticated, version 7' && exits 0 r --svg &&
		xml 'contains(//*[@class="title"], "installer on sda2")' &&
		exits 0 r --metrics && grep -qx 'balena_bootloader_installer_authenticated 1' out || return 1
	printf '{"installer":{"medium":"\u001b","authenticated":false}}' >r && exits 0 r &&
		says 'installer on ?, NOT AUTHENTICATED'
}

# No string of a report gets out of its place; numbers have no end.
svg_of_a_hostile_report() {
	for string in '</text><script>' '&amp;&bad;' '\" onload=\"x' ']]>' '<!--' '\u0000\u001b\u2028' "'"; do
		printf '{"error":{"name":"%s","number":-9223372036854775808,"stage":"%s","detail":"%s"},"slot":"%s","version":"%s",
			"disk":"%s","attempts":[{"slot":"%s","error":{"name":"%s","stage":"%s"}}],
			"stages":[{"name":"%s","start":9223372036854775807,"end":1},{"name":"%s","start":-5,"end":9223372036854775807}]}' \
			"$string" "$string" "$string" "$string" "$string" "$string" "$string" "$string" "$string" "$string" "$string" >r
		exits 0 r --svg && xml 'count(//*) < 90' && exits 0 r --timeline && exits 0 r --metrics && exits 0 r || return 1
	done
	printf '{"stages":[%s{}]}' "$(printf '%01000d' 0 | sed 's/0/{},/g')" >r && exits 0 r --svg &&
		xml 'count(//*[@class="name"]) = 25' &&
		says '977 stages more' && exits 0 r --timeline && says 'and 977 more'
}

# As the text format of Prometheus wants it: one HELP and TYPE in front of each name, no sample twice, numbers.
metrics_are_well_formed() {
	awk '/^# HELP /{ help[$3]++; next } /^# TYPE /{ type[$3]++; if ($4 != "gauge") exit 1; next }
		{ name = $0; sub(/[{ ].*/, "", name); sample = $0; sub(/ [^ ]*$/, "", sample)
		  if (seen[sample]++ || help[name] != 1 || type[name] != 1) { print "wrong: " $0; bad = 1 }
		  if ($NF !~ /^-?[0-9]+([.][0-9]+)?$/) { print "no number: " $0; bad = 1 } } END { exit bad }' out
}

metrics() {
	exits 0 good --metrics && metrics_are_well_formed || return 1
	for line in 'error_number 0' 'attempts 3' 'failed_attempts 2' 'bootcount 1' 'layout 2' 'enforced 1' 'warnings 1' \
		'rng_wait_seconds 0.001200' 'boot_seconds 2.696100' 'stage_seconds{place="05",stage="kernel"} 0.599900'; do
		grep -qxF "balena_bootloader_$line" out || { echo "no $line"; cat out; return 1; }
	done
	grep -q '^balena_bootloader_info{version="0.1.0",.*slot="B",why="update",lockdown="integrity",error=""} 1$' \
		out || return 1
	exits 0 bad --metrics --output m.prom && grep -qx 'balena_bootloader_error_number 36' m.prom &&
		exits 0 empty --metrics && metrics_are_well_formed || return 1
	printf '{"slot":"a\\"b\\\\c\\nd","stages":[{"name":"\\"","start":1,"end":2},{"name":"\\"","start":1,"end":2}]}' >r
	exits 0 r --metrics && metrics_are_well_formed && grep -qF 'slot="a\"b\\c?d"' out && grep -qF 'stage="\""' out
}

filed() { # NAME...: the directory has these and no others
	[ "$(ls kept | tr '\n' ' ')" = "$*${*:+ }" ] || { echo "not $*:"; ls kept; return 1; }
}

keep() {
	mkdir kept && exits 0 good empty absent bad --keep kept && says 'filed as kept/00000001.json' &&
		filed 00000001.json 00000002.json &&
		exits 0 kept/*.json && says '== Report 2 of 2' 'key-refused' || return 1
	# The same again, padded as on the disk: nothing new.
	{ cat bad; head -c 4096 /dev/zero | tr '\0' ' '; } | head -c 4096 >padded
	exits 0 good padded --keep kept && [ ! -s out ] && filed 00000001.json 00000002.json || return 1
	for n in 3 4 5; do
		echo "{\"version\":\"$n\"}" >r && exits 0 bad r --keep kept --max 3 || return 1
	done
	# bad is the oldest but still there to be filed: it stays, the others go.
	filed 00000002.json 00000004.json 00000005.json &&
		cmp -n "$(wc -c <kept/00000002.json)" kept/00000002.json bad || return 1
	exits 0 good --keep kept --max 1 && filed 00000006.json
}

keep_refused() {
	rm -rf kept && exits 2 good --keep kept && mkdir kept && echo '{' >r && exits 1 r bad --keep kept &&
		filed 00000001.json || return 1
	# What is not ours stays; what a power cut left of ours goes.
	touch kept/1.json kept/00000001.jsonx kept/x00000002.json kept/00000002.json.aB3xYz &&
		exits 0 good --keep kept --max 1 &&
		filed 00000001.jsonx 00000002.json 1.json x00000002.json || return 1
	rm kept/* && touch kept/99999999.json && exits 2 good --keep kept && filed 99999999.json || return 1
	rm kept/* && echo '{"version":"1"}' >r && exits 0 r --keep kept && mkdir kept/00000002.json.aB3xYz &&
		exits 2 good --keep kept && grep -q 'cannot be removed' err
}

keep_is_bounded() {
	rm -rf kept && mkdir kept
	for n in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '{"version":"%s%03000d"}' "$n" 0 >r && exits 0 r --keep kept --max 5 &&
			[ "$(find kept -type f | wc -l)" -le 5 ] &&
			[ "$(cat kept/* | wc -c)" -le 20480 ] || return 1
	done
	filed 00000008.json 00000009.json 00000010.json 00000011.json 00000012.json
}

check 'reports' make_reports
check 'every error has its text' every_error_has_its_text
check 'what, why and what to do' words
check 'several files' several
check 'wrong words' wrong_words
check 'timeline' timeline
check 'chart' svg
check 'installer' installer
check 'chart of a hostile report' svg_of_a_hostile_report
check 'metrics' metrics
check 'reports are filed' keep
check 'reports are filed, refused' keep_refused
check 'filed reports are bounded' keep_is_bounded
exit $failed
