#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign pki: the trees that it makes, as openssl sees them, trees made by NXP's scripts, and mistakes.
# shellcheck disable=SC2015,SC2317 # A && B || fail is meant; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

roles='CA1 SRK1 SRK2 SRK3 SRK4 CSF1_1 CSF2_1 CSF3_1 CSF4_1 IMG1_1 IMG2_1 IMG3_1 IMG4_1 kernel module installer'

crt() { # TREE ROLE: its certificate
	echo "$1/crts/$2"_*crt.pem
}

key() { # TREE ROLE: its key
	echo "$1/keys/$2"_*key.pem
}

whole() { # TREE: 16 keys with their certificates, for their owner's eyes
	[ "$(find "$1" -type f | wc -l)" = 32 ] && [ "$(stat -c %a "$1" "$1/keys" | sort -u)" = 700 ] &&
		[ "$(stat -c %a "$1"/keys/* | sort -u)" = 600 ] || return 1
	for role in $roles; do
		[ "$(openssl pkey -in "$(key "$1" "$role")" -passin "file:$passphrase" -pubout)" = \
			"$(openssl x509 -in "$(crt "$1" "$role")" -noout -pubkey)" ] || return 1
	done
	[ "$(for role in $roles; do openssl x509 -in "$(crt "$1" "$role")" -noout -pubkey | sha256sum; done |
		sort -u | wc -l)" = 16 ]
}

chains() { # TREE: openssl verify agrees on every chain, and on no crossed one
	for slot in 1 2 3 4; do
		for role in CSF IMG; do
			openssl verify -x509_strict -CAfile "$(crt "$1" CA1)" -untrusted "$(crt "$1" "SRK$slot")" \
				"$(crt "$1" "$role${slot}_1")" || return 1
		done
	done
	! openssl verify -CAfile "$(crt "$1" CA1)" -untrusted "$(crt "$1" SRK1)" "$(crt "$1" CSF2_1)" || return 1
	for role in kernel module installer; do
		openssl verify -check_ss_sig -CAfile "$(crt "$1" "$role")" "$(crt "$1" "$role")" || return 1
	done
}

says() { # TREE ROLE WORD...: each is in it
	openssl x509 -in "$(crt "$1" "$2")" -noout -text >text
	shift 2
	for word; do
		grep -qF -- "$word" text || { echo "no \"$word\""; cat text; return 1; }
	done
}

as_hab_wants() {
	for slot in 1 2 3 4; do
		says "$1" "SRK$slot" 'Version: 3' 'CA:TRUE' 'Certificate Sign' sha256WithRSAEncryption 'Exponent: 65537' &&
			says "$1" "CSF${slot}_1" 'Version: 3' 'CA:FALSE' sha256WithRSAEncryption 'Exponent: 65537' &&
			says "$1" "IMG${slot}_1" 'Version: 3' 'CA:FALSE' sha256WithRSAEncryption 'Exponent: 65537' ||
			return 1
	done
}

one_purpose() {
	for role in kernel module installer; do
		says "$1" "$role" 'CA:FALSE' 'Digital Signature' 'Code Signing' "$role signing" || return 1
	done
}

marked() { # TREE COUNT: how many certificates say that they are for development
	for role in $roles; do
		openssl x509 -in "$(crt "$1" "$role")" -noout -subject -nameopt multiline
	done | grep -c 'organizationalUnitName *= balena-bootloader development$' >count
	[ "$(cat count)" = "$2" ]
}

