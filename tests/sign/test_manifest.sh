#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign manifest beside veritysetup, which makes the same hash tree and opens no other, and openssl.
# shellcheck disable=SC2015,SC2317 # functions are called through check; A && B || fail is meant
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
block=4096 text_size=3584

make_inputs() {
	directory=$(pki 2048) && seq 1 300000 | head -c $((300 * block)) >root.img || return 1
	for key in installer kernel module; do
		openssl pkey -in "$directory/keys/${key}_key.pem" -passin "file:$passphrase" -out "$key.key" &&
			cp "$directory/crts/${key}_crt.pem" "$key.pem" || return 1
	done
}

sign() { # WORD...
	exits 0 manifest --pki "$(pki 2048)" --passphrase-file "$passphrase" --device-type board --version 7 "$@"
}

value() { # KEY: of the manifest that PARTITION ends in, which is made of text
	tail -c $block "$2" | head -c $text_size | sed -n "s/^$1 = //p"
}

# The text of a partition's manifest becomes the input, and is signed by openssl with a key.
resigned() { # KEY OUT PARTITION: standard input is the text
	{ cat; yes '' | head -c $text_size; } | head -c $text_size >text
	openssl dgst -sha256 -sign "$1" -out signature text && { cat text signature; } >manifest &&
		truncate -s $block manifest && { head -c -$block "$3"; cat manifest; } >"$2"
}

text_of() { # PARTITION
	tail -c $block "$1" | head -c $text_size
}

# Sizes with one, two and three levels of the tree, and one that is no multiple of a block.
as_veritysetup_does() {
	for blocks in 2 128 129 300 16385; do
		seq 1 20000000 | head -c $((blocks * block)) >in && sign -o out.img in || return 1
		veritysetup format --no-superblock --format=1 --hash=sha256 --data-block-size=$block \
			--hash-block-size=$block --data-blocks=$blocks --salt="$(value salt out.img)" in tree >log ||
			return 1
		[ "$(sed -n 's/^Root hash:[[:space:]]*//p' log)" = "$(value root-hash out.img)" ] &&
			[ "$(value data-blocks out.img)" = $blocks ] && cmp -n $((blocks * block)) in out.img || return 1
		{ cat in tree; tail -c $block out.img; } | cmp - out.img || return 1
	done
	veritysetup verify --no-superblock --data-block-size=$block --hash-block-size=$block --format=1 \
		--data-blocks=16385 --hash-offset=$((16385 * block)) --salt="$(value salt out.img)" \
		out.img out.img "$(value root-hash out.img)"
}

odd_size() {
	{ cat root.img; echo; } >odd && sign -o out.img odd && [ "$(value data-blocks out.img)" = 301 ] &&
		cmp -n $((300 * block + 1)) odd out.img && exits 0 manifest --verify --cert installer.pem out.img
}

# The signature of the first 3584 bytes, by a tool that knows nothing of manifests.
openssl_agrees() {
	for bits in 2048 3072 4096; do
		directory=$(pki $bits) && certificate=$directory/crts/installer_crt.pem &&
			exits 0 manifest --pki "$directory" --passphrase-file "$passphrase" --device-type board \
				--version 1 -o out.img root.img || return 1
		openssl x509 -in "$certificate" -noout -pubkey >public && text_of out.img >text &&
			tail -c 512 out.img | head -c $((bits / 8)) >signature &&
			openssl dgst -sha256 -verify public -signature signature text &&
			exits 0 manifest --verify --cert "$certificate" out.img || return 1
	done
}

reproducible() {
	sign -o 1.img root.img && sign -o 2.img root.img && cmp 1.img 2.img &&
		exits 0 manifest --key installer.key --cert installer.pem --device-type board --version 7 \
			-o 3.img root.img && cmp 1.img 3.img
}

by_a_token() {
	[ -e /usr/lib/softhsm/libsofthsm2.so ] || { echo 'no softhsm'; return 77; }
	mkdir -p tokens && echo "directories.tokendir = $PWD/tokens" >softhsm2.conf || return 1
	export SOFTHSM2_CONF="$PWD/softhsm2.conf"
	echo 1234 >pin
	softhsm2-util --init-token --free --label manifests --pin 1234 --so-pin 5678 &&
		softhsm2-util --import installer.key --token manifests --label installer --id 01 --pin 1234 || return 1
	exits 0 manifest --key 'pkcs11:token=manifests;object=installer' --cert installer.pem --pin-file pin \
		--device-type board --version 7 -o token.img root.img && sign -o file.img root.img &&
		cmp token.img file.img
}

# not_verified TEXT FILE
not_verified() {
	refused "$1" manifest --verify --cert installer.pem "$2" &&
		exits 1 manifest --verify --cert installer.pem --json "$2" &&
		jq -e '(.verified | not) and .error.detail' out
}

