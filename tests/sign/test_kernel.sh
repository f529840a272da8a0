#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign kernel from outside: what it signs is good for sbverify and for bbctl, and what it must not
# sign, or must not call good, it refuses.
# shellcheck disable=SC2015,SC2030,SC2031,SC2317 # A && B || fail and subshells are meant; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
bbctl=$build/host/bbctl
make_image=$top/tests/unit/make-image
banner='Linux version 6.12.1-test (nobody@nowhere) (gcc) #1 SMP'
unit='balena-bootloader development' # the OU of development certificates

# certificate NAME SUBJECT EXTENSION...: a key, and its certificate
certificate() {
	file=$1 subject=$2
	shift 2
	for extension; do
		shift
		set -- "$@" -addext "$extension"
	done
	openssl req -x509 -newkey rsa:2048 -nodes -days 9 -keyout "$file.key" -out "$file.pem" \
		-subj "$subject" "$@" 2>/dev/null
}

make_inputs() {
	constraints=critical,CA:FALSE usage=critical,digitalSignature code=codeSigning
	set -- "basicConstraints=$constraints" "keyUsage=$usage" "extendedKeyUsage=$code"
	certificate production '/CN=some kernel signing' "$@" &&
		certificate development "/OU=$unit/CN=kernels" "$@" &&
		certificate other "/OU=$unit/CN=kernels" "$@" &&
		certificate modules "/OU=$unit/CN=some module signing" "$@" &&
		certificate written-otherwise "/OU=$unit/CN=some MODULE signing" "$@" &&
		certificate twice "/OU=$unit/CN=some kernel signing/CN=some module signing" "$@" &&
		certificate old-unit '/OU=Balena-Bootloader Development/CN=kernels' "$@" &&
		certificate installers "/OU=$unit/CN=some installer signing" "$@" || return 1
	certificate ca "/OU=$unit/CN=ca" basicConstraints=critical,CA:TRUE "keyUsage=$usage" \
		"extendedKeyUsage=$code" &&
		certificate signs-certificates "/OU=$unit/CN=x" "basicConstraints=$constraints" \
			keyUsage=critical,keyCertSign "extendedKeyUsage=$code" &&
		certificate server "/OU=$unit/CN=x" "basicConstraints=$constraints" "keyUsage=$usage" \
			extendedKeyUsage=serverAuth &&
		certificate anything "/OU=$unit/CN=x" "basicConstraints=$constraints" &&
		certificate more-usages "/OU=$unit/CN=some module signing" "basicConstraints=$constraints" \
			"keyUsage=$usage,nonRepudiation" "extendedKeyUsage=$code" &&
		certificate silent "/OU=$unit/CN=some module signing" || return 1
	# The same unit as a BMPString.
	cat >wide.conf <<-end
		[req]
		distinguished_name = name
		prompt = no
		string_mask = MASK:0x800
		x509_extensions = extensions
		[name]
		OU = $unit
		CN = kernels
		[extensions]
		basicConstraints = $constraints
		keyUsage = $usage
		extendedKeyUsage = $code
	end
	openssl req -x509 -newkey rsa:2048 -nodes -days 9 -keyout wide.key -out wide.pem -config wide.conf \
		2>/dev/null && openssl asn1parse -in wide.pem | grep -q BMPSTRING || return 1
	"$make_image" "$banner" >Image && gzip -9nc Image >Image.gz
}

# sign NAME WORD...: with that key
sign() {
	key=$1
	shift
	exits 0 kernel --key "$key.key" --cert "$key.pem" "$@"
}

# not_signed TEXT KEY WORD... IN: refused, and nothing is written, nor what was there changed
not_signed() {
	text=$1 key=$2
	shift 2
	echo before >kept
	refused "$text" kernel --key "$key.key" --cert "$key.pem" -o absent "$@" && [ ! -e absent ] &&
		refused "$text" kernel --key "$key.key" --cert "$key.pem" -o kept "$@" && [ "$(cat kept)" = before ]
}

verified() { # CERTIFICATE WORD... FILE
	certificate=$1
	shift
	exits 0 kernel --verify --cert "$certificate" "$@"
}

not_verified() { # TEXT CERTIFICATE WORD... FILE
	text=$1 certificate=$2
	shift 2
	refused "$text" kernel --verify --cert "$certificate" "$@"
}

json() { # FILTER FILE: of what bbctl says of it
	"$bbctl" image "$2" --json | jq -e "$1" >/dev/null || { echo "not $1:"; "$bbctl" image "$2" --json; return 1; }
}