encrypted() {
	for file in "$1"/keys/*_key.pem; do
		head -n 1 "$file" | grep -q 'BEGIN ENCRYPTED PRIVATE KEY' &&
			! openssl pkey -in "$file" -passin pass:another -noout || return 1
	done
	openssl asn1parse -in "$(key "$1" kernel)" | grep -q :scrypt
}

named() {
	exits 0 pki --out named --bits 2048 --passphrase-file "$passphrase" --subject-prefix 'Device X' --days 100 &&
		says named CSF1_1 'CN = Device X CSF1_1_sha256_2048_65537_v3_usr' 'CN = Device X SRK1' &&
		says named kernel 'CN = Device X kernel signing' &&
		openssl x509 -in "$(crt named kernel)" -noout -checkend $((99 * 86400)) &&
		! openssl x509 -in "$(crt named kernel)" -noout -checkend $((101 * 86400)) && chains named
}

# Two keys of one tree: what a pipe holds is read once and serves for both.
signs() { # PASSPHRASE-FILE OPTION...
	file=$1
	shift
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image &&
		exits 0 hab --pki tree --passphrase-file "$file" --slot 0 --load-addr 0x40480000 -o signed Image "$@"
}

from_pipe() {
	mkfifo pipe
	cat "$passphrase" >pipe &
	signs pipe
}

asked_for() { # TIMES
	[ "$(grep -o 'passphrase of' screen | wc -l)" -ge "$1" ]
}

asked() { # the terminal is asked, twice for a new passphrase, and shows nothing of it
	: >screen
	{
		for n in 1 2; do
			await asked_for "$n"
			cat "$passphrase"
		done
		sleep 1
	} | script -qefc "'$bbsign' pki --out asked --bits 2048" screen >/dev/null 2>&1
	! grep -qF "$(cat "$passphrase")" screen && [ "$(find asked -type f | wc -l)" = 32 ] &&
		openssl pkey -in "$(key asked kernel)" -passin "file:$passphrase" -noout
}

alone() { # WORD...: bbsign with no terminal
	setsid -w "$bbsign" "$@" >out 2>err </dev/null
}

no_terminal() {
	alone pki --out absent --bits 2048
	[ $? = 2 ] && grep -q 'no terminal to ask' err && [ ! -e absent ] || return 1
	alone hab --pki tree --slot 0 --load-addr 0x40480000 -o absent Image
	[ $? = 2 ] && grep -q 'no terminal to ask' err && [ ! -e absent ]
}

fails() { # TEXT WORD...: status 2, and the reason
	words=$1
	shift
	exits 2 "$@" && grep -qF -- "$words" err || { cat err; return 1; }
}

bad_passphrase() { # TEXT STATUS CONTENT: no tree is made with it
	printf '%s' "$3" >bad
	exits "$2" pki --out absent --bits 2048 --passphrase-file bad && grep -qF -- "$1" err && [ ! -e absent ]
}

cannot_open() { # TEXT CONTENT: no key is opened with it
	printf '%s' "$2" >bad
	fails "$1" hab --pki tree --passphrase-file bad --slot 0 --load-addr 0x40480000 -o absent Image &&
		[ ! -e absent ]
}

warned() { # of a passphrase that everybody can read, and of no other
	cp "$passphrase" open && chmod 644 open && signs open && grep -q 'warning: everybody' err && chmod 640 open &&
		signs open && ! grep -q warning err
}

not_replaced() {
	find tree -type f -exec sha256sum {} + | sort >before
	refused 'never replaced' pki --out tree --bits 2048 --passphrase-file "$passphrase" || return 1
	find tree -type f -exec sha256sum {} + | sort | cmp - before
}

interrupted() { # what is left is no tree, and does not stand in the way
	"$bbsign" pki --out cut --bits 4096 --passphrase-file "$passphrase" 2>progress &
	await grep -q '3 of 16' progress || return 1
	kill -9 $!
	wait $! 2>/dev/null
	[ ! -e cut ] && [ "$(find cut.*/keys -type f | wc -l)" -ge 2 ] &&
		exits 0 pki --out cut --bits 2048 --passphrase-file "$passphrase" && whole cut
}

full() { # nothing is left of a tree that could not be written
	mkdir full && (
		trap '' XFSZ
		ulimit -f 0
		"$bbsign" pki --out full/tree --bits 2048 --passphrase-file "$passphrase" 2>&1
		echo "status $?"
	) | cat >err
	grep -q 'cannot be written: File too large' err && grep -q 'status 2' err && [ -z "$(ls full)" ]
}

production() {
	marked "$(pki 2048 production)" 0
}

larger() {
	tree=$(pki 3072) && whole "$tree" && chains "$tree"
}

bad_bits() {
	for bits in 1024 2047 8192 '' 2048x; do
		fails 'takes 2048, 3072 or 4096' pki --out absent --bits "$bits" --passphrase-file "$passphrase" || return 1
	done
}

