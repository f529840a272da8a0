#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign hab beside NXP's CST, csf_parser and openssl, and the mistakes that it refuses.
# shellcheck disable=SC2015,SC2030,SC2031,SC2317 # A && B || fail and subshells are meant; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

export SOURCE_DATE_EPOCH=1767225600
clock='2026-01-01 00:00:00'	# the same in UTC
load=0x40480000
ivt=12288	# where the IVT of the small Image and of the device tree is

number() { # FILE OFFSET PERL-TEMPLATE VALUE: puts a number there
	perl -e 'my ($file, $at, $as, $value) = @ARGV; open(my $f, "+<", $file) or die; binmode $f;
		seek($f, $at, 0); print $f pack($as, $value =~ /^0x/ ? hex $value : $value)' "$@"
}

make_inputs() {
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image &&
		gzip -c Image >Image.gz && "$top/tests/unit/make-dtb" 3000 soc >dtb
}

hab() { # BITS SLOT IN OUT OPTION...: bbsign hab with a good PKI
	bits=$1 slot=$2 in=$3 to=$4
	shift 4
	"$bbsign" hab --pki "$shared/pki-$bits" --passphrase-file "$passphrase" --slot "$slot" \
		--load-addr "$load" -o "$to" "$in" "$@" >out 2>err </dev/null ||
		{ status=$?; cat err; return "$status"; }
}

# nxp BITS SLOT IN OUT: IN with padding, IVT and the CSF that NXP's CST makes; the clock alone is ours
nxp() {
	bits=$1 crts=$work/nxp-$1/crts slot=$2
	if [ ! -d "nxp-$bits" ]; then
		cp -R "$shared/pki-$bits" "nxp-$bits"
		cat "$passphrase" "$passphrase" >"nxp-$bits/keys/key_pass.txt"
		srktool --hab_ver 4 --table "nxp-$bits/table" --efuses "nxp-$bits/fuses" \
			--digest sha256 --certs "$(echo "$crts"/SRK[1-4]_sha256_"$bits"_65537_v3_ca_crt.pem | tr ' ' ,)" ||
			return 1
	fi
	perl -e 'local $/; my $load = hex shift; my $data = <STDIN>;
		$data .= "\0" x (-length($data) % 12288); my $self = $load + length $data;
		print $data, pack("C4 V7", 0xd1, 0, 32, 64, $load, 0, 0, 0, $self, $self + 32, 0)' \
		"$load" <"$3" >"$4" || return 1
	csf_text "$bits" "$slot" "$crts" "nxp-$bits/table" \
		"$load 0x0 $(stat -c %s "$4") \"$4\"" >csf.txt
	TZ=UTC faketime -f "$clock" "$debs/cst/usr/bin/cst" -o csf.bin -i csf.txt &&
		cat csf.bin >>"$4"
}

as_cst() { # BITS SLOT INPUT: the whole file is the same
	pki "$1" && hab "$1" "$2" "$3" ours && nxp "$1" "$2" "$3" theirs && cmp ours theirs
}

# What csf_parser finds is what openssl, which shares nothing with us but libcrypto's RSA, verifies.
others_agree() { # BITS SLOT: of the Image that was compared last
	rm -rf output && csf_parser -s ours >parser || return 1
	grep -q "SRK Index $2[[:space:]]*Source Key Index of SRK" output/parsed_output.txt &&
		cmp output/SRKTable.bin "nxp-$1/table" || return 1
	head -c 88 output/csf.bin >signed-csf && head -c $((ivt + 32)) ours >signed-image ||
		return 1
	part 0 1 signed-image "IMG$(($2 + 1))_1" && part 1 0 signed-csf "CSF$(($2 + 1))_1" ||
		return 1
	openssl verify -CAfile "$shared/pki-$1"/crts/CA1_*.pem \
		-untrusted "$shared/pki-$1/crts/SRK$(($2 + 1))"_*.pem certificate0.pem certificate1.pem
}

part() { # SIGNATURE CERTIFICATE CONTENT NAME: of the last output
	openssl x509 -inform DER -in "output/cert$2.der" -out "certificate$2.pem" &&
		cmp "certificate$2.pem" "$(echo "nxp-$bits/crts/$4"_*_crt.pem)" &&
		openssl cms -verify -binary -inform DER -in "output/sig$1.bin" -content "$3" \
			-certfile "certificate$2.pem" -noverify -nointern -out verified &&
			cmp verified "$3"
}