sha256_of() {
	"$bbctl" image "$1" --json | jq -r .sha256
}

flip() { # FILE OFFSET BIT: into bad
	perl -e 'local $/; open(my $f, "<:raw", $ARGV[0]); my $i = <$f>;
		substr($i, $ARGV[1], 1) ^= chr(1 << $ARGV[2]); print $i' "$@" >bad
}

# Every tool that there is takes it, from files of both kinds, for keys of all sizes.
signs() { # BITS
	directory=$(pki "$1") && certificate=$directory/crts/kernel_crt.pem || return 1
	for file in Image Image.gz; do
		exits 0 kernel --pki "$directory" --passphrase-file "$passphrase" --security-version 7 \
			-o "signed-$file" "$file" || return 1
		verified "$certificate" "signed-$file" && verified "$certificate" --minimum-version 7 "signed-$file" &&
			exits 0 kernel --verify --pki "$directory" "signed-$file" || return 1
		"$bbctl" image "signed-$file" --cert "$certificate" && json '.version == 7' "signed-$file" || return 1
	done
	sbverify --cert "$certificate" signed-Image && gzip -dc signed-Image.gz | cmp - signed-Image
}

same_digest_as_sbsign() {
	for behind in '' 1 12 123 1234567 12345678; do
		{ cat Image; printf '%s' "$behind"; } >in
		# Version 5 is what the Image has already; sbsign leaves it.
		sign development --security-version 5 -o ours in || return 1
		sbsign --key development.key --cert development.pem --output theirs in || return 1
		[ "$(sha256_of ours)" = "$(sha256_of theirs)" ] || { echo "other digest with '$behind'"; return 1; }
		verified development.pem theirs || return 1
	done
}

security_version() {
	for version in 0 1 65535 65536 4294967295; do
		sign development --security-version "$version" -o out.Image Image && json ".version == $version" out.Image &&
			verified development.pem --minimum-version "$version" out.Image || return 1
	done
	sign development -o out.Image Image && json '.version == 0' out.Image || return 1
	for version in 4294967296 -1 1x ''; do
		exits 2 kernel --key development.key --cert development.pem --security-version "$version" -o x Image &&
			exits 2 kernel --verify --cert development.pem --minimum-version "$version" out.Image || return 1
	done
	sign development --security-version 3 -o out.Image Image &&
		not_verified 'kernel-version (67): 3, and 4 is the minimum' development.pem --minimum-version 4 out.Image
}

# The version's lowest bit, at 130; without it the file verifies.
security_version_is_covered() {
	sign development --security-version 3 -o out.Image Image && verified development.pem out.Image || return 1
	flip out.Image 130 2 && json '.version == 7' bad 2>/dev/null &&
		not_verified 'kernel-refused (71)' development.pem bad || return 1
	! "$bbctl" image bad --cert development.pem && ! sbverify --cert development.pem bad
}

