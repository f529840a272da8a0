#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mkdisk against other people's tools: openssl and perl decrypt its volumes and open its blob,
# e2fsck, fsck.vfat and sfdisk check them. Usage: test_mkdisk.sh [MKDISK]
# shellcheck disable=SC2016,SC2317 # sh -c expands its own text; functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
mkdisk=$(realpath "${1:-${BUILD:-build}/host/mkdisk}")
fat=$(realpath "$(dirname "$0")/../mkdisk/fat")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

exits() { # STATUS COMMAND...
	status=$1
	shift
	"$@" >out 2>err
	[ $? -eq "$status" ]
}

make_chip() { # FILE STATE FIRST-BYTE-OF-SECRET
	perl -e 'print pack("a8 V V", "BBCHIP01", $ARGV[0], 0), chr($ARGV[1]), "s" x 31, "\0" x 4048' \
		"$2" "$3" >"$1"
}

# Partition NAME of IMAGE to FILE, as it is on the disk.
extract() { # IMAGE JSON NAME FILE
	set -- "$1" "$4" "$(jq -r ".partitions[] | select(.name == \"$3\") | \"\(.start) \(.size)\"" "$2")"
	dd if="$1" of="$2" bs=65536 iflag=skip_bytes,count_bytes status=none \
		skip="${3% *}" count="${3#* }"
}

# CBC is ECB and an exclusive or with the ciphertext before it, or at the start of a sector with the
# sector number, of which FIRST is the first one.
decrypt() { # KEYFILE FILE OUT [FIRST]
	openssl enc -d "-aes-$(($(wc -c <"$1") * 8))-ecb" -nopad -K "$(od -An -v -tx1 "$1" | tr -d ' \n')" -in "$2" \
		-out ecb &&
		perl -e '
		my ($cipher, $ecb, $number) = @ARGV;
		open(my $c, "<:raw", $cipher) or die; open(my $e, "<:raw", $ecb) or die;
		while (read($c, my $text, 512) == 512) {
			read($e, my $plain, 512) == 512 or die;
			print $plain ^ (pack("Q< x8", $number++) . substr($text, 0, 496));
		}' "$2" ecb "${4:-0}" >"$3"
}

hex_of() { # FILE OFFSET LENGTH
	od -An -v -tx1 -j "$2" -N "$3" "$1" | tr -d ' \n'
}