accepted() { # FILE
	exits 0 hab-verify --fuses nxp-2048/fuses --load-addr "$load" "$1"
}

packed() { # the inside is signed, and is what signing the inside gives
	hab 2048 1 Image.gz signed.gz && hab 2048 1 Image signed && gzip -t signed.gz &&
		gzip -dc signed.gz | cmp - signed && accepted signed.gz || return 1
	[ "$(od -An -tx1 -j3 -N5 signed.gz)" = " 00 00 00 00 00" ] ||
		{ echo "a name or a time in it"; return 1; }
	head -c 4096 signed | cmp - Image &&
		tail -c +4097 signed | head -c 8192 | cmp - /dev/zero -n 8192
}

reproducible() {
	hab 2048 0 Image.gz one && sleep 1 && hab 2048 0 Image.gz two && cmp one two || return 1
	(SOURCE_DATE_EPOCH=1767225601 && hab 2048 0 Image.gz three) && ! cmp -s one three
}

large() { # 40 MB, within 20 seconds of CPU with sanitizers
	cp Image large && number large 16 'Q<' 60000000 && truncate -s 40000000 large &&
		(ulimit -t 20 && hab 2048 0 large large.signed && accepted large.signed) || return 1
	[ "$(wc -l <out)" -lt 40 ] && nxp 2048 0 large large.theirs &&
		cmp large.signed large.theirs; good=$?
	rm -f large large.signed large.theirs
	return "$good"
}

says_where_it_runs() { # the flag that U-Boot's booti asks
	hab 2048 0 Image signed && grep -q 'moves it to 0x40000000,' out && cp Image anywhere &&
		number anywhere 24 'Q<' 10 && hab 2048 0 anywhere signed &&
		grep -q 'moves it to 0x40600000' out || return 1
	load=0x40600000
	hab 2048 0 anywhere signed && ! grep -q moves out
	good=$?
	load=0x40480000
	return "$good"
}

# no STATUS TEXT IN OPTION...: the options, which come last, make it wrong; nothing is written
no() {
	status=$1 text=$2 in=$3
	shift 3
	rm -f never
	exits "$status" hab --pki "$shared/pki-2048" --passphrase-file "$passphrase" --slot 1 \
		--load-addr "$load" -o never "$in" "$@" && [ ! -e never ] &&
		grep -qF -- "$text" err || { cat err; return 1; }
}

slots() {
	no 2 'none of 0 to 3' Image --slot 4 && no 2 'none of 0 to 3' Image --slot -1 &&
		no 2 'none of 0 to 3' Image --slot '' &&
		no 2 'none of 0 to 3' Image --slot ' 1' && no 2 'none of 0 to 3' Image --slot 0x &&
		no 2 'none of 0 to 3' Image --slot 00x1
}

revoked() {
	no 1 'slot 1 is revoked' Image --revoked 2 &&
		no 1 'slot 1 is revoked' Image --revoked 0x7 &&
		no 2 'no mask of slots' Image --revoked 8 && hab 2048 3 Image signed --revoked 7 &&
		hab 2048 0 Image signed --revoked 2 || return 1
	cp -R "$shared/pki-2048" tree && echo 2 >tree/crts/revoked &&
		no 1 'slot 1 is revoked' Image --pki tree &&
		no 1 'slot 1 is revoked' Image --pki tree --revoked 1
}

addresses() {
	no 1 'not in DRAM' Image --load-addr 0x3ffff000 && no 1 'not in DRAM' Image --load-addr 0 &&
		no 1 'multiple of 4096' Image --load-addr 0x40480800 &&
		no 1 'multiple of 8' dtb --load-addr 0x43000004 &&
		no 1 'beyond 32 bits' Image --load-addr 0xfffff000 &&
		no 1 'beyond 32 bits' dtb --load-addr 0xfffffff8 &&
		no 2 'no address of 32 bits' Image --load-addr 0x140480000 &&
		no 2 'no address' Image --load-addr 40480000h &&
		no 2 'no address' Image --load-addr -1 || return 1
	cp Image bss && number bss 16 'Q<' 0xc0000001 &&
		no 1 'run beyond 32 bits' bss --load-addr 0x48000000 || return 1
	number bss 24 'Q<' 10 && no 1 'run beyond 32 bits' bss --load-addr 0x48000000 &&
		number bss 16 'Q<' -1 &&
		no 1 'run beyond 32 bits' bss --load-addr 0x48000000
}

