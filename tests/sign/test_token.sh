#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys in a PKCS#11 token (SoftHSM): what they sign is what the same keys sign from files, through
# OpenSSL's engine and through its provider; a PKI whose keys never were anywhere else; what is said when
# that fails, and that a wrong PIN is tried once.
# shellcheck disable=SC2015,SC2030,SC2031,SC2317 # A && B || fail and subshells are meant; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

softhsm=$(dpkg -L libsofthsm2 2>/dev/null | grep '/libsofthsm2.so$' | head -n 1)
spy=$(dpkg -L opensc-pkcs11 2>/dev/null | grep '/pkcs11-spy.so$' | head -n 1)
export SOFTHSM2_CONF="$work/softhsm.conf"
SOURCE_DATE_EPOCH=$(date +%s)	# the certificates are of today
export SOURCE_DATE_EPOCH
provider=$(dirname "$(find "$debs/pkcs11-provider" -name pkcs11.so)")
load=0x40480000
export PIN=739184
echo "$PIN" >pin
echo 739185 >wrong-pin
echo 87654321 >so-pin
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" >softhsm.conf
mkdir tokens

# by WAY COMMAND...: with one way to tokens, and not the other. The provider does not start under the
# sanitizers, which refuse how it loads a module.
by() {
	way=$1
	shift
	case $way in
	engine) OPENSSL_MODULES=$work/none "$@" ;;
	provider)
		(
			bbsign=$build/host/bbsign
			export OPENSSL_ENGINES="$work/none" OPENSSL_MODULES="$provider"
			"$@"
		)
		;;
	neither) OPENSSL_ENGINES=$work/none OPENSSL_MODULES=$work/none "$@" ;;
	esac
}

new_token() { # LABEL
	softhsm2-util --init-token --free --label "$1" --pin "$PIN" --so-pin "$(cat so-pin)"
}

# The keys of a tree of files go into the token; a second tree has the same certificates and their URIs.
import() {
	new_token imported && mkdir token token/keys && cp -R "$(pki 2048)/crts" token/ || return 1
	id=10
	for role in CSF1_1_sha256_2048_65537_v3_usr IMG1_1_sha256_2048_65537_v3_usr kernel module; do
		openssl pkcs8 -topk8 -nocrypt -in "$(pki 2048)/keys/${role}_key.pem" -passin "file:$passphrase" -out plain &&
			softhsm2-util --import plain --token imported --label "$role" --id "$id" --pin "$PIN" || return 1
		echo "pkcs11:token=imported;object=$role" >"token/keys/${role}_key.uri"
		id=$((id + 1))
	done
	rm plain
}

make_image() {
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image
}

same_hab() {
	exits 0 hab --pki "$(pki 2048)" --passphrase-file "$passphrase" --slot 0 --load-addr "$load" -o by-file Image &&
		exits 0 hab --pki token --pin-file pin --slot 0 --load-addr "$load" -o by-token Image &&
		cmp by-file by-token
}

same_kernel() {
	exits 0 kernel --pki "$(pki 2048)" --passphrase-file "$passphrase" -o by-file Image &&
		exits 0 kernel --pki token --pin-file pin -o by-token Image && cmp by-file by-token &&
		! cmp -s by-token Image
}

# with_uri URI OPTION...: a kernel signed with that key, for the kernel certificate
with_uri() {
	uri=$1
	shift
	"$bbsign" kernel --key "$uri" --cert token/crts/kernel_crt.pem -o by-uri Image "$@" >out 2>err </dev/null
}

says() { # STATUS TEXT URI OPTION...
	status=$1 words=$2
	shift 2
	rm -f by-uri
	with_uri "$@"
	got=$?
	[ "$got" = "$status" ] && grep -qF -- "$words" err && [ ! -e by-uri ] || { echo "status $got"; cat err; return 1; }
}

from_source() { # the URI names the file of the PIN, and the token's module
	with_uri "pkcs11:token=imported;object=kernel?pin-source=file:$work/pin" && with_uri \
		"pkcs11:token=imported;object=%6bernel;type=private?pin-source=$work/pin&module-path=$softhsm" &&
		with_uri "pkcs11:token=imported;id=%12?pin-source=file://$work/pin" ||
		{ cat err; return 1; }
}

# spied COMMAND...: what it asks of the token is in the file spied. The module that writes it down leaks.
spied() {
	rm -f spied
	PKCS11SPY=$softhsm PKCS11SPY_OUTPUT=$work/spied ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "$@" &&
		grep -q CKR_PIN_INCORRECT spied && [ "$(grep -c ': C_Login$' spied)" = 1 ] ||
		{ grep -A 5 C_Login spied; return 1; }
}

tried_once() { # the token counts
	spied says 2 'the token refused the PIN' "pkcs11:token=imported;object=kernel?module-path=$spy" \
		--pin-file wrong-pin
}

errors() { # the same words, whatever the way
	says 2 'there is no such token' 'pkcs11:token=absent;object=kernel' --pin-file pin &&
		says 2 'has no such private key' 'pkcs11:token=imported;object=absent' --pin-file pin &&
		says 1 'is not the key of the certificate' 'pkcs11:token=imported;object=module' --pin-file pin &&
		says 2 'cannot be read' 'pkcs11:token=imported;object=kernel' --pin-file absent
}

