#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign srk beside NXP's srktool, and what it refuses.
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

srk() { # PKI: the pair, as table and fuses
	exits 0 srk --pki "$1" --table table --fuses fuses && [ ! -s err ]
}

beside_srktool() { # BITS
	pki=$(pki "$1") && srk "$pki" || return 1
	certificates=$(echo "$pki"/crts/SRK[1-4]_sha256_"$1"_65537_v3_ca_crt.pem | tr ' ' ,)
	srktool --hab_ver 4 --table table.nxp --efuses fuses.nxp --digest sha256 \
		--certs "$certificates" >words.nxp &&
		cmp table table.nxp && cmp fuses fuses.nxp || return 1
	sed -n 's/^SRK_HASH\[\(.\)\] = \(0x[0-9A-F]*\) .*/\1 \2/p' out >words
	sed -n 's/^SRK HASH\[\(.\)\] = \(0x[0-9A-F]*\)$/\1 \2/p' words.nxp | diff - words &&
		[ "$(wc -l <words)" -eq 8 ]
}

uboot_lines() { # every word once, as the file has it, in banks 6 and 7
	srk "$pki" &&
		sed -n 's/.*U-Boot: fuse prog \([67]\) \([0-3]\) 0x\([0-9A-F]*\)$/\1 \2 \3/p' out >lines
	[ "$(cut -d' ' -f1,2 lines | xargs)" = "6 0 6 1 6 2 6 3 7 0 7 1 7 2 7 3" ] || return 1
	cut -d' ' -f3 lines >values
	od -An -v -tx4 --endian=little -w4 fuses | tr -d ' ' | tr a-f A-F | diff - values
}

as_json() {
	exits 0 srk --pki "$pki" --table table --fuses fuses --json && jq -e '.bits == 2048' out &&
		[ "$(jq -r .sha256 out)" = "$(od -An -v -tx1 fuses | tr -d ' \n')" ] &&
		[ "$(jq -r '.words[7] | "\(.bank) \(.word) \(.value)"' out)" = "7 3 0x$(tail -n 1 values)" ]
}

compares() {
	srk "$pki" && cp table table.good && cp fuses fuses.good || return 1
	exits 0 srk --check --pki "$pki" --table table --fuses fuses || return 1
	printf 'X' | dd of=table bs=1 seek=500 conv=notrunc && cp table table.bad
	refused 'table: refused: not the SRK table of these certificates' \
		srk --check --pki "$pki" --table table --fuses fuses && cmp table table.bad ||
		return 1
	printf 'X' >>fuses && cp fuses fuses.bad
	refused 'fuses: refused: not the fuse file of these' \
		srk --check --pki "$pki" --table table.good --fuses fuses && cmp fuses fuses.bad ||
		return 1
	rm fuses && exits 2 srk --check --pki "$pki" --table table.good --fuses fuses &&
		[ ! -e fuses ]
}

other_pki() { # a copy of the PKI that may be spoilt
	rm -rf other && cp -R "$pki" other
}

srk_name() { # SLOT+1
	echo "other/crts/SRK$1_sha256_2048_65537_v3_ca_crt.pem"
}

nothing_written() { # STATUS TEXT: for the spoilt PKI
	rm -f table fuses
	exits "$1" srk --pki other --table table --fuses fuses && [ ! -e table ] &&
		[ ! -e fuses ] &&
		grep -qF -- "$2" err || { cat err; return 1; }
}

same_key() { # for two slots, in two different certificates
	other_pki || return 1
	openssl req -x509 -new -key "$other_key" -days 10 -subj /CN=one -out "$(srk_name 2)" &&
		openssl req -x509 -new -key "$other_key" -days 10 -subj /CN=two -out "$(srk_name 4)" &&
		nothing_written 1 'two of the four keys are the same'
}

mixed_sizes() {
	other_pki && cp "$(pki 3072)/crts/SRK3_sha256_3072_65537_v3_ca_crt.pem" "$(srk_name 3)" &&
		nothing_written 1 'different sizes'
}

spoilt_key() { # TEXT GENPKEY-OPTION...: an SRK with another kind of key
	text=$1
	shift
	other_pki && openssl genpkey -quiet "$@" -out spoilt.key &&
		openssl req -x509 -new -key spoilt.key -days 10 -subj /CN=spoilt -out "$(srk_name 1)" &&
		nothing_written 1 "$text"
}

not_ca() {
	other_pki && openssl req -x509 -new -key "$other_key" -days 10 -subj /CN=leaf \
		-addext basicConstraints=critical,CA:FALSE -out "$(srk_name 1)" || return 1
	rm -f table fuses
	"$bbsign" srk --pki other --table table --fuses fuses >out 2>err && return 1
	[ ! -e table ] && [ ! -e fuses ] && grep -q 'SRK1' err
}

missing() {
	other_pki && rm "$(srk_name 4)" && nothing_written 2 'SRK4'
}

usage() {
	exits 0 srk --help && grep -q '^usage: bbsign srk ' out && exits 2 srk &&
		exits 2 srk --pki "$pki" --table t &&
		exits 2 srk --pki "$pki" --table t --fuses f more && exits 2 srk --nonsense &&
		[ ! -e t ] && [ ! -e f ] &&
		exits 2 srk --pki "$pki" --table absent/t --fuses f
}

for bits in 4096 3072 2048; do
	check "RSA $bits: table, fuses and words are srktool's" beside_srktool $bits
done
other_key=$work/other.key
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$other_key" 2>/dev/null
check "the lines for U-Boot are the file's words, and a place for each" uboot_lines
check "JSON has the same" as_json
check "--check compares both files and writes none" compares
check "refused: one key for two slots" same_key
check "refused: keys of different sizes" mixed_sizes
check "refused: exponent 3" spoilt_key '65537' -algorithm RSA \
	-pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3
check "refused: 1024 bits" spoilt_key '2048, 3072 or 4096' -algorithm RSA \
	-pkeyopt rsa_keygen_bits:1024
check "refused: an elliptic curve" spoilt_key 'not RSA' -algorithm EC \
	-pkeyopt ec_paramgen_curve:P-256
check "refused: an SRK that may not sign certificates" not_ca
check "a missing certificate is named" missing
devices_stay() {
	mkfifo pipe && { cat pipe >through & } && exits 0 srk --pki "$(pki 2048)" --table pipe --fuses fuses &&
		wait && [ -p pipe ] && exits 0 srk --pki "$(pki 2048)" --table table --fuses fuses &&
		cmp table through && exits 2 srk --pki "$(pki 2048)" --table same --fuses same && [ ! -e same ]
}
check "a pipe is written to, and not replaced; two outputs are two files" devices_stay
check "usage" usage
exit "$failed"