payloads() {
	head -c 5000 /dev/urandom >noise && : >empty && no 1 'neither an arm64 Image' noise &&
		no 1 'neither' empty &&
		gzip -c noise >noise.gz && no 1 'neither' noise.gz && gzip -c dtb >dtb.gz &&
		no 1 'packed with gzip' dtb.gz || return 1
	head -c 2999 dtb >short && no 1 'cut off' short && { cat dtb; printf x; } >long &&
		no 1 'something behind it' long &&
		cp dtb huge && number huge 4 N 0x200001 && no 1 'impossible size' huge &&
		cp dtb tiny &&
		number tiny 4 N 39 && no 1 'impossible size' tiny || return 1
	head -c $(($(stat -c %s Image.gz) - 5)) Image.gz >cut.gz && no 1 'cut.gz' cut.gz &&
		{ cat Image.gz; printf x; } >junk.gz && no 1 'junk.gz' junk.gz || return 1
	cp Image old && number old 16 'Q<' 0 && no 1 'before 3.17' old &&
		cp Image appended && head -c 70000 /dev/zero >>appended &&
		no 1 'appended' appended &&
		cp Image odd && number odd 8 'Q<' 0x200000 && no 1 'text offset' odd &&
		no 2 'cannot be read' absent || return 1
	for node in images configurations images@1; do # U-Boot takes kernels and scripts from a FIT
		"$top/tests/unit/make-dtb" 3000 memory "$node" >fit && no 1 'a FIT' fit || return 1
	done
	cp dtb broken && number broken 56 N 9 && no 1 'begin with a root' broken
}

twice() { # signing what is signed would give a file of which U-Boot reads the wrong IVT
	hab 2048 0 Image signed && no 1 'signed for HAB already' signed && hab 2048 0 dtb signed &&
		no 1 'signed for HAB already' signed && hab 2048 0 Image.gz signed.gz &&
		no 1 'signed for HAB already' signed.gz
}

foreign_fuses() {
	hab 2048 0 Image signed --fuses nxp-2048/fuses &&
		no 1 'belong to other SRKs' Image --fuses nxp-3072/fuses &&
		head -c 32 /dev/zero >zero && no 1 'all zero' Image --fuses zero &&
		no 1 'has 32 bytes' Image --fuses Image
}

# A tree in which a CSF or IMG pair comes from elsewhere: devices would not start what it signs.
mixed_tree() { # TEXT NAME FROM-NAME
	names=sha256_2048_65537_v3_usr
	rm -rf mixed && cp -R "$shared/pki-2048" mixed &&
		cp "mixed/crts/$3_${names}_crt.pem" "mixed/crts/$2_${names}_crt.pem" &&
		cp "mixed/keys/$3_${names}_key.pem" "mixed/keys/$2_${names}_key.pem" &&
		no 1 "$1" Image --pki mixed
}

large_certificate() { # a CSF certificate that leaves no room in U-Boot's 8192 bytes
	rm -rf mixed && cp -R "$shared/pki-2048" mixed || return 1
	srk=SRK2_sha256_2048_65537_v3_ca csf=CSF2_1_sha256_2048_65537_v3_usr
	printf 'basicConstraints=critical,CA:FALSE\nnsComment="%s"\n' \
		"$(head -c 4200 /dev/zero | tr '\0' x)" >extensions
	openssl req -new -key "mixed/keys/${csf}_key.pem" -passin "file:$passphrase" \
		-subj "/OU=balena-bootloader development/CN=large" -out request && certify &&
		no 1 'larger than the 8192 bytes' Image --pki mixed &&
		sed -i 's/x\{2000\}//' extensions && certify && hab 2048 1 Image signed --pki mixed
}

certify() { # the request of the CSF key, with these extensions
	openssl x509 -req -in request -CA "mixed/crts/${srk}_crt.pem" \
		-CAkey "mixed/keys/${srk}_key.pem" -passin "file:$passphrase" -extfile extensions \
		-out "mixed/crts/${csf}_crt.pem"
}