bad_uris() {
	key='pkcs11:token=imported;object=kernel'
	says 2 'is seen by everybody' "$key?pin-value=$PIN" --pin-file pin && ! grep -q "$PIN" err &&
		says 2 'is seen by everybody' "$key;pin-value=$PIN" && ! grep -q "$PIN" err &&
		says 2 'is seen by everybody' "PKCS11:token=imported?pin-value=$PIN" && ! grep -q "$PIN" err &&
		says 2 'is seen by everybody' "$key?Pin-Value=$PIN" && ! grep -q "$PIN" err &&
		says 2 'names no token' 'pkcs11:object=kernel' --pin-file pin &&
		says 2 'names no key' 'pkcs11:token=imported' --pin-file pin &&
		says 2 'names no file' "$key?pin-source=%7Ccat%20pin" &&
		says 2 'names no file' "$key?pin-source=file://host/pin" &&
		says 2 'no such PKCS#11 module' "$key?module-path=$work/absent" --pin-file pin &&
		says 2 'is too long' "$key$(printf %01024d 0)" --pin-file pin
}

no_terminal() {
	setsid -w "$bbsign" kernel --key 'pkcs11:token=imported;object=kernel' --cert token/crts/kernel_crt.pem \
		-o absent Image 2>err </dev/null
	[ $? = 2 ] && grep -q 'a PIN is needed, and there is no terminal.*--pin-file' err
}

# From an empty token to an image that a boot ROM takes: no key was ever outside.
make_keys() {
	new_token fresh && "$top/sign/tokenkeys" --token fresh --bits 2048 --pin env:PIN 2>keys.log &&
		[ "$(grep -c 'of 16: ' keys.log)" = 16 ]
}

make_tree() { # DIR
	exits 0 pki --out "$1" --bits 2048 --token pkcs11:token=fresh --pin-file pin &&
		[ "$(find "$1/keys" -name '*.uri' | wc -l)" = 16 ] && [ "$(find "$1/crts" -type f | wc -l)" = 16 ] &&
		! grep -rl 'PRIVATE KEY' "$1"
}

fresh_signs() {
	exits 0 srk --pki engine-tree --table table --fuses fuses &&
		exits 0 hab --pki engine-tree --pin-file pin --slot 2 --load-addr "$load" -o signed Image &&
		exits 0 hab-verify --fuses fuses --load-addr "$load" signed &&
		openssl verify -CAfile engine-tree/crts/CA1_*.pem -untrusted engine-tree/crts/SRK3_*.pem \
			engine-tree/crts/CSF3_*.pem
}

keys_stay() { # there is no second key under a name, nor a way to one by mistake
	objects=$(list)
	! "$top/sign/tokenkeys" --token fresh --bits 2048 --pin env:PIN 2>err && grep -q 'holds keys' err &&
		"$top/sign/tokenkeys" --token fresh --bits 2048 --pin env:PIN --continue 2>err &&
		[ "$(grep -c 'is there$' err)" = 16 ] && [ "$(list)" = "$objects" ] &&
		! "$top/sign/tokenkeys" --token fresh --bits 2048 --pin "$PIN" 2>err && grep -q 'takes env:NAME' err
}

list() {
	pkcs11-tool --module "$softhsm" --token-label fresh --login --pin env:PIN --list-objects
}

no_tree() { # one wrong PIN, and nothing is left
	spied exits 2 pki --out absent --bits 2048 --token "pkcs11:token=fresh?module-path=$spy" \
		--pin-file wrong-pin && grep -q 'the token refused the PIN' err &&
		[ -z "$(find . -maxdepth 1 -name 'absent*')" ]
}

other_bits() { # whatever the keys' names say
	pkcs11-tool --module "$softhsm" --token-label fresh --login --pin env:PIN --keypairgen --key-type rsa:2048 \
		--id 99 --label CA1_sha256_4096_65537_v3_ca &&
		exits 2 pki --out absent --bits 4096 --token pkcs11:token=fresh --pin-file pin &&
		grep -q 'has 2048 bits, not 4096' err && [ ! -e absent ] || return 1
	exits 2 pki --out absent --bits 3072 --token pkcs11:token=fresh --pin-file pin && [ ! -e absent ] || return 1
	exits 2 pki --out absent --bits 2048 --token pkcs11:token=fresh --passphrase-file "$passphrase" &&
		grep -q 'tokens (--token) have a PIN' err
}

not_shown() { # the PIN is in no argument and no variable
	(unset PIN; exec "$bbsign" pki --out shown-tree --bits 2048 --token pkcs11:token=fresh --pin-file pin) \
		2>progress >/dev/null &
	await grep -q '2 of 16' progress || return 1
	kill -STOP $!
	tr '\0' '\n' <"/proc/$!/cmdline" >shown
	tr '\0' '\n' <"/proc/$!/environ" >>shown
	kill -CONT $!
	wait $! && grep -qx -- '--pin-file' shown && ! grep -qF "$PIN" shown
}

check "an Image" make_image
check "keys of files go into a token" import
check "a new token's keys, made in it" make_keys
for way in engine provider; do
	check "$way: HAB, as with files" by $way same_hab
	check "$way: a kernel, as with files" by $way same_kernel
	check "$way: the PIN's file and the module in the URI" by $way from_source
	check "$way: no token, no key, another key, no PIN" by $way errors
	check "$way: a wrong PIN is said, and tried once" by $way tried_once
	check "$way: a PKI over the token's keys" by $way make_tree $way-tree
	check "$way: no PKI with a wrong PIN, tried once" by $way no_tree
done
check "the same certificates, whatever the way" diff -r engine-tree provider-tree
check "no way to tokens: which package brings one" by neither says 2 libengine-pkcs11-openssl \
	'pkcs11:token=imported;object=kernel' --pin-file pin
check "the new token's keys sign for the boot ROM" by engine fresh_signs
check "keys in a token are never replaced" keys_stay
check "a PKI of another size, or with a passphrase" by engine other_bits
check "URIs that are refused" by engine bad_uris
check "no PIN and no terminal: said" by engine no_terminal
check "the PIN is not shown" by engine not_shown
exit $failed
