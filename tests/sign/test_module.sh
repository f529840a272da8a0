#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign module from outside: byte for byte what the kernel's own sign-file makes of the same module.
# shellcheck disable=SC2015,SC2317 # functions are called through check; A && B || fail is meant
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

# The header of a relocatable ELF file for arm64, and BYTES of contents behind it.
make_module() { # BYTES
	perl -e 'print "\x7fELF", pack("C5 x7 v v x44", 2, 1, 1, 0, 0, 1, 183), map { chr($_ * 7 & 255) } 1 .. $ARGV[0]' "$1"
}

# The kernel build has made it, or left its source.
find_sign_file() {
	sign_file=$build/kernel/os/scripts/sign-file
	[ -x "$sign_file" ] && return 0
	sign_file=$work/sign-file
	[ -e "$build/linux/scripts/sign-file.c" ] &&
		cc -w -o "$sign_file" "$build/linux/scripts/sign-file.c" -lcrypto
}

make_inputs() {
	directory=$(pki 2048) && make_module 5000 >in.ko || return 1
	for key in module kernel; do
		open_key "$directory" "$key" "$key.key" && cp "$directory/crts/${key}_crt.pem" "$key.pem" || return 1
	done
}

open_key() { # DIRECTORY KEY OUT: not encrypted, for tools that read no passphrase from a file
	openssl pkey -in "$1/keys/$2_key.pem" -passin "file:$passphrase" -out "$3"
}

sign() { # WORD...
	exits 0 module --pki "$(pki 2048)" --passphrase-file "$passphrase" "$@"
}

# not_signed TEXT IN: refused, and nothing is written, nor what was there changed
not_signed() {
	echo before >kept
	refused "$1" module --key module.key --cert module.pem -o absent "$2" && [ ! -e absent ] &&
		refused "$1" module --key module.key --cert module.pem -o kept "$2" && [ "$(cat kept)" = before ]
}

as_sign_file_does() { # BITS
	directory=$(pki "$1") && open_key "$directory" module larger.key &&
		certificate=$directory/crts/module_crt.pem || return 1
	for bytes in 0 1 4000 100000; do
		make_module "$bytes" >in
		"$sign_file" sha256 larger.key "$certificate" in theirs || return 1
		exits 0 module --pki "$directory" --passphrase-file "$passphrase" -o ours in && cmp ours theirs &&
			exits 0 module --key larger.key --cert "$certificate" -o ours in && cmp ours theirs &&
			exits 0 module --verify --cert "$certificate" theirs || return 1
	done
}

# libcrypto's own verification of the structure that lies in front of the last 40 bytes.
openssl_agrees() {
	sign -o out.ko in.ko && head -c -40 out.ko | tail -c +$(($(wc -c <in.ko) + 1)) >signature || return 1
	openssl cms -verify -binary -inform DER -in signature -content in.ko -certfile module.pem -noverify \
		-nointern -out content && cmp content in.ko && [ "$(tail -c 28 out.ko)" = '~Module signature appended~' ]
}

# RSA PKCS#1 v1.5 without attributes: no time, no random numbers.
reproducible() {
	sign -o 1.ko in.ko && sign -o 2.ko in.ko && cmp 1.ko 2.ko && sign -o in-place.ko in.ko &&
		cp in.ko 3.ko && sign -o 3.ko 3.ko && cmp 1.ko 3.ko
}

no_modules() {
	sign -o out.ko in.ko && not_signed 'signed already' out.ko || return 1
	: >empty && not_signed 'no module' empty && not_signed 'no module' module.pem &&
		not_signed 'no module' /bin/true && gzip -c in.ko >in.ko.gz && not_signed 'no module' in.ko.gz || return 1
	head -c 63 in.ko >short && not_signed 'no module' short || return 1
	make_module 10 | perl -0pe 's/\xb7\0/\x3e\0/' >in && not_signed 'no module' in # x86_64
}

