#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign hab-verify from outside: what it says of good files, by which reason it rejects others, and that it
# also takes what NXP's tools leave. Each attack by itself is in tests/unit/test_hab_check.c.
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

export SOURCE_DATE_EPOCH=1767225600
load=0x40480000
ivt=12288	# where the IVT of all files here is

make_inputs() {
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image && gzip -c Image >Image.gz || return 1
	"$top/tests/unit/make-dtb" 3000 >dtb && pki 2048 && pki 4096 || return 1
	exits 0 srk --pki "$shared/pki-2048" --table table --fuses fuses &&
		exits 0 srk --pki "$shared/pki-4096" --table table --fuses others || return 1
	for in in Image Image.gz dtb; do
		exits 0 hab --pki "$shared/pki-2048" --passphrase-file "$passphrase" --slot 1 --load-addr "$load" \
			-o "$in.signed" "$in" || return 1
	done
	exits 0 hab --pki "$shared/pki-4096" --passphrase-file "$passphrase" --slot 3 --load-addr 0x43000000 -o dtb.4096 dtb
}

verify() { # STATUS FILE WORD...
	status=$1 file=$2
	shift 2
	exits "$status" hab-verify --fuses fuses --load-addr "$load" "$file" "$@"
}

accepts() {
	verify 0 Image.signed && grep -q '^slot      1 (SRK2)$' out && grep -q '0x40480000 to 0x40483020, 12320 bytes' out &&
		grep -q '^image .*CN = IMG2_1_.*2026-01-01 00:00:00 UTC$' out && grep -q '^commands .*CN = CSF2_1_' out &&
		grep -qF 'CAAM (MID, RNG), OCOTP (SRK REVOKE)' out && ! grep -q packed out && [ ! -s err ] || return 1
	verify 0 dtb.signed && verify 0 Image.gz.signed && grep -q 'the file is packed' out &&
		verify 0 Image.signed --ivt-offset "$ivt" && verify 0 Image.signed --ivt-offset 0x3000 &&
		verify 0 Image.signed --revoked 5 && verify 0 Image.signed --rom && grep -q 'as a boot ROM does' out &&
		exits 0 hab-verify --fuses others --load-addr=0x43000000 --revoked=7 dtb.4096 && grep -q '^slot      3 ' out
}

as_json() {
	verify 0 Image.gz.signed --json && jq -e '.accepted and .packed and .mode == "strict" and .slot == 1 and
		.load_address == 1078460416 and .blocks == [{"start": 1078460416, "size": 12320}] and
		(.unlocks | length) == 2 and (.image_signer | contains("IMG2_1"))' out || return 1
	verify 1 Image.signed --json --revoked 2 && jq -e '.accepted == false and .reason.name == "slot-revoked" and
		.reason.detail == "slot 1" and (.reason.remedy | length) > 0' out
}

# rejects REASON FILE WORD...: by that reason, in words with what to do, and in JSON
rejects() {
	reason=$1 file=$2
	shift 2
	verify 1 "$file" "$@" && grep -q "^bbsign: $file: refused: $reason: " err && grep -q '^  what to do: .' err &&
		[ ! -s out ] && verify 1 "$file" "$@" --json && [ "$(jq -r .reason.name out)" = "$reason" ] ||
		{ cat out err; return 1; }
}

wrong_questions() {
	rejects slot-revoked Image.signed --revoked 2 && rejects load-address Image.signed --load-addr 0x40400000 &&
		rejects ivt-missing Image.signed --ivt-offset 4096 && rejects ivt-missing Image.signed --ivt-offset 0xffffffff &&
		rejects srk-hash Image.signed --fuses others && rejects load-address Image.signed --load-addr 0xfffff000 &&
		rejects ivt-missing Image && rejects ivt-missing /dev/null || return 1
	head -c 32 /dev/zero >zero && rejects fuses-zero Image.signed --fuses zero && head -c 31 fuses >short &&
		rejects fuses-size Image.signed --fuses short && cat fuses fuses fuses fuses >long &&
		rejects fuses-size Image.signed --fuses long && rejects fuses-size Image.signed --fuses /dev/null
}

