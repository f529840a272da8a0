#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbctl from outside: exit status, named errors, JSON. Usage: test_bbctl.sh [BBCTL [MKDISK]]
# shellcheck disable=SC2015,SC2086,SC2238,SC2317 # functions are called through check; A && B || fail is meant
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
host=${BUILD:-build}/host
bbctl=$(realpath "${1:-$host/bbctl}")
mkdisk=$(realpath "${2:-$host/mkdisk}")
make_image=$(realpath "$(dirname "$0")/make-image")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

exits() { # STATUS WORD...: bbctl's exit status; its output is in out and err
	status=$1
	shift
	"$bbctl" "$@" >out 2>err
	got=$?
	[ $got -eq "$status" ] || { echo "bbctl $*: status $got, not $status"; cat out err; return 1; }
}

refused() { # "NAME (NUMBER)" WORD...: with the named error, in JSON as well
	name=$1
	shift
	exits 1 "$@" && grep -qF ": refused: $name: " err || { echo "no $name:"; cat err; return 1; }
	exits 1 "$@" --json && [ "$(jq -r '"\(.error.name) (\(.error.number))"' out)" = "$name" ] ||
		{ echo "no $name in JSON:"; cat out; return 1; }
}

good() { # WORD...: good, and what JSON it prints is JSON
	exits 0 "$@" && [ ! -s err ] && exits 0 "$@" --json && jq -e '.error == null and .file' out >/dev/null
}

json() { # FILTER: of the last output
	jq -e "$1" out >/dev/null || { echo "not $1:"; cat out; return 1; }
}

usage() {
	exits 2 && exits 2 nonsense && exits 0 --help && exits 0 --version || return 1
	for command in env blob image disk explain report; do
		exits 0 --help && grep -q "^  $command " out || return 1
		exits 0 $command --help && grep -q "^usage: bbctl $command " out || return 1
		exits 2 $command && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] || return 1
		exits 2 $command --nonsense file && exits 2 $command --json=yes file || return 1
	done
	for command in 'env list' blob image disk explain report; do
		# shellcheck disable=SC2086
		exits 2 $command absent && grep -q '^bbctl: absent: cannot be read: No such file' err || return 1
	done
}

make_env() {
	{ printf '# GRUB Environment Block\n%b' "$1"; head -c 4096 /dev/zero | tr '\0' '#'; } | head -c 1024 >env
}

env_list() {
	make_env 'bootcount=1\nbootcount=1\nresin_root_part=B \nupgrade_available=5\nfoo=\033[2J\n'
	good env list env && json '.state.root == "B" and .state.discarded == 2' &&
		json '.values[0].init == "discarded: given more than once"' &&
		json '.values[3].init == "discarded: bad value" and .values[4].init == "ignored"' || return 1
	exits 0 env list env && ! grep -q "$(printf '\033')" out
}

env_set() {
	make_env 'bootcount=1\nbootcount=1\n'
	exits 1 env get env bootcount && exits 1 env get env foo && exits 0 env set env bootcount=7 || return 1
	good env get env bootcount && json '.value == "7"' || return 1
	cp env before
	for word in bootcount=100 bootcount=x resin_root_part=C upgrade_available=2 kernel_override_abi=../x typo=1; do
		exits 1 env set env upgrade_available=1 $word && grep -q -- --force err && cmp env before || return 1
		exits 0 env set env $word --force && cp before env || return 1
	done
	exits 2 env set env bootcount && exits 2 env set env '=x' && exits 2 env set env 'a b=x' --force &&
		exits 2 env set env "foo=a$(printf '\n.')" --force && cmp env before || return 1
	exits 0 env set env extra_os_firmware_class_path=/x/y && exits 0 env set env kernel_override_abi=
}

env_write_is_whole() {
	make_env 'bootcount=1\n'
	mkdir -p dir && cp env dir/env && chmod 640 dir/env && ln -sf dir/env link
	exits 0 env set link bootcount=2 && [ -L link ] && [ "$(stat -c %a dir/env)" = 640 ] &&
		[ "$(ls dir)" = env ] && exits 0 env get dir/env bootcount && [ "$(cat out)" = 2 ]
}

make_blob() { # FILE MAGIC... five words
	perl -e 'my $f = shift; open(my $o, ">:raw", $f) or die; print $o pack("V5", map { oct } @ARGV), "x" x 84' "$@"
}