# altered COMMAND...: of a tree in which that was done nothing is signed
altered() { # TEXT STATUS COMMAND...
	words=$1 status=$2
	shift 2
	rm -rf altered && cp -R tree altered && (cd altered && "$@") || return 1
	exits "$status" hab --pki altered --passphrase-file "$passphrase" --slot 0 --load-addr 0x40480000 -o absent \
		Image && grep -qF -- "$words" err && [ ! -e absent ] || { cat err; return 1; }
}

other_purpose() { # the module key signs no kernel
	rm -rf altered && cp -R tree altered && cp altered/crts/module_crt.pem altered/crts/kernel_crt.pem &&
		cp altered/keys/module_key.pem altered/keys/kernel_key.pem || return 1
	exits 0 kernel --pki tree --passphrase-file "$passphrase" -o signed Image || return 1
	"$bbsign" kernel --pki altered --passphrase-file "$passphrase" -o absent Image >out 2>err && return 1
	grep -q 'no certificate for what its name says' err && [ ! -e absent ]
}

# pair NAME TEXT WORD...: a self-signed certificate over a key that `openssl genpkey WORD...` makes
pair() {
	file=$1
	shift
	openssl genpkey "$@" -out "$file.key" 2>/dev/null && openssl req -x509 -key "$file.key" -out "$file.pem" \
		-subj '/CN=some kernel signing' -addext basicConstraints=critical,CA:FALSE \
		-addext keyUsage=critical,digitalSignature -addext extendedKeyUsage=codeSigning -days 9
}

kernel() { # NAME: signed with that pair
	"$bbsign" kernel --key "$1.key" --cert "$1.${2:-pem}" -o by-pair Image >out 2>err </dev/null
}

other_keys() { # what neither the boot ROM nor we can do with, beside what we can
	pair good -algorithm RSA -pkeyopt rsa_keygen_bits:2048 && kernel good || { cat err; return 1; }
	pair short -algorithm RSA -pkeyopt rsa_keygen_bits:1024 && pair odd -algorithm RSA \
		-pkeyopt rsa_keygen_bits:2056 && pair three -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-pkeyopt rsa_keygen_pubexp:3 && pair curve -algorithm EC -pkeyopt ec_paramgen_curve:P-256 &&
		pair pss -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 || return 1
	for pair in short odd three curve pss; do
		kernel "$pair" && return 1
		grep -q 'its key is' err || { cat err; return 1; }
	done
}

other_forms() { # DER is read, if nothing is behind it
	openssl x509 -in good.pem -outform DER -out good.der && kernel good der || { cat err; return 1; }
	echo >>good.der && ! kernel good der && grep -q 'no single certificate' err || return 1
	openssl pkey -in good.key -outform DER -out der.key && cp good.pem der.pem && ! kernel der &&
		grep -q 'no private key in PEM' err || return 1
	head -c 70000 /dev/zero >der.key && ! kernel der && grep -q 'too large' err
}

revoke() {
	cp -R tree revoked && exits 0 pki --out revoked --revoke 1 && exits 0 pki --out revoked --revoke 0 &&
		exits 0 pki --out revoked --revoke 1 && [ "$(cat revoked/crts/revoked)" = 3 ] || return 1
	for slot in 0 1; do
		refused revoked hab --pki revoked --passphrase-file "$passphrase" --slot "$slot" --load-addr 0x40480000 \
			-o absent Image && [ ! -e absent ] || return 1
	done
	exits 0 hab --pki revoked --passphrase-file "$passphrase" --slot 2 --load-addr 0x40480000 -o signed Image
}

bad_mask() {
	for mask in '8\n' '-1\n' '1x\n' '\n' '' '1' '1\n2\n' '1\n\n' '1\n ' '1\0\n' ' 1\n' '1\r\n' \
		'<<<<<<< ours\n1\n'; do
		printf "$mask" >revoked/crts/revoked
		fails 'holds no mask' hab --pki revoked --passphrase-file "$passphrase" --slot 2 --load-addr 0x40480000 \
			-o absent Image && fails 'holds no mask' pki --out revoked --revoke 0 || return 1
	done
}

