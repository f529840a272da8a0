#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign efuses: no fuse file unless devices with these fuses start everything that was signed.
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

export SOURCE_DATE_EPOCH=1767225600

sign() { # PKI SLOT ADDRESS IN OUT
	exits 0 hab --pki "$shared/$1" --passphrase-file "$passphrase" --slot "$2" \
		--load-addr "$3" -o "$5" "$4"
}

make_inputs() {
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image &&
		gzip -c Image >Image.gz || return 1
	"$top/tests/unit/make-dtb" 3000 >dtb && pki 2048 && pki 3072 ||
		return 1
	sign pki-2048 1 0x40480000 Image image1 && sign pki-2048 1 0x40480000 Image.gz gz1 &&
		sign pki-2048 1 0x43000000 dtb dtb1 && sign pki-2048 2 0x43000000 dtb dtb2 &&
		sign pki-3072 1 0x43000000 dtb foreign || return 1
	exits 0 srk --pki "$shared/pki-2048" --table table --fuses expected
}

writes() {
	exits 0 efuses --development --table table -o fuses image1 gz1 dtb1 && cmp fuses expected &&
		[ ! -s err ] &&
		[ "$(grep -c '^SRK_HASH' out)" -eq 8 ] && grep -q 'development devices only' out ||
		return 1
	exits 0 efuses --development --table table -o fuses dtb2 --revoked 3 --json && cmp fuses expected &&
		jq -e '.written and .slot == 2 and .artifacts == 1 and .development' out &&
		jq -e '.words | length == 8' out
}

# none REASON ARTIFACT...: refused with that reason, in JSON too, and the file that was there stays
none() {
	reason=$1
	shift
	echo before >kept
	rm -f never
	exits 1 efuses --development --table table -o never "$@" && [ ! -e never ] && grep -qF -- "$reason" err ||
		{ cat err; return 1; }
	exits 1 efuses --development --table table -o kept --json "$@" && [ "$(cat kept)" = before ] &&
		[ "$(jq -r '.written, .reason.name' out | xargs)" = "false $reason" ]
}

spoilt() { # FILE OFFSET: a copy with one bit flipped
	perl -e 'local $/; $_ = <STDIN>; substr($_, $ARGV[0], 1) ^= "\1"; print' "$2" <"$1" >"$1.spoilt"
}

artifacts() {
	none ivt-missing Image && none ivt-missing image1 dtb && none slots-differ image1 dtb2 &&
		none srk-hash image1 foreign &&
		none slot-revoked image1 --revoked 2 && none packed truncated.gz || return 1
	spoilt image1 100 && none image-digest image1.spoilt && spoilt image1 12288 &&
		none ivt-missing image1.spoilt &&
		spoilt image1 $((12288 + 32 + 47)) && none csf-digest gz1 image1.spoilt || return 1
	{ cat dtb1; printf x; } >longer && none trailing longer && head -c 14000 dtb1 >shorter &&
		none csf-truncated shorter
}

# bad_table STATUS TEXT: a table that no fuses must be made of, whatever it came with
bad_table() {
	rm -f never
	exits "$1" efuses --development --table bad -o never dtb1 && [ ! -e never ] &&
		grep -qF -- "$2" err || { cat err; return 1; }
}

tables() { # a record of RSA-2048 has 271 bytes
	head -c 1088 /dev/zero >bad && bad_table 1 'does not begin as an SRK table' &&
		head -c 1087 table >bad &&
		bad_table 1 'another length' && : >bad && bad_table 1 'does not begin' &&
		head -c 5000 /dev/zero >bad &&
		bad_table 1 'longer than any' && rm bad && bad_table 2 'cannot be read' || return 1
	{ head -c 275 table; tail -c +5 table | head -c 271; tail -c 542 table; } >bad &&
		bad_table 1 'are the same' || return 1
	{ head -c 4 table; for _ in 1 2 3 4; do tail -c +5 table | head -c 271; done; } >bad &&
		bad_table 1 'are the same' || return 1
	perl -e 'local $/; $_ = <STDIN>; substr($_, 16, 256) = "\0" x 256; print' <table >bad &&
		bad_table 1 'none of RSA' || return 1
	perl -e 'local $/; $_ = <STDIN>; substr($_, 11, 1) = "\0"; print' <table >bad &&
		bad_table 1 'certificate authority'
}

production() {
	pki 2048 production && sign pki-2048-production 0 0x43000000 dtb dtb0 &&
		exits 0 srk --pki "$shared/pki-2048-production" --table table --fuses expected &&
		exits 0 efuses --table table -o fuses dtb0 && cmp fuses expected &&
		! grep -q development out
}

# Without being told that they may be: devices closed with keys that are easily lost
development() {
	exits 1 efuses --table table -o never image1 && grep -qF development-keys err && [ ! -e never ]
}

# The table of a PKI directory, which knows what is revoked
of_a_tree() {
	exits 0 efuses --development --pki "$shared/pki-2048" -o fuses image1 && cmp fuses expected &&
		cp -r "$shared/pki-2048" tree && exits 0 pki --out tree --revoke 1 || return 1
	rm -f never
	exits 1 efuses --development --pki tree -o never image1 && grep -qF slot-revoked err && [ ! -e never ]
}

# An artifact is not overwritten
output_is_input() {
	cp image1 same && exits 2 efuses --development --table table -o same same && cmp image1 same
}

usage() {
	exits 0 efuses --help && grep -q '^usage: bbsign efuses ' out && exits 2 efuses &&
		exits 2 efuses --development --table table -o never &&
		exits 2 efuses --development --table table dtb1 && exits 2 efuses -o never dtb1 &&
		exits 2 efuses --nonsense &&
		exits 2 efuses --development --table table -o never --revoked 8 dtb1 &&
		exits 2 efuses --development --table table -o never dtb1 absent &&
		exits 2 efuses --development --table table -o absent/never dtb1 && [ ! -e never ]
}

check "inputs" make_inputs
head -c 100 Image.gz >truncated.gz
check "writes the fuse file of what is accepted" writes
check "refused: artifacts that such devices would not start, or not together" artifacts
check "refused: tables that no fuses must be made of" tables
check "refused: fuses of development keys" development
check "the table of a PKI, and what it says is revoked" of_a_tree
check "the output is none of the artifacts" output_is_input
check "usage" usage
check "fuses for production" production
exit "$failed"
