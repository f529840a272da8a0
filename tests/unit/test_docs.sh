#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/errors.md has every error of src/error.h with its number, and no other; docs/porting.md every key
# of the configuration; links and the names of tests lead somewhere.
# shellcheck disable=SC2016 # backquotes are those of the pages
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

result() { # STATUS NAME
	if [ "$1" -eq 0 ]; then
		echo "ok docs: $2"
	else
		echo "not ok docs: $2"
		failed=1
	fi
}

# same FILE FILE NAME: the lines that are in one only are shown
same() {
	diff "$1" "$2" >"$work/diff"
	status=$?
	sed -n 's/^[<>]/#&/p' "$work/diff"
	[ -s "$1" ] || status=1
	result $status "$3"
}

# The page's errors as "NUMBER NAME", with a mark for a line that has not three parts: what it means with its
# cause, and what to do, in a few words each.
page_errors() { # PAGE
	awk -F ' *[|] *' '/^\| [0-9]+ \|/ {
		name = $3
		whole = NF == 6 && split($4, words, " ") > 3 && split($5, words, " ") > 1
		print $2, substr(name, 2, length(name) - 2) (name ~ /^`[a-z-]+`$/ && whole ? "" : " is not whole")
	}' "$1" | sort
}

sed -n 's/^[[:space:]]*X(\([0-9]*\), BB_[A-Z_]*, "\([a-z-]*\)".*/\1 \2/p' "$top/src/error.h" |
	sort >"$work/table"
page_errors "$top/docs/errors.md" >"$work/page"
same "$work/table" "$work/page" "errors.md is the table of src/error.h"

# differs NAME SED-PROGRAM: a page changed like this is not the table
differs() {
	sed "$2" "$top/docs/errors.md" >"$work/changed.md"
	page_errors "$work/changed.md" >"$work/changed"
	! cmp -s "$top/docs/errors.md" "$work/changed.md" && ! cmp -s "$work/table" "$work/changed"
	result $? "errors.md $1 is noticed"
}
differs "without an error" '/^| 36 |/d'
differs "with another name" 's/`disk-missing`/`disk-mising`/'
differs "with another number" 's/^| 71 |/| 17 |/'
differs "with an error twice" '/^| 20 |/p'
differs "with an error that there is not" '/^| 20 |/a | 99 | `no-such` | It means a thing that is not. | Do this or that. |'
differs "without an advice" '/^| 30 |/s/|[^|]*|$/| |/'
differs "without a meaning" '/^| 30 |/s/| [^|]* |\([^|]*|\)$/| |\1/'

grep -c '^[[:space:]]*X(' "$top/src/error.h" >"$work/lines"
wc -l <"$work/table" | tr -d ' ' >"$work/understood"
same "$work/lines" "$work/understood" "every line of the table is understood"

# Numbers, names and constants are stable, so none stands for two things.
for field in 1 2 3; do
	sed -n 's/^[[:space:]]*X(\([0-9]*\), \(BB_[A-Z_]*\), "\([a-z-]*\)".*/\1 \2 \3/p' "$top/src/error.h" |
		cut -d' ' -f$field | sort | uniq -d
done >"$work/twice"
sed 's/^/# twice: /' "$work/twice"
[ ! -s "$work/twice" ]
result $? "no error shares its number or name"

sed -n '/^static const struct setting keys\[\] = {/,/^};/s/^\t{ "\([a-z-]*\)".*/\1/p' "$top/src/config.c" |
	sort >"$work/keys"
sed -n '/^## 3/,/^## 4/s/^| `\([a-z-]*\)` |.*/\1/p' "$top/docs/porting.md" | sort >"$work/explained"
same "$work/keys" "$work/explained" "porting.md explains every key of the configuration"

# A name may stand in the next line.
tr -d '\n' <"$top/sign/hab-reason.h" | grep -o 'X(HAB_[A-Z_]*, "[a-z-]*"' | cut -d'"' -f2 | sort >"$work/table"
sed -n 's/^| `\([a-z-]*\)` |.*/\1/p' "$top/docs/hab-verify.md" | sort >"$work/page"
same "$work/table" "$work/page" "hab-verify.md has every reason of sign/hab-reason.h"

sed -n 's/^[[:space:]]*X(INSTALL_[A-Z_]*, "\([a-z-]*\)".*/\1/p' "$top/src/bbctl/install.h" | sort >"$work/table"
sed -n '/^## Installing/,/^## /s/^| `\([a-z-]*\)` | [^|]* [^|]* | [^|]* [^|]* |$/\1/p' "$top/docs/errors.md" |
	sort >"$work/page"
same "$work/table" "$work/page" "errors.md has every reason of bbctl install, with an advice"

sed -n 's/^[[:space:]]*X(PROVISION_[A-Z_]*, "\([a-z-]*\)".*/\1/p' "$top/src/bbprovision/reason.h" |
	sort >"$work/table"
sed -n '/^## Provisioning/,/^## /s/^| `\([a-z-]*\)` | [^|]* [^|]* | [^|]* [^|]* |$/\1/p' "$top/docs/errors.md" |
	sort >"$work/page"
same "$work/table" "$work/page" "errors.md has every reason of bbprovision, with an advice"

sed -n 's/^[[:space:]]*X(check_[a-z0-9_]*, "\([a-z0-9-]*\)", [A-Z0-9_]*).*/\1/p' "$top/src/bbctl/selftest.h" | sort >"$work/table"
selftest_page() { # PAGE: the checks with what they look at and what to do, in a few words each
	sed -n '/^## In this order/,/^## /p' "$1" | awk -F ' *[|] *' '/^\| `/ {
		if (NF == 5 && $3 != "" && split($4, words, " ") > 3) {
			gsub(/[`,]/, "", $2)
			for (i = split($2, names, " "); i; i--)
				print names[i]
		}
	}' | sort
}
selftest_page "$top/docs/first-board.md" >"$work/page"
same "$work/table" "$work/page" "first-board.md has every check of bbctl selftest, with an advice"
for change in '/^| `soc` |/d' 's/`key-damaged`/`key-damage`/' '/^| `rng` |/s/|[^|]*|$/| |/' 's/, `probe` |/ |/'; do
	sed "$change" "$top/docs/first-board.md" >"$work/changed.md"
	selftest_page "$work/changed.md" >"$work/changed"
	! cmp -s "$top/docs/first-board.md" "$work/changed.md" && ! cmp -s "$work/table" "$work/changed"
	result $? "first-board.md changed by $change is noticed"
done

# Links from page to page.
for page in "$top"/README.md "$top"/docs/*.md; do
	grep -o '](\([^):#]*\))' "$page" | tr -d ']()' | while read -r link; do
		[ -e "$(dirname "$page")/$link" ] || echo "${page##*/}: $link"
	done
done >"$work/broken"
sed 's/^/# /' "$work/broken"
[ ! -s "$work/broken" ]
result $? "links lead to files"

# The whole-boot cases that threats.md names.
for suite in cases attacks faults installer story recovery device; do
	"$top/tests/qemu/case" --list $suite
done | sort -u >"$work/cases"
grep -o '`case_[a-z0-9_][a-z0-9_]*`' "$top/docs/threats.md" | tr -d '`' | sed 's/^case_//' | sort -u >"$work/named"
comm -23 "$work/named" "$work/cases" >"$work/unknown"
sed 's/^/# no such case: /' "$work/unknown"
[ -s "$work/named" ] && [ ! -s "$work/unknown" ]
result $? "the cases that threats.md names are there"

exit $failed