one_key_one_purpose() {
	directory=$(pki 2048) || return 1
	refused 'it is for kernels' module --key kernel.key --cert kernel.pem -o absent in.ko && [ ! -e absent ] &&
		refused 'it is for kernels' module --verify --cert kernel.pem in.ko || return 1
	refused 'it is for installers' module --verify --cert "$directory/crts/installer_crt.pem" in.ko &&
		refused 'does not sign modules' module --verify \
		--cert "$directory/crts/IMG1_1_sha256_2048_65537_v3_usr_crt.pem" in.ko
}

# with_release RELEASE: a module of a kernel of that release
with_release() {
	{ make_module 100; printf 'vermagic=%s SMP preempt mod_unload aarch64\0' "$1"; make_module 100; } >in
}

production_signs_no_development() {
	directory=$(pki 2048 production) || return 1
	set -- --pki "$directory" --passphrase-file "$passphrase"
	with_release 6.12.1-test && exits 0 module "$@" -o out.ko in && exits 0 module --verify --pki "$directory" out.ko ||
		return 1
	for release in 6.12.1-development 6.12.1-Development-load; do
		with_release "$release" && sign -o out.ko in && exits 0 module --verify --pki "$(pki 2048)" out.ko &&
			refused 'is for development' module "$@" -o absent in && [ ! -e absent ] || return 1
	done
	# Whoever signed it all the same.
	[ -x "$sign_file" ] || { echo "the rest: no sign-file in $build"; return 77; }
	open_key "$directory" module production.key &&
		"$sign_file" sha256 production.key "$directory/crts/module_crt.pem" in out.ko &&
		refused 'a production key signed it' module --verify --pki "$directory" out.ko
}

verifies() {
	sign -o out.ko in.ko && exits 0 module --verify --cert module.pem --json out.ko &&
		jq -e '.verified and .error == null' out && exits 0 module --verify --pki "$(pki 2048)" out.ko || return 1
	other=$(pki 3072)/crts/module_crt.pem
	refused 'another signer' module --verify --cert "$other" out.ko &&
		refused 'it is not signed' module --verify --cert module.pem in.ko || return 1
	exits 1 module --verify --cert "$other" --json out.ko && jq -e '(.verified | not) and .error.detail' out || return 1
	{ cat out.ko; echo; } >bad && refused 'it is not signed' module --verify --cert module.pem bad || return 1
	{ head -c 2000 out.ko; printf '\377'; tail -c +2002 out.ko; } >bad && ! cmp -s bad out.ko &&
		refused 'not the one that was signed' module --verify --cert module.pem bad
}

usage() {
	exits 0 module --help && grep -q sign-file out || return 1
	key='--key module.key --cert module.pem'
	while read -r words; do
		eval "set -- $words"
		exits 2 module "$@" && [ ! -e absent ] || return 1
	done <<-end
		$key in.ko
		$key -o absent
		$key -o absent in.ko in.ko
		$key -o absent gone
		$key -o absent --json in.ko
		$key -o gone/absent in.ko
		-o absent in.ko
		--key module.key -o absent in.ko
		--pki . $key -o absent in.ko
		--verify in.ko
		--verify $key in.ko
		--verify --cert module.pem -o absent in.ko
		--verify --cert module.pem gone
	end
}

check 'makes its inputs' make_inputs
if find_sign_file >log 2>&1; then
	for bits in 2048 3072 4096; do
		check "RSA-$bits: the kernel's sign-file makes the same bytes" as_sign_file_does $bits
	done
else
	echo "# skipped: module: the kernel's sign-file makes the same bytes: neither it nor its source is in $build"
	sed 's/^/# /' log
fi
check 'openssl verifies what it signs' openssl_agrees
check 'the same module and key give the same bytes' reproducible
check 'what is no module, or is signed' no_modules
check 'one key, one purpose' one_key_one_purpose
check 'a production key signs no module of a development kernel' production_signs_no_development
check 'verifies' verifies
check 'usage' usage
exit "$failed"