changed() { # OFFSET BYTES: Image.signed with these bytes there
	perl -e 'local $/; $_ = <STDIN>; substr($_, $ARGV[0], length eval "\"$ARGV[1]\"") = eval "\"$ARGV[1]\""; print' \
		"$1" "$2" <Image.signed >damaged
}

damaged_files() {
	changed 100 '\x00\x01' && rejects image-digest damaged && changed 9000 x && rejects image-digest damaged &&
		changed $((ivt + 12)) x && rejects ivt-dcd damaged && changed $((ivt + 32)) x && rejects csf-header damaged &&
		changed $((ivt + 32 + 10)) '\x00' && rejects certificate-chain damaged || return 1
	head -c 15000 Image.signed >damaged && rejects csf-truncated damaged && head -c 12310 Image.signed >damaged &&
		rejects ivt-missing damaged && { cat Image.signed; echo; } >damaged && rejects trailing damaged || return 1
	{ head -c 12320 Image.signed; tail -c +12321 dtb.signed; } >damaged && rejects image-digest damaged &&
		{ head -c 12320 dtb.signed; tail -c +12321 dtb.4096; } >damaged && rejects srk-hash damaged
}

# The same in a packed file, which must itself be whole.
packed_files() {
	changed 100 x && gzip -c damaged >damaged.gz && verify 1 damaged.gz &&
		grep -q 'image-digest: what the packed file' err &&
		head -c 500 Image.gz.signed >cut.gz && verify 1 cut.gz && verify 1 cut.gz --json &&
		[ "$(jq -r .error.name out)" = kernel-gzip ] && { cat Image.gz.signed; echo; } >more.gz && verify 1 more.gz
}

# Premise: what strict mode refuses here, a ROM starts.
rom_takes() {
	{ cat Image.signed; echo junk; } >damaged && rejects trailing damaged && verify 0 damaged --rom &&
		changed $((ivt + 32 + 88 + 3)) '\x41' && rejects not-canonical damaged && verify 0 damaged --rom
}

# Told of no Unlock, NXP's CST adds one for CAAM's RNG at the end: a good signature, after which the OS lacks
# what it needs.
without_unlock() {
	nxp=$work/nxp
	cp -R "$shared/pki-2048" nxp && cat "$passphrase" "$passphrase" >nxp/keys/key_pass.txt || return 1
	exits 0 srk --pki nxp --table nxp/table --fuses nxp/fuses && head -c 12320 Image.signed >unsigned || return 1
	csf_text 2048 1 "$nxp/crts" "$nxp/table" "$load 0x0 12320 \"unsigned\"" |
		awk '/^\[Unlock\]/ { skip = 3 } skip-- <= 0' >csf.txt && ! grep -q Unlock csf.txt &&
		"$debs/cst/usr/bin/cst" -o csf.bin -i csf.txt && cat unsigned csf.bin >damaged || return 1
	rejects unlock-missing damaged && verify 0 damaged --rom && grep -q '^unlocks   CAAM (RNG)$' out
}

usage() {
	exits 0 hab-verify --help && grep -q '^usage: bbsign hab-verify ' out && exits 2 hab-verify &&
		exits 2 hab-verify Image.signed && exits 2 hab-verify --fuses fuses Image.signed &&
		verify 2 absent && verify 2 Image.signed dtb.signed && verify 2 Image.signed --fuses absent &&
		verify 2 Image.signed --revoked 8 && verify 2 Image.signed --load-addr 0x140480000 &&
		verify 2 Image.signed --load-addr 40480000h && verify 2 Image.signed --ivt-offset -4 &&
		verify 2 Image.signed --nonsense
}

check "inputs" make_inputs
check "accepted, and what is said of it" accepts
check "JSON" as_json
check "rejected: other fuses, addresses, offsets, revoked slots" wrong_questions
check "rejected: damaged files" damaged_files
check "rejected: damaged files that are packed" packed_files
check "--rom takes what a ROM takes" rom_takes
check "rejected: what CST signed without Unlock" without_unlock
check "usage" usage
exit "$failed"