production() {
	tree=$(pki 2048 production) || return 1
	"$top/tests/unit/make-image" 'Linux version 6.12.1-development (nobody@nowhere) 1' \
		>Image.development &&
		gzip -c Image.development >Image.development.gz &&
		"$top/tests/unit/make-image" nothing >Image.nothing &&
		"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' \
			'balena-bootloader development' >Image.certificate || return 1
	for in in Image.development Image.development.gz Image.nothing Image.certificate; do
		hab 2048 1 "$in" signed && no 1 'for production' "$in" --pki "$tree" || return 1
	done
	hab 2048 1 Image signed --pki "$tree" && hab 2048 1 dtb signed --pki "$tree"
}

# recertify NAME SUBJECT ISSUER: of the production tree's copy; what it says of its variant is new
recertify() {
	file=mixed/crts/$1 key=mixed/keys/$(echo "$1" | sed s/_crt/_key/)
	openssl x509 -in "$file" -ext basicConstraints -noout >said &&
		constraints=$(sed -n 's/^ *\(CA:[A-Z]*\).*/\1/p' said) &&
		echo "basicConstraints=$constraints" >extensions &&
		openssl req -new -key "$key" -passin "file:$passphrase" -subj "$2" -out request &&
		openssl x509 -req -in request -CA "mixed/crts/$3" -passin "file:$passphrase" -days 9 \
			-CAkey "mixed/keys/$(echo "$3" | sed s/_crt/_key/)" -extfile extensions -out new &&
		mv new "$file"
}

# Every mixture of SRK, CSF and IMG certificates that are for development with others. Devices have
# the production SRK in their fuses: were the signers' word enough, they would start it.
mixed_variants() {
	tree=$(pki 2048 production) || return 1
	ca=CA1_sha256_2048_65537_v3_ca_crt.pem srk=SRK2_sha256_2048_65537_v3_ca_crt.pem
	csf=CSF2_1_sha256_2048_65537_v3_usr_crt.pem img=IMG2_1_sha256_2048_65537_v3_usr_crt.pem
	for mixture in "$csf $img" "$csf" "$img" "$srk" "$srk $csf" "$srk $img"; do
		rm -rf mixed && cp -R "$tree" mixed || return 1
		for file in $mixture; do
			issuer=$srk
			[ "$file" != "$srk" ] || issuer=$ca
			recertify "$file" "/OU=balena-bootloader development/CN=x $file" "$issuer" ||
				return 1
		done
		for in in Image.development Image dtb; do
			no 1 'some do not' "$in" --pki mixed || { echo "$mixture"; return 1; }
		done
	done
	# The last has SRK and IMG; with CSF all are, and sign.
	recertify "$csf" "/OU=balena-bootloader development/CN=x $csf" "$srk" &&
		hab 2048 1 Image.development signed --pki mixed
}

usage() {
	exits 0 hab --help && grep -q '^usage: bbsign hab ' out && exits 2 hab &&
		exits 2 hab Image && exits 2 hab --nonsense &&
		no 2 'cannot be written' Image -o absent/never && no 2 'needs one file' Image dtb &&
		echo wrong >wrong && no 2 'passphrase' Image --passphrase-file wrong
}

check "inputs" make_inputs
for bits in 4096 3072 2048; do
	for slot in 0 1 2 3; do
		check "RSA $bits, slot $slot: byte for byte NXP's CST" as_cst $bits $slot Image
		check "RSA $bits, slot $slot: csf_parser and openssl agree" others_agree $bits $slot
	done
	check "RSA $bits: a device tree too" as_cst $bits 2 dtb
done
check "Image.gz: the inside is signed, and packed again" packed
check "two runs give the same file" reproducible
check "40 MB" large
check "says where an Image runs" says_where_it_runs
check "refused: slots that are none" slots
check "refused: revoked slots" revoked
check "refused: load addresses" addresses
check "refused: what is no Image, no packed Image and no device tree" payloads
check "refused: what is signed already" twice
check "refused: fuses of other SRKs" foreign_fuses
check "refused: the CSF pair of another slot" mixed_tree "by the slot's SRK" CSF2_1 CSF1_1
check "refused: the IMG pair of another slot" mixed_tree "by the slot's SRK" IMG2_1 IMG3_1
check "refused: one pair for CSF and IMG" mixed_tree key-shared IMG2_1 CSF2_1
check "refused: certificates that leave no room in U-Boot" large_certificate
check "refused: a development image under a production PKI" production
check "refused: some certificates for development, under a production SRK" mixed_variants
check "usage" usage
exit "$failed"