verifies() {
	sign -o out.img root.img && exits 0 manifest --verify --cert installer.pem --json out.img &&
		jq -e '.verified and .version == 7 and .device_type == "board"' out &&
		exits 0 manifest --verify --pki "$(pki 2048)" out.img || return 1
	# One bit of the filesystem, of the tree, of the text, of the signature; a byte behind that.
	for at in 5 $((299 * block)) $((300 * block + 9)) $((303 * block + 31)); do
		perl -pe 'BEGIN { $/ = undef } substr($_, '$at', 1) ^= "\1"' out.img >bad &&
			not_verified 'not the one that was signed' bad || return 1
	done
	perl -pe 'BEGIN { $/ = undef } s/version = 7/version = 8/' out.img >bad &&
		not_verified 'not the manifest that was signed' bad || return 1
	perl -pe 'BEGIN { $/ = undef } substr($_, -500, 1) ^= "\1"' out.img >bad &&
		not_verified 'not the manifest that was signed' bad || return 1
	{ head -c -1 out.img; printf '\1'; } >bad && not_verified 'not the size' bad || return 1
	head -c -512 out.img >bad && truncate -s +512 bad && not_verified 'not the manifest that was signed' bad || return 1
	# Shorter, longer, nothing.
	head -c -$block out.img >bad && not_verified 'does not end in a manifest' bad || return 1
	{ cat out.img; head -c $block /dev/zero; } >bad && not_verified 'does not end in a manifest' bad || return 1
	not_verified 'does not end in a manifest' root.img &&
		{ cat out.img; echo; } >bad && not_verified 'its size' bad
}

# A manifest that is signed, and lies.
lies() {
	sign -o out.img root.img || return 1
	text_of out.img | sed 's/data-blocks = .*/data-blocks = 4294967295/' | resigned installer.key bad out.img &&
		not_verified 'do not fit' bad || return 1
	text_of out.img | sed 's/data-blocks = .*/data-blocks = 301/' | resigned installer.key bad out.img &&
		not_verified 'do not fit' bad || return 1
	text_of out.img | sed 's/data-blocks = .*/data-blocks = 299/' | resigned installer.key bad out.img &&
		not_verified 'not the one that was signed' bad || return 1
	text_of out.img | sed 's/salt = ./salt = f/' | resigned installer.key bad out.img &&
		not_verified 'not the one that was signed' bad
}

# What they are made of is no proof that they are accepted: the signature alone decides.
one_key_one_purpose() {
	words='--device-type board --version 7 -o absent root.img'
	for other in kernel module; do
		# shellcheck disable=SC2086 # words
		refused "it is for ${other}s" manifest --key $other.key --cert $other.pem $words && [ ! -e absent ] &&
			refused "it is for ${other}s" manifest --verify --cert $other.pem root.img || return 1
		sign -o out.img root.img && text_of out.img | resigned $other.key bad out.img &&
			not_verified 'another key signed it' bad || return 1
	done
	directory=$(pki 2048) || return 1
	refused 'it is for installers' kernel --verify --cert installer.pem root.img &&
		refused 'it is for installers' module --verify --cert installer.pem root.img &&
		refused 'does not sign manifests' manifest --verify \
			--cert "$directory/crts/IMG1_1_sha256_2048_65537_v3_usr_crt.pem" root.img
}

informs() {
	sign -o out.img root.img && tail -c $block out.img >alone && exits 0 info --json out.img &&
		jq -e '.known and (.verified | not) and .version == 7 and .device_type == "board" and
			.filesystem == 1228800 and .hash_tree == 16384 and .warning == null' out &&
		exits 0 info alone && grep -q 'kind *manifest of an installer' out || return 1
	{ head -c $text_size alone; head -c 512 /dev/zero; } >bare && exits 0 info bare &&
		grep -q 'warning *it has no signature' out || return 1
	{ head -c $block root.img; cat alone; } >short && exits 0 info short && grep -q 'do not fit' out
}

# Nothing is left of a run that fails, and what was there stays.
leaves_nothing() {
	mkdir -p empty && echo before >kept && : >none && head -c $block root.img >one || return 1
	for in in none one; do
		"$bbsign" manifest --key installer.key --cert installer.pem --device-type board --version 7 \
			-o empty/absent $in 2>err && return 1
	done
	refused 'it is for kernels' manifest --key kernel.key --cert kernel.pem --device-type board --version 7 \
		-o kept root.img && [ "$(cat kept)" = before ] && [ -z "$(ls empty)" ]
}

usage() {
	exits 0 manifest --help && grep -q flash-rootA out || return 1
	key='--key installer.key --cert installer.pem'
	named='--device-type board --version 7'
	while read -r words; do
		eval "set -- $words"
		exits 2 manifest "$@" && [ ! -e absent ] || return 1
	done <<-end
		$key $named root.img
		$key $named -o absent
		$key $named -o absent root.img root.img
		$key $named -o absent gone
		$key $named -o absent --json root.img
		$key $named -o gone/absent root.img
		$key --device-type board -o absent root.img
		$key --version 7 -o absent root.img
		$key --device-type 'a b' --version 7 -o absent root.img
		$key --device-type '' --version 7 -o absent root.img
		$key --device-type board --version x -o absent root.img
		$key --device-type board --version 4294967296 -o absent root.img
		$named -o absent root.img
		--key installer.key $named -o absent root.img
		--pki . $key $named -o absent root.img
		--verify root.img
		--verify $key root.img
		--verify --cert installer.pem -o absent root.img
		--verify --cert installer.pem $named root.img
		--verify --cert installer.pem gone
	end
}

check 'makes its inputs' make_inputs
check 'veritysetup makes the same hash trees, and verifies them' as_veritysetup_does
check 'a filesystem that is no multiple of a block' odd_size
check 'openssl verifies the signature, with each size of key' openssl_agrees
check 'the same filesystem and key give the same bytes' reproducible
check 'a key in a token signs the same' by_a_token
check 'verifies' verifies
check 'refuses what is signed and lies' lies
check 'one key, one purpose' one_key_one_purpose
check 'bbsign info shows it' informs
check 'leaves nothing behind' leaves_nothing
check 'usage' usage
exit "$failed"