# The blob's key as the chip gets at it; openssl's enc has no CCM, but CCM's encryption is CTR
# mode from counter 1 (with a 12-byte nonce the counter block is 02 || nonce || 3 bytes).
unwrap() { # CHIP STATE BLOB OUT [KEY-SIZE]
	bkek=$({ printf CAAM_KEY_TYPE_V1; perl -e 'print pack("V", $ARGV[0])' "$2"; } |
		openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(hex_of "$1" 16 32)" | sed 's/.*= *//')
	tail -c +21 "$3" | head -c 32 |
		openssl enc -d -aes-256-ecb -nopad -K "$bkek" -out blob_key &&
		tail -c +53 "$3" | head -c "${5:-24}" | openssl enc -d -aes-256-ctr -out "$4" \
			-K "$(hex_of blob_key 0 32)" -iv 02000000000000000000000000000001
}

mkdir -p root/hostapps/1 root/sbin "root/a directory" other
head -c 3000000 /dev/urandom >root/big
printf 'hello\n' >"root/a directory/file"
printf '#!/bin/sh\n' >root/sbin/tool
chmod 755 root/sbin/tool
ln -s hostapps/1 root/current
ln -s /nowhere/at/all root/sbin/init
printf 'other\n' >other/file
make_chip chip 13 1
make_chip chip2 13 2
make_chip chip_open 11 1
make_chip chip2_open 11 2

make() { # OUT OPTION...
	out=$1
	shift
	"$mkdisk" --root-a root --root-b root --boot other --state other --data root --chip chip --json \
		--partition rootA:size=17M --partition rootB:size=16M --partition data:size=20M \
		-o "$out" "$@" >"$out.json"
}

same_tree() { # FS DIR
	rm -rf dump && mkdir dump && debugfs -R "rdump / dump" "$1" && rmdir dump/lost+found &&
		diff -r --no-dereference "$2" dump
}

volume_is_good() { # NAME DIR
	extract disk disk.json "$1" part && decrypt key part fs &&
		e2fsck -fn fs && [ "$(e2label fs)" = "resin-$1" ] && same_tree fs "$2"
}

check "makes a closed device's disk" make disk --seed x --write-key key --write-blob blob
check "table is valid" sfdisk --verify disk
check "labels" sh -c '[ "$(partx -rgo NAME disk | tr "\n" " ")" = \
	"balena-imx resin-boot resin-rootA resin-rootB resin-state resin-data " ]'
for volume in boot:other rootA:root rootB:root state:other data:root; do
	check "volume ${volume%:*} decrypts to its directory" volume_is_good "${volume%:*}" "${volume#*:}"
done
check "no filesystem shows without the key" sh -c '[ -z "$(blkid -p -o value -s TYPE part)" ]'
check "extracts balena-imx" extract disk disk.json imx imx
check "fsck.vfat" fsck.vfat -n imx
check "FAT files" sh -c "[ \"\$($fat list disk | sort | tr '\n' ' ')\" = \
	'balena_56.enc bootenv bootreport.json ' ]"
check "fresh bootenv" sh -c "$fat get disk bootenv >env && [ \$(wc -c <env) -eq 1024 ] &&
	grep -q '^resin_root_part=A\$' env && grep -q '^bootcount=0\$' env"
check "empty report" sh -c "$fat get disk bootreport.json >report && [ \$(wc -c <report) -eq 4096 ] &&
	[ -z \"\$(tr -d ' ' <report)\" ]"
check "blob on the disk" sh -c "$fat get disk balena_56.enc | cmp - blob"
check "blob header and length" sh -c '[ "$(wc -c <blob)" -eq 104 ] &&
	[ "$(head -c 20 blob | od -An -v -tx1 | tr -d " \n")" = 4f67615400000000090000001800000054000000 ]'
check "blob gives the key" unwrap chip 13 blob opened
check "that key is the volumes' key" cmp opened key
"$mkdisk" --chip chip2 --seed x --key key --write-blob blob2
"$mkdisk" --chip chip_open --seed x --key key --write-blob blob3
"$mkdisk" --chip chip2_open --seed x --key key --write-blob blob4
check "blob of another chip differs" exits 1 cmp -s blob blob2
check "blob of another state differs" exits 1 cmp -s blob blob3
check "non-secure chips share their key" cmp blob3 blob4

cp -r root root2 && sleep 1 && touch root2/big
check "a second run" make again --seed x --root-a root2
check "a second run is identical" cmp disk again
check "without a seed" make fresh --write-key fresh_key
check "without a seed the key is fresh" exits 1 cmp -s key fresh_key
check "key and blob given" make again --key key --blob blob
check "key and blob given: identical" cmp disk again

check "layout 2" make two --layout 2 --seed x --write-key two.key --write-blob two.blob
head -c 32 two.key >system.key
tail -c 16 two.key >data.key
check "layout 2: two keys" sh -c '[ "$(wc -c <two.key)" -eq 48 ]'
check "layout 2: FAT files" sh -c "[ \"\$($fat list two | sort | tr '\n' ' ')\" = \
	'balena_48.enc balena_64.enc bootenv bootreport.json ' ]"
check "layout 2: blobs on the disk" sh -c "$fat get two balena_64.enc | cmp - two.blob &&
	$fat get two balena_48.enc | cmp - two.blob.data"
check "layout 2: headers and lengths" sh -c '[ "$(wc -c <two.blob)" -eq 112 ] &&
	[ "$(wc -c <two.blob.data)" -eq 96 ] &&
	[ "$(head -c 20 two.blob | od -An -v -tx1 | tr -d " \n")" = 4f6761540000000009000000200000005c000000 ] &&
	[ "$(head -c 20 two.blob.data | od -An -v -tx1 | tr -d " \n")" = 4f6761540000000009000000100000004c000000 ]'
check "layout 2: blob gives the system key" unwrap chip 13 two.blob opened 32
check "layout 2: it is that" cmp opened system.key
check "layout 2: blob gives the key of data" unwrap chip 13 two.blob.data opened 16
check "layout 2: it is that key" cmp opened data.key

volume_of_two_is_good() { # NAME DIR KEYFILE
	first=$(jq -r ".partitions[] | select(.name == \"$1\") | .start / 512" two.json)
	[ "$first" -ge 34816 ] && extract two two.json "$1" part && decrypt "$3" part fs "$first" &&
		e2fsck -fn fs && [ "$(e2label fs)" = "resin-$1" ] && same_tree fs "$2"
}

for volume in boot:other:system rootA:root:system rootB:root:system state:other:system data:root:data; do
	tree=${volume#*:}
	check "layout 2: volume ${volume%%:*} decrypts" \
		volume_of_two_is_good "${volume%%:*}" "${tree%:*}" "${tree#*:}.key"
done
check "layout 2, keys given" make again --layout 2 --seed x --key two.key
check "layout 2, keys given: identical" cmp two again
check "a volume with another key" make again --layout 2 --seed x --partition data:key=system.key
extract again again.json data part
decrypt system.key part fs "$(jq -r '.partitions[5].start / 512' again.json)"
check "a volume with another key has that key" same_tree fs root

check "open device" make open --open --prefix balena
check "open device has five partitions" sh -c '[ "$(partx -rgo NAME open | tr "\n" " ")" = \
	"balena-boot balena-rootA balena-rootB balena-state balena-data " ]'
check "open device's boot" sh -c "$fat list open | sort | tr '\n' ' ' | grep -qx 'bootenv bootreport.json file '"
check "open device's root" extract open open.json rootA fs
check "open device's root is plain" same_tree fs root

check "odd layout" make odd --seed x --partition rootB=none --partition state:plain \
	--partition extra:label=resin-evil,size=4M --partition more:copy=rootA \
	--partition data:fslabel=resin-rootA --blob blob --blob balena_96.enc=blob2 \
	--imx-file note=root/sbin/tool --partition boot:uuid=01234567-89ab-cdef-0123-456789abcdef
check "odd labels" sh -c '[ "$(partx -rgo NAME odd | tr "\n" " ")" = \
	"balena-imx resin-boot resin-rootA resin-state resin-data resin-evil resin-rootA " ]'
check "two blobs" sh -c "$fat get odd balena_56.enc | cmp - blob && $fat get odd balena_96.enc | cmp - blob2"
check "further file" sh -c "$fat get odd note | cmp - root/sbin/tool"
extract odd odd.json state part
check "plain volume on a closed device" same_tree part other
extract odd odd.json rootA part
extract odd odd.json more copy
check "partition twice" cmp part copy
extract odd odd.json data part
decrypt key part fs
check "other label in the filesystem" sh -c '[ "$(e2label fs)" = resin-rootA ]'
extract odd odd.json boot part
decrypt key part fs
check "chosen UUID" sh -c '[ "$(blkid -p -o value -s UUID fs)" = 01234567-89ab-cdef-0123-456789abcdef ]'

check "dirty filesystems" make dirty --seed x --partition rootA:dirty=/big --partition state:dirty=/file
for volume in rootA:root:big state:other:file; do
	name=${volume%%:*} tree=${volume#*:}
	extract dirty dirty.json "$name" part
	decrypt key part fs
	check "dirty $name needs recovery" sh -c 'dumpe2fs -h fs | grep -q needs_recovery'
	check "dirty $name differs before" exits 1 same_tree fs "${tree%:*}"
	e2fsck -p fs >log 2>&1
	check "dirty $name is whole after" same_tree fs "${tree%:*}"
	check "dirty $name has no damage" e2fsck -fn fs
done

check "put and get" sh -c "$fat put disk bootenv root/sbin/tool && $fat get disk bootenv | cmp - root/sbin/tool"
check "del" sh -c "$fat del disk bootenv && ! $fat get disk bootenv"

check "help" exits 0 "$mkdisk" --help
check "no output" exits 2 "$mkdisk"
check "no chip" exits 2 "$mkdisk" -o none
check "unknown option" exits 2 "$mkdisk" --bogus
check "bad attribute" exits 2 "$mkdisk" --chip chip --partition boot:sise=3M -o none
check "bad layout" exits 2 "$mkdisk" --chip chip --layout 3 -o none
check "keys of another layout" exits 1 "$mkdisk" --chip chip --layout 2 --key key -o none
check "bad prefix" exits 2 "$mkdisk" --chip chip --prefix raisin -o none
check "missing directory" exits 1 "$mkdisk" --chip chip --root-a nowhere -o none
check "not a chip" exits 1 "$mkdisk" --chip key -o none
check "short key" exits 1 "$mkdisk" --chip chip --key root/sbin/tool -o none
check "too small" exits 1 "$mkdisk" --chip chip --root-a root --partition rootA:size=6M,dir=/usr/lib -o none
check "nothing left behind" sh -c '! ls none* 2>/dev/null'
exit $failed