# NXP's own script, with its passphrase "test"
nxp_tree() {
	scripts=$debs/cst/usr/share/libexec/imx-code-signing-tool/pki_scripts
	mkdir -p nxp/keys nxp/crts && cp -R "$scripts/ca" nxp/ &&
		(cd nxp/keys && sh "$scripts/hab4_pki_tree.sh" -existing-ca n -kt rsa -kl 2048 -duration 10 -num-srk 4 \
			-srk-ca y </dev/null) >nxp.log 2>&1 || { cat nxp.log; return 1; }
	exits 0 srk --pki nxp --table table --fuses fuses &&
		exits 0 hab --pki nxp --passphrase-file nxp/keys/key_pass.txt --slot 3 --load-addr 0x40480000 -o signed \
			Image && exits 0 hab-verify --fuses fuses --load-addr 0x40480000 signed
}

check "a tree is made" exits 0 pki --out tree --bits 2048 --development --passphrase-file "$passphrase"
check "16 keys, each with its certificate, private" whole tree
check "openssl verify agrees on every chain" chains tree
check "certificates as HAB wants them" as_hab_wants tree
check "kernel, module and installer certificates say what they are for" one_purpose tree
check "a development tree says so in every certificate" marked tree 16
check "keys are encrypted, with a slow function" encrypted tree
check "a production tree says nothing of development" production
check "names and days as asked for" named
check "a tree of 3072 bits" larger
check "a passphrase in a file signs" signs "$passphrase"
check "so does one in a pipe, read once" from_pipe
check "the terminal is asked, and shows nothing" asked
check "no passphrase and no terminal: said" no_terminal
check "a passphrase for everybody: a warning" warned
check "bits: 2048, 3072 or 4096" bad_bits
check "an empty passphrase makes no tree" bad_passphrase 'is empty' 2 '
'
check "nor does a short one" bad_passphrase 'protects nothing' 1 test
check "nor one of a thousand characters and more" bad_passphrase 'longer than' 2 \
	"$(head -c 2000 /dev/zero | tr '\0' x)"
check "nor one that is nowhere" fails 'cannot be read' pki --out absent --bits 2048 --passphrase-file nowhere
check "the wrong passphrase opens nothing" cannot_open 'does not open this key' 'a passphrase of the test'
check "an empty one neither" cannot_open 'is empty' ''
check "keys are never replaced" not_replaced
check "an interrupted run is run again" interrupted
check "nothing is left when the disk is full" full
check "a place where nothing can be made" fails 'Not a directory' pki --out Image/tree --bits 2048 \
	--passphrase-file "$passphrase"
check "a key that is not the certificate's" altered 'is not the key of the certificate' 1 \
	sh -c 'cp keys/CSF2_1_*_key.pem keys/CSF1_1_sha256_2048_65537_v3_usr_key.pem'
check "a certificate of another slot" altered "not signed by the slot's SRK" 1 \
	sh -c 'cp crts/CSF2_1_*_crt.pem crts/CSF1_1_sha256_2048_65537_v3_usr_crt.pem'
check "a CA in the place of a signer" altered 'no certificate for what its name says' 1 \
	sh -c 'cp crts/SRK1_*_crt.pem crts/CSF1_1_sha256_2048_65537_v3_usr_crt.pem'
check "two certificates for one role" altered 'more than one certificate' 2 \
	cp crts/CSF1_1_sha256_2048_65537_v3_usr_crt.pem crts/CSF1_1_sha256_4096_65537_v3_usr_crt.pem
check "two certificates in one file" altered 'no single certificate' 2 \
	sh -c 'cat crts/CSF2_1_*_crt.pem >>crts/CSF1_1_sha256_2048_65537_v3_usr_crt.pem'
check "no certificate" altered 'has no certificate' 2 sh -c 'rm crts/CSF1_1_*'
check "no key" altered 'there is no such key' 2 sh -c 'rm keys/CSF1_1_*'
check "a key in a file and in a token" altered 'stands beside a key file' 2 \
	sh -c 'echo pkcs11:token=x >keys/CSF1_1_sha256_2048_65537_v3_usr_key.uri'
check "a module key signs no kernel" other_purpose
check "keys of other kinds and sizes sign nothing" other_keys
check "keys are PEM, certificates PEM or DER" other_forms
check "revoked slots sign nothing" revoke
check "slot 3 cannot be revoked" refused 'has no fuse' pki --out tree --revoke 3
check "nor can slot 4, which is none" fails 'takes a slot' pki --out tree --revoke 4
check "a damaged mask of revoked slots stops everything" bad_mask
check "trees of NXP's script are good as they are" nxp_tree
exit $failed
