#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign info: every kind of file is told by its kind, and nothing in a file reaches the terminal as it is.
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

export SOURCE_DATE_EPOCH=1767225600

make_inputs() {
	directory=$(pki 2048) || return 1
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image && gzip -c Image >Image.gz || return 1
	"$top/tests/unit/make-dtb" 3000 >dtb
	perl -e 'print "\x7fELF", pack("C5 x7 v v x44", 2, 1, 1, 0, 0, 1, 183), "x" x 100' >in.ko
	set -- --pki "$directory" --passphrase-file "$passphrase"
	exits 0 srk --pki "$directory" --table table --fuses fuses &&
		exits 0 hab "$@" --slot 2 --load-addr 0x40480000 -o Image.hab Image &&
		exits 0 hab "$@" --slot 2 --load-addr 0x40480000 -o Image.gz.hab Image.gz &&
		exits 0 hab "$@" --slot 2 --load-addr 0x43000000 -o dtb.hab dtb || return 1
	unset SOURCE_DATE_EPOCH # certificates are younger
	exits 0 kernel "$@" --security-version 5 -o Image.signed Image && exits 0 module "$@" -o out.ko in.ko
}

# is KIND FILE: known as that, in words and in JSON, and said to be unverified
is() {
	exits 0 info "$2" && grep -q "^kind  *$1" out && grep -q 'nothing of it was verified' out &&
		exits 0 info --json "$2" &&
		jq -e --arg kind "$1" '.known and (.verified | not) and (.kind | startswith($kind))' out || { cat out; return 1; }
}

has() { # FILTER: of the last answer
	jq -e "$1" out || { cat out; return 1; }
}

hab_files() {
	is 'device tree, signed for the boot ROM' dtb.hab && has '.load_address == 1124073472 and .slot == 2' || return 1
	is 'kernel, signed for the boot ROM' Image.gz.hab && has '.packed_size > 0 and .ivt.offset == 12288' || return 1
	is 'kernel, signed for the boot ROM' Image.hab && has '(.commands | length) == 7 and
		(.commands[3] == "Unlock CAAM (MID, RNG)") and .csf_certificate.for == "development" and
		.image_certificate.key == "RSA-2048" and .image_certificate.authority == "no" and
		.image_signature.time == "2026-01-01 00:00:00 UTC"' || return 1
	hash=$(od -An -tx1 fuses | tr -d ' \n')
	[ "$(jq -r .srk_table.srk_hash out)" = "$hash" ] || return 1
	digest=$(head -c 12320 Image.hab | sha256sum | cut -d' ' -f1)
	[ "$(jq -r .image_signature.sha256 out)" = "$digest" ] || return 1
	digest=$(tail -c +12321 Image.hab | head -c 88 | sha256sum | cut -d' ' -f1)
	[ "$(jq -r .csf_signature.sha256 out)" = "$digest" ]
}

code_files() {
	is 'kernel, not signed' Image && is 'kernel, not signed' Image.gz && is 'device tree, not signed' dtb || return 1
	is 'kernel, signed for the bootloader' Image.signed && has '.security_version == 5 and
		.signer.purpose == "signs kernels" and (has("warning") | not)' || return 1
	perl -e 'local $/; $_ = <STDIN>; substr($_, 600, 1) ^= "x"; print' <Image.signed >changed &&
		is 'kernel, signed for the bootloader' changed && has '.warning | contains("changed")' || return 1
	is 'kernel module, signed' out.ko && has '.digest == "SHA256" and (.issuer | contains("module signing"))'
}

key_files() {
	crts=$directory/crts
	is 'certificate, PEM' "$crts/kernel_crt.pem" &&
		has '.purpose == "signs kernels" and .for == "development"' || return 1
	openssl x509 -in "$(echo "$crts"/SRK2_*_crt.pem)" -outform DER -out srk.der &&
		is 'certificate, DER' srk.der || return 1
	print=$(openssl x509 -in srk.der -inform DER -noout -fingerprint -sha256 | cut -d= -f2 | tr -d : | tr A-F a-f)
	[ "$(jq -r .sha256 out)" = "$print" ] && has '.authority == "yes" and (.purpose | startswith("super root key"))' || return 1
	is 'private key, encrypted' "$directory/keys/kernel_key.pem" && openssl genrsa -out open.pem 2048 2>/dev/null &&
		is 'private key, NOT encrypted' open.pem || return 1
	is 'SRK table' table && [ "$(jq -r .srk_hash out)" = "$hash" ] && is 'fuse file' fuses &&
		[ "$(jq -r .srk_hash out)" = "$hash" ] && head -c 32 /dev/zero >zero && is 'fuse file' zero &&
		has '.warning | startswith("all zero")'
}

unknown_files() {
	for file in /bin/true "$passphrase" /dev/null; do
		exits 1 info "$file" && grep -q 'none of the files' err && exits 1 info --json "$file" &&
			has '.known == false' || return 1
	done
	gzip -c /bin/true >true.gz && exits 1 info true.gz && head -c 20 true.gz >cut.gz && exits 1 info cut.gz
}

# Cut and damaged in all places, it is told or unknown, never a crash.
damaged_files() {
	for file in Image.hab Image.signed out.ko table srk.der; do
		size=$(stat -c %s "$file")
		for part in 1 2 3 4 5 6 7 8 9; do
			head -c $((size * part / 10)) "$file" >piece
			"$bbsign" info piece >out 2>err
			[ $? -le 1 ] || { cat err; return 1; }
			perl -e 'local $/; $_ = <STDIN>; my $at = $ARGV[0]; substr($_, $at, 4) = "\xff" x 4; print' \
				$((size - size * part / 40 - 1)) <"$file" >piece
			"$bbsign" info piece >out 2>err
			[ $? -le 1 ] || { cat err; return 1; }
		done
	done
}

terminal() {
	escape=$(printf '\033[31m')
	openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -out evil.pem -utf8 -subj "/CN=a${escape}b\"c" \
		2>/dev/null &&
		exits 0 info evil.pem && ! LC_ALL=C grep -q '[^ -~]' out && exits 0 info --json evil.pem && has '.subject' &&
		! LC_ALL=C grep -q '[^ -~]' out
}

usage() {
	exits 0 info --help && grep -q '^usage: bbsign info ' out && exits 2 info && exits 2 info absent &&
		exits 2 info Image dtb && exits 2 info --nonsense Image
}

check "inputs" make_inputs
check "signed for the boot ROM" hab_files
check "kernels, device trees, modules" code_files
check "certificates, keys, tables, fuses" key_files
check "unknown files" unknown_files
check "cut and damaged files" damaged_files
check "nothing in a file reaches the terminal" terminal
check "usage" usage
exit "$failed"