blob() {
	make_blob balena_56.enc 0x5461674f 0x0 0x9 0x18 0x54
	good blob balena_56.enc && json '.header.key_length == 24 and .key_size == 56 and .size == 104' || return 1
	json '.layout == 1 and .volumes == ["boot","rootA","rootB","state","data"]' || return 1
	refused 'blob-length (33)' blob balena_56.enc --key-size 64 &&
		json '.layout == 2 and .volumes == ["boot","rootA","rootB","state"]' &&
		refused 'blob-length (33)' blob balena_56.enc --key-size 48 && json '.volumes == ["data"]' &&
		refused 'blob-length (33)' blob balena_56.enc --key-size=57 &&
		exits 2 blob balena_56.enc --key-size x && exits 2 blob balena_56.enc --key-size || return 1
	cp balena_56.enc balena_64.enc && refused 'blob-length (33)' blob balena_64.enc &&
		cp balena_56.enc any && good blob any || return 1
	make_blob bad 0x5461674f 0x0 0x1 0x18 0x54 && refused 'blob-header (34)' blob bad || return 1
	head -c 103 balena_56.enc >short && refused 'blob-length (33)' blob short && : >empty &&
		refused 'blob-length (33)' blob empty && head -c 100000 /dev/zero >long && refused 'blob-length (33)' blob long || return 1
	# Mainline's have no header: their length is all.
	head -c 80 /dev/urandom >balena_32.enc && head -c 112 /dev/urandom >balena_64.enc || return 1
	good blob balena_64.enc --key-source caam-trusted && json '.volumes[0] == "boot" and (has("header") | not)' &&
		good blob balena_32.enc --key-source caam-trusted && json '.layout == 2 and .volumes == ["data"]' &&
		good blob balena_64.enc --key-source caam-pk && json '.volumes == ["data"]' &&
		good blob balena_32.enc --key-source=caam-pk --key-size 84 && json '.volumes[0] == "boot"' &&
		refused 'blob-header (34)' blob balena_64.enc && refused 'blob-length (33)' blob balena_32.enc &&
		refused 'blob-length (33)' blob balena_32.enc --key-source caam-trusted --key-size 64 &&
		exits 2 blob balena_32.enc --key-source caam
}

make_keys() {
	for name in key other; do
		openssl req -new -x509 -newkey rsa:2048 -nodes -keyout $name.key -out $name.pem -days 9 \
			-subj "/CN=$name of bbctl" || return 1
	done
	"$make_image" >Image.unsigned && sbsign --key key.key --cert key.pem --output Image Image.unsigned &&
		gzip -9 <Image >Image.gz
}

image() {
	good image Image && json '.signer == "key of bbctl" and .version == 5 and .verified == false' || return 1
	json ".sha256 == \"$(sbverify_digest)\"" || return 1
	good image Image --cert key.pem && json '.verified and .packed == false' || return 1
	good image Image.gz --cert key.pem && json '.verified and .packed' || return 1
	refused 'kernel-refused (71)' image Image --cert other.pem || return 1
	exits 2 image Image --cert Image && exits 2 image Image --cert absent && exits 2 image Image Image.gz
}

# The digest, taken from the signature by openssl.
sbverify_digest() {
	sbattach --detach sig Image && openssl asn1parse -inform DER -in sig | grep 'OCTET STRING.*HEX DUMP' |
		sed 's/.*DUMP\]://; q' | tr 'A-F' 'a-f'
}

flip() { # OFFSET: one bit of Image, into bad
	perl -e 'local $/; open(my $f, "<:raw", "Image"); my $i = <$f>;
		substr($i, $ARGV[0], 1) ^= "\1"; print $i' "$1" >bad
}

image_refused() {
	refused 'kernel-unsigned (65)' image Image.unsigned || return 1
	flip 2000 && refused 'kernel-refused (71)' image bad && refused 'kernel-refused (71)' image bad --cert key.pem &&
		gzip <bad >bad.gz && refused 'kernel-refused (71)' image bad.gz || return 1
	flip 20 && exits 1 image bad && flip $(($(wc -c <Image) - 100)) && exits 0 image bad &&
		refused 'kernel-refused (71)' image bad --cert key.pem || return 1
	head -c 3000 Image >bad && refused 'kernel-not-image (64)' image bad || return 1
	{ cat Image; printf 12345678; } >bad && refused 'kernel-signature-form (66)' image bad || return 1
	head -c -9 Image.gz >bad && refused 'kernel-gzip (63)' image bad || return 1
	{ cat Image.gz; printf x; } >bad && refused 'kernel-gzip (63)' image bad || return 1
	head -c 70000000 /dev/zero >big && refused 'kernel-too-big (62)' image big &&
		gzip <big >big.gz && refused 'kernel-too-big (62)' image big.gz && rm big big.gz || return 1
	: >empty && refused 'kernel-not-image (64)' image empty && refused 'kernel-not-image (64)' image key.pem
}

make_disk() { # FILE OPTION...
	file=$1
	shift
	"$mkdisk" --seed bbctl "$@" -o "$file"
}