# What no signature covers: the bootloader does not care, a verifier does. bbctl takes all of these.
uncovered_bytes() {
	sign development -o out.Image Image || return 1
	flip out.Image 152 0 && "$bbctl" image bad --cert development.pem && # CheckSum
		not_verified 'kernel-signature-form (66)' development.pem bad || return 1
	# In the certificate: the last byte of its own signature.
	offset=$(perl -e 'local $/; open(my $f, "<:raw", "out.Image"); my $i = <$f>;
		open(my $c, "-|", "openssl x509 -in development.pem -outform DER"); my $d = <$c>;
		print index($i, $d) + length($d) - 1')
	flip out.Image "$offset" 0 && "$bbctl" image bad --cert development.pem &&
		not_verified 'kernel-signature-form (66)' development.pem bad
}

reproducible() {
	for file in Image Image.gz; do
		sign development -o "1-$file" "$file" && sign development -o "2-$file" "$file" &&
			cmp "1-$file" "2-$file" || return 1
	done
	(export SOURCE_DATE_EPOCH=$((now + 1)); sign development -o 3-Image Image) && ! cmp -s 1-Image 3-Image || return 1
	gzip -dc 1-Image.gz | cmp - 1-Image || return 1
	(export SOURCE_DATE_EPOCH=soon; exits 2 kernel --key development.key --cert development.pem -o x Image)
}

# The kernel that is to start it refuses it, so that nothing must come of it.
outside_the_dates() {
	for time in 1 $((now + 20 * 86400)); do
		(export SOURCE_DATE_EPOCH="$time"; not_signed "outside the certificate's dates" development Image) || return 1
	done
}

packs() {
	sign development --gzip -o out.gz Image && gzip -t out.gz && verified development.pem out.gz &&
		[ "$(head -c 10 out.gz | od -An -tx1 | tr -d ' ')" = 1f8b0800000000000203 ]
}

replaces() {
	sign other --security-version 9 -o first Image && not_signed 'signed already' development first || return 1
	gzip -9nc first >first.gz && not_signed 'signed already' development first.gz || return 1
	not_signed '--security-version' development --replace first || return 1
	sign development --replace --security-version 0 -o second first && sign development -o fresh Image &&
		cmp second fresh && sign development --replace -o third Image && cmp third fresh &&
		sign development --replace -o fourth fresh && cmp fourth fresh || return 1
	# Something that is no signature in the table's place is not taken off: who knows what it is.
	flip first 4104 0 && not_signed 'signed already' development --replace bad
}

# Each is signed by a development key, and refused to a production key for what it holds.
production_signs_no_development() {
	release='Linux version 6.12.1-test-development (nobody@nowhere)'
	sign production -o out.Image Image && verified production.pem out.Image || return 1
	while read -r text words; do
		eval "set -- $words"
		"$make_image" "$@" >in && sign development -o out.Image in && verified development.pem out.Image || return 1
		text=$(echo "$text" | tr _ ' ')
		not_signed "$text" production in || return 1
		gzip -9nc in >in.gz && not_signed "$text" production in.gz || return 1
		# Whoever signed it all the same, such as another tool: it is not called good.
		sbsign --key production.key --cert production.pem --output out.Image in &&
			not_verified "$text" production.pem out.Image || return 1
	done <<-end
		says_that_it_is_for_development "$release"
		says_that_it_is_for_development "Linux version 6.12.1-Development-load (nobody@nowhere)"
		says_that_it_is_for_development "$banner" "$release"
		a_development_certificate_is_built "$banner" "$unit"
		names_no_release
		names_no_release "Linux version %s (%s)"
		names_two_releases "$banner" "Linux version 6.12.2 (nobody@nowhere)"
	end
}

# However the unit is written, it is a development certificate: it signs what a production key may not.
development_by_any_type() {
	"$make_image" 'Linux version 6.12.1-development (nobody@nowhere)' >in || return 1
	for key in old-unit wide; do
		sign "$key" -o out.Image in && verified "$key.pem" out.Image || return 1
	done
	# Its certificate in an Image is the mark, too.
	{ cat Image; openssl x509 -in wide.pem -outform DER; } >in && not_signed 'a development certificate' production in
}

one_key_one_purpose() {
	for key in modules written-otherwise twice more-usages; do
		not_signed 'it is for modules' "$key" Image || return 1
	done
	exits 1 kernel --verify --cert silent.pem Image && grep -q 'for modules' err || return 1
	not_signed 'it is for installers' installers Image &&
		not_signed "it is a CA's" ca Image && not_signed 'not digital signature' signs-certificates Image &&
		not_signed 'not code signing' server Image && not_signed 'not code signing' anything Image || return 1
	exits 1 kernel --verify --cert modules.pem Image && grep -q 'for modules' err || return 1
	directory=$(pki 2048) || return 1
	for file in module_crt installer_crt IMG1_1_sha256_2048_65537_v3_usr_crt SRK1_sha256_2048_65537_v3_ca_crt; do
		exits 1 kernel --passphrase-file "$passphrase" --cert "$directory/crts/$file.pem" -o absent \
			--key "$directory/keys/${file%crt}key.pem" Image && [ ! -e absent ] || return 1
		grep -q 'does not sign kernels' err || { cat err; return 1; }
	done
	refused 'is not the key of' kernel --key other.key --cert development.pem -o absent Image && [ ! -e absent ]
}

# A module's certificate under the kernel's name: the PKI itself was mixed up.
mixed_up_pki() {
	directory=$(pki 2048) && cp -r "$directory" mixed && for kind in crts/%s_crt keys/%s_key; do
		# shellcheck disable=SC2059 # the formats are above
		cp "mixed/$(printf "$kind" module).pem" "mixed/$(printf "$kind" kernel).pem" || return 1
	done
	"$bbsign" kernel --pki mixed --passphrase-file "$passphrase" -o absent Image 2>err
	[ $? -le 2 ] && [ ! -e absent ] && grep -q 'no certificate for' err || { cat err; return 1; }
}

patched() { # OFFSET HEX: Image with other bytes, into in
	perl -e 'local $/; open(my $f, "<:raw", "Image"); my $i = <$f>; my $b = pack("H*", $ARGV[1]);
		substr($i, $ARGV[0], length $b) = $b; print $i' "$1" "$2" >in
}

no_images() {
	: >empty && not_signed 'no arm64 Image header' development empty &&
		not_signed 'no arm64 Image header' development development.pem || return 1
	patched 24 01 && not_signed 'big-endian' development in || return 1
	patched 0 0000 && not_signed 'no MZ header' development in || return 1
	patched 68 6486 && not_signed 'another machine' development in || return 1
	patched 16 0011000000000000 && not_signed 'image_size is less than the file' development in || return 1
	head -c 4000 Image >in && not_signed 'beyond the end of the file' development in || return 1
	head -c -1 Image.gz >in && not_signed 'kernel-gzip (63)' development in || return 1
	{ cat Image.gz; echo; } >in && not_signed 'kernel-gzip (63)' development in || return 1
	head -c 70000000 /dev/zero >big && not_signed 'kernel-too-big (62)' development big &&
		gzip <big >in && not_signed 'kernel-too-big (62)' development in && rm big
}

# It fits into the bootloader's bound, and would not with a signature.
too_big_when_signed() {
	perl -e 'local $/; open(my $f, "<:raw", "Image"); my $i = <$f>;
		substr($i, 16, 8) = pack("Q<", 0x5000000); print $i, "\0" x (0x4000000 - 1000 - length $i)' >big
	not_signed 'kernel-too-big (62)' development big && not_signed 'kernel-too-big (62)' development --gzip big &&
		rm big
}

verifies() {
	sign development -o out.Image Image || return 1
	not_verified 'kernel-refused (71)' other.pem out.Image && not_verified 'kernel-unsigned (65)' other.pem Image &&
		{ cat out.Image; printf 12345678; } >bad && not_verified 'kernel-signature-form (66)' development.pem bad &&
		flip out.Image 4000 0 && not_verified 'kernel-refused (71)' development.pem bad || return 1
	verified development.pem --json out.Image && jq -e '.error == null and .verified and .version == 0' out || return 1
	exits 1 kernel --verify --cert other.pem --json out.Image &&
		jq -e '.error.name == "kernel-refused" and (.verified | not)' out
}

usage() {
	exits 0 kernel --help && grep -q -- --security-version out || return 1
	key='--key development.key --cert development.pem'
	while read -r words; do
		eval "set -- $words"
		exits 2 kernel "$@" && [ ! -e absent ] || return 1
	done <<-end
		$key Image
		$key -o absent
		$key -o absent Image Image
		$key -o absent gone
		$key -o absent --json Image
		$key -o absent --minimum-version 1 Image
		$key -o gone/absent Image
		-o absent Image
		--key development.key -o absent Image
		--cert development.pem -o absent Image
		--pki . $key -o absent Image
		--pki gone -o absent Image
		--verify Image
		--verify $key Image
		--verify --pki . --cert development.pem Image
		--verify --cert Image Image
		--verify --cert development.pem -o absent Image
		--verify --cert development.pem --security-version 1 Image
		--verify --cert development.pem gone
	end
}

now=$(($(date +%s) + 60)) # within the dates of all that is made below
export SOURCE_DATE_EPOCH=$now
check 'makes its inputs' make_inputs
for bits in 2048 3072 4096; do
	check "signs with RSA-$bits: sbverify, bbctl and --verify agree" signs $bits
done
check 'the digest is the one that sbsign signs' same_digest_as_sbsign
check 'security version' security_version
check 'the security version is covered by the signature' security_version_is_covered
check 'no byte changes unnoticed where no signature covers it' uncovered_bytes
check 'the same input, key and time give the same bytes' reproducible
check 'a time that no kernel takes' outside_the_dates
check 'packs' packs
check 'a signed kernel is signed again only with --replace' replaces
check 'a production key signs no development kernel' production_signs_no_development
check 'a development certificate is one in any case and type of string' development_by_any_type
check 'one key, one purpose' one_key_one_purpose
check 'a PKI that was mixed up' mixed_up_pki
check 'what is no Image' no_images
check 'too big once it is signed' too_big_when_signed
check 'verifies' verifies
check 'usage' usage
exit $failed
