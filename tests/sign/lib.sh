# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2016,SC2034 # A && B || fail is meant; used by the tests
# What the tests of bbsign share; sourced by tests/sign/test_*.sh. They run in a directory of their
# own, which goes away with them.
PATH=$PATH:/usr/sbin:/sbin
top=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath "${BUILD:-build}")
bbsign=$build/host/unit/bbsign	# with sanitizers
debs=$build/deps/debs	# newer Debian packages, unpacked
shared=$build/sign-test	# what takes long to make is kept for the next run
passphrase=$shared/passphrase
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
# A sanitizer ends with 1 if it is not told otherwise, and so does a program that refuses.
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99
umask 077
mkdir -p "$shared"
echo "a passphrase of the tests" >"$passphrase"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
cd "$work" || exit 1

# exits STATUS WORD...: bbsign's exit status; its output is in out and err
exits() {
	status=$1
	shift
	"$bbsign" "$@" >out 2>err </dev/null
	got=$?
	[ $got -eq "$status" ] || { echo "bbsign $*: status $got, not $status"; cat out err; return 1; }
}

# await COMMAND...: until it succeeds; two minutes at most
await() {
	tries=0
	until "$@"; do
		tries=$((tries + 1))
		[ $tries -lt 2400 ] || { echo "in vain: $*"; return 1; }
		sleep 0.05
	done
}

# refused TEXT WORD...: bbsign refuses, and says TEXT
refused() {
	text=$1
	shift
	exits 1 "$@" && grep -qF -- "$text" err || { echo "bbsign $*: no \"$text\":"; cat err; return 1; }
}

# pki BITS [production]: prints the directory of a PKI of that size, whose keys $passphrase opens; one
# for development without the word. Several tests may want it at the same time.
pki() {
	pki=$shared/pki-$1${2:+-$2}
	variant=--development
	[ -z "${2:-}" ] || variant=
	flock "$shared" sh -c '[ -d "$1" ] || { shift; exec "$@"; }' - "$pki" "$bbsign" pki --out "$pki" \
		--bits "$1" ${variant:+"$variant"} --passphrase-file "$passphrase" >"$pki.log" 2>&1 ||
		{ cat "$pki.log" >&2; return 1; }
	echo "$pki"
}

# csf_text BITS SLOT CRTS TABLE BLOCKS: what NXP's CST is told, to make the CSF that bbsign hab makes
csf_text() {
	cat <<-END
	[Header]
	Version = 4.2
	Hash Algorithm = sha256
	Engine = CAAM
	Engine Configuration = 0
	Certificate Format = X509
	Signature Format = CMS
	[Install SRK]
	File = "$4"
	Source index = $2
	[Install CSFK]
	File = "$3/CSF$(($2 + 1))_1_sha256_$1_65537_v3_usr_crt.pem"
	[Authenticate CSF]
	[Unlock]
	Engine = CAAM
	Features = MID, RNG
	[Unlock]
	Engine = OCOTP
	Features = SRK REVOKE
	[Install Key]
	Verification index = 0
	Target index = 2
	File = "$3/IMG$(($2 + 1))_1_sha256_$1_65537_v3_usr_crt.pem"
	[Authenticate Data]
	Verification index = 2
	Blocks = $5
	END
}