disk() {
	perl -e 'print pack("a8 V V", "BBCHIP01", 15, 0), "s" x 32, "\0" x 4048' >chip
	make_disk closed --chip chip && good disk closed && json '.closed.good and (.open.good | not)' &&
		json '[.partitions[].volume] == ["imx","boot","rootA","rootB","state","data"]' &&
		json '.partitions | all(.first_lba * 512 == .offset)' && json '.partitions[1].first_lba == 34816' &&
		json '[.partitions[].filesystem] == ["FAT",null,null,null,null,null]' || return 1
	make_disk two --layout 2 --chip chip && good disk two && rm two || return 1
	make_disk open --open && good disk open && json '.open.good and (.closed.good | not)' &&
		json '.partitions[1].filesystem_label == "resin-rootA"' || return 1
	refused 'volume-missing (22)' disk open --closed && refused 'volume-unknown (24)' disk closed --open &&
		exits 2 disk open --closed --open && rm closed
}

disk_refused() {
	make_disk one --open --partition rootB=none && refused 'volume-missing (22)' disk one || return 1
	make_disk one --open --partition extra:label=resin-bootx,fs=none && refused 'volume-unknown (24)' disk one ||
		return 1
	make_disk one --open --partition extra:label=balena-boot,fs=none && refused 'volume-twice (23)' disk one ||
		return 1
	make_disk one --chip chip --partition rootA:plain && refused 'volume-foreign (51)' disk one || return 1
	make_disk one --open --partition rootA:fslabel=other && refused 'volume-foreign (51)' disk one || return 1
	make_disk one --open --partition boot:fs=ext4 && refused 'boot-mount (41)' disk one || return 1
	head -c 1000000 /dev/zero >one && refused 'volume-missing (22)' disk one || return 1
	: >one && exits 2 disk one
}

# The kernel does not look at the copy of the table at the end of the disk.
disk_second_table() {
	cp --sparse=always open broken && printf x | dd of=broken bs=1 seek=600 conv=notrunc status=none &&
		refused 'volume-missing (22)' disk broken || return 1
	cp --sparse=always open broken && printf x | dd of=broken bs=1 seek=1100 conv=notrunc status=none &&
		refused 'volume-missing (22)' disk broken
}

# U+0142 has the low byte of 'B': the kernel, and so init, reads resin-rootB.
disk_label_as_the_kernel_sees_it() {
	make_disk one --open --partition "rootB:label=resin-root$(printf '\305\202'),fslabel=resin-rootB" || return 1
	good disk one && json '.partitions[2].label == "resin-rootB"'
}

report() {
	printf '{"error":{"name":"kernel-refused","number":71,"stage":"load","detail":"boot/Image.gz"},"version":"9",
		"slot":"A","override":null,"why":"current","attempts":[{"slot":"A","override":null,"error":null}],
		"layout":2,"stages":[{"name":"start","start":5,"end":1000005}],"warnings":["w\\u001b[2J"]}' >r
	good report r && json '.report.error.number == 71' && exits 0 report r &&
		grep -q 'kernel-refused (71) in stage load' out &&
		grep -q 'docs/errors.md' out && grep -q '^layout  *2$' out && grep -q 'refused the signature' out &&
		grep -q ' 1.000000$' out &&
		! grep -q "$(printf '\033')" out || return 1
	{ cat r; head -c 4096 /dev/zero | tr '\0' ' '; } | head -c 4095 >padded && echo >>padded && good report padded ||
		return 1
	head -c 4096 /dev/zero | tr '\0' ' ' >blank && good report blank && json '.report == null'
}

report_refused() {
	for text in '{' '[]' '1' '"x"' '{} {}' '{}x' '[[[[[[[[[[]]]]]]]]]]' '{"a":1,}' '{"a":01}' 'null'; do
		printf %s "$text" >r
		exits 1 report r && exits 1 report r --json || return 1
	done
	printf '{"a":"\377"}' >r && exits 1 report r && printf '{}\000' >r && exits 1 report r &&
		{ head -c 4096 /dev/zero | tr '\0' ' '; echo; } >r && exits 1 report r
}

# Any value may be of any kind.
report_odd_values() {
	for value in null 1 -1 true '"x"' '[]' '{}' '[1]' '[null]' '[{}]' '[[]]' '{"name":{}}' 1e999 99999999999999999999; do
		printf '{"error":%s,"version":%s,"slot":%s,"attempts":%s,"kernel":%s,"enforcement":%s,"stages":%s,
			"warnings":%s,"dropped_words":%s,"disk":%s,"layout":%s,"shortened":%s}' "$value" "$value" "$value" "$value" \
			"$value" "$value" "$value" "$value" "$value" "$value" "$value" "$value" >r
		exits 0 report r || return 1
	done
	printf '{"error":{"name":"system","number":2}}' >r && exits 0 report r && grep -q 'does not know' out
}

check 'usage and help' usage
check 'env list' env_list
check 'env set' env_set
check 'env set replaces the file in one step' env_write_is_whole
check 'blob' blob
check 'keys to sign with' make_keys
check 'image' image
check 'image, refused' image_refused
check 'disk' disk
check 'disk, refused' disk_refused
check 'disk, first table broken' disk_second_table
check 'disk, label as the kernel sees it' disk_label_as_the_kernel_sees_it
check 'report' report
check 'report, refused' report_refused
check 'report, odd values' report_odd_values
exit $failed
