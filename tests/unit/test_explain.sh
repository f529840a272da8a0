#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbctl explain: each step of the decision for a disk, beside mtools and grub-editenv, and that nothing is
# written. Usage: test_explain.sh [BBCTL [MKDISK]]
# shellcheck disable=SC2012,SC2015,SC2086,SC2317 # A && B || fail is meant; functions are called through check; words
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
PATH=$PATH:/usr/sbin:/sbin
host=${BUILD:-build}/host
bbctl=$(realpath "${1:-$host/bbctl}")
mkdisk=$(realpath "${2:-$host/mkdisk}")
top=$(cd "$(dirname "$0")/../.." && pwd)
fat=$top/tests/mkdisk/fat
make_image=$top/tests/unit/make-image
conf=$(realpath "${BUILD:-build}/initramfs/qemu-production.conf")
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

explains() { # STATUS DISK OPTION...: in words and in JSON, with one verdict; the disk stays as it is
	status=$1
	shift
	before=$(stat -c '%y %z %s' "$1")
	"$bbctl" explain "$@" --json >json 2>err
	[ $? -eq "$status" ] || { echo "status of explain $* --json is not $status"; cat json err; return 1; }
	jq -e . json >/dev/null || { echo "no JSON"; cat json; return 1; }
	"$bbctl" explain "$@" >out 2>err
	[ $? -eq "$status" ] || { echo "status of explain $* is not $status"; cat out err; return 1; }
	[ "$before" = "$(stat -c '%y %z %s' "$1")" ] || { echo "$1 was changed"; return 1; }
}

refused() { # "NAME (NUMBER)" DISK OPTION...: the result, with its remedy, in words and in JSON
	name=$1
	shift
	explains 1 "$@" && says "Result: the boot is given up: $name." "=> refused: $name: " 'What to do: ' || return 1
	[ "$(jq -r '"\(.error.name) (\(.error.number))"' json)" = "$name" ] &&
		json '[.steps[].error | select(.)][0].remedy | length > 20' && json '.steps | map(.reached) | index(false)' ||
		{ cat json; return 1; }
}

says() { # TEXT...: each in the last output, however its lines are broken
	tr -s '\n ' '  ' <out >flat
	for text in "$@"; do
		grep -qF -- "$text" flat || { echo "not said: $text"; cat out; return 1; }
	done
}

json() { # FILTER: of the last answer
	jq -e "$1" json >/dev/null || { echo "not $1:"; cat json; return 1; }
}

make_env() { # FILE LINES
	{ printf '# GRUB Environment Block\n%b' "$2"; head -c 4096 /dev/zero | tr '\0' '#'; } | head -c 1024 >"$1"
}

make_disks() {
	perl -e 'print pack("a8 V V", "BBCHIP01", 15, 0), "s" x 32, "\0" x 4048' >chip
	"$mkdisk" --seed x --chip chip -o closed && "$mkdisk" --seed x --open -o open &&
		"$mkdisk" --seed x --layout 2 --chip chip -o two
}

good() {
	explains 0 closed && says 'closed, because the disk has a balena-imx' '1 "balena-imx": imx, ' \
		'all volumes of a closed device' \
		'layout 1: one key for all five volumes' 'balena_56.enc: 104 bytes of 104, the length and header of its kind' \
		'decision: root A first (current)' '1. root A: boot/Image.gz' '2. root B: ' \
		'not seen from here: whether this chip' \
		'what the encrypted volumes hold' 'empty: no boot was given up' 'the boot goes on to root A' || return 1
	json '.error == null and .device == "closed" and .kept_report == null and (.steps | all(.error == null and .reached))' &&
		json '[.steps[].stage] == ["device","disk","key","slot","volumes","report"]' &&
		json '.plan == {"why":"current","candidates":[{"slot":"A","override":null},{"slot":"B","override":null}]}' || return 1
	explains 0 two && says 'layout 2: a key for data' 'balena_64.enc: 112 bytes of 112' 'balena_48.enc: 96 bytes' &&
		explains 0 open && says 'open, because the disk has no balena-imx' 'an open device has no key' 'debugfs -R'
}

partitions() {
	refused 'volume-missing (22)' open --closed &&
		says 'closed, because you said so' 'volume-missing (22): imx' || return 1
	refused 'volume-unknown (24)' closed --open || return 1
	"$mkdisk" --seed x --open --partition rootB=none -o one && refused 'volume-missing (22)' one &&
		says 'refused: volume-missing (22): rootB' &&
		says 'key: what is needed to open the volumes (init would not come this far)' 'slot: ' || return 1
	"$mkdisk" --seed x --open --partition extra:label=stick,fs=none -o one && refused 'volume-unknown (24)' one &&
		says '"stick": no volume of ours' 'partition 6, "stick"' || return 1
	head -c 1000000 /dev/zero >one && refused 'volume-missing (22)' one --closed &&
		says 'no partition table' 'no imx to look at'
}

# copy NAME: of a disk, to change it
copy() {
	cp --sparse=always "$1" one
}

blobs() {
	"$fat" get closed balena_56.enc >b56 && "$fat" get two balena_64.enc >b64 &&
		"$fat" get two balena_48.enc >b48 || return 1
	copy closed && "$fat" del one balena_56.enc && refused 'blob-missing (30)' one || return 1
	"$fat" put one keyblob_56.copy b56 && explains 0 one && says 'the copy stands in for balena_56.enc' || return 1
	head -c 103 b56 >short && copy closed && "$fat" put one balena_56.enc short && refused 'blob-length (33)' one &&
		says '103 bytes of 104, blob-length' && "$fat" put one keyblob_56.copy b56 && explains 0 one || return 1
	head -c 9999 /dev/zero >long && "$fat" put one balena_56.enc long && "$fat" put one keyblob_56.copy short &&
		refused 'blob-length (33)' one && says 'balena_56.enc: longer than any blob' 'keyblob_56.copy: 103 bytes' ||
		return 1
	{ printf x; tail -c +2 b56; } >odd && copy closed && "$fat" put one balena_56.enc odd &&
		refused 'blob-header (34)' one || return 1
	copy closed && "$fat" put one balena_64.enc b64 && refused 'blob-twice (31)' one &&
		says 'balena_*.enc: 56 64' || return 1
	copy closed && "$fat" put one balena_57.enc b56 && refused 'blob-name (32)' one && says 'balena_57.enc' || return 1
	copy two && "$fat" del one balena_48.enc && refused 'blob-missing (30)' one && says 'balena_*.enc: 64'
}

layout_of_the_configuration() {
	sed 's/^layout = .*/layout = 2/' "$conf" >two.conf
	explains 0 two --config two.conf && refused 'layout-refused (37)' closed --config two.conf || return 1
	"$bbctl" explain two --config "$bbctl" 2>err
	[ $? -eq 2 ] && grep -q 'no configuration of the bootloader: line' err || return 1
	sed 's/^key-source = .*/key-source = caam-trusted/' two.conf >trusted.conf
	"$mkdisk" --seed x --key-source caam-trusted --chip chip -o trusted.img || return 1
	explains 0 trusted.img --config trusted.conf && refused 'blob-name (32)' trusted.img &&
		refused 'blob-name (32)' two --config trusted.conf
}

no_fat() {
	copy closed && dd if=/dev/zero of=one bs=1M seek=1 count=1 conv=notrunc status=none &&
		refused 'boot-mount (41)' one &&
		says 'no FAT that the kernel mounts' 'fsck.vfat' 'no volume to read the boot state from'
}

env() { # LINES [LINES OF THE COPY]: a closed disk with this boot state
	copy closed && make_env e "$1" && "$fat" put one bootenv e || return 1
	[ $# -lt 2 ] || { make_env c "$2" && "$fat" put one bootenv.copy c; }
}

slots() {
	env 'resin_root_part=B\nupgrade_available=1\nbootcount=0\n' && explains 0 one &&
		says 'decision: root B first (update): attempt 1 of 2' \
		'init would write bootenv: root B, upgrade_available=1, bootcount=1' &&
		json '.plan.why == "update" and .plan.bootcount == 1 and .plan.candidates[0].slot == "B"' || return 1
	# What it says would be written, written by another: the next boot is the second attempt.
	grub-editenv e set bootcount=1 && "$fat" put one bootenv e && explains 0 one && says 'attempt 2 of 2' || return 1
	env 'resin_root_part=B\nupgrade_available=1\nbootcount=2\nkernel_override_abi_committed_A=5.1\n' \
		'resin_root_part=B\nupgrade_available=1\nbootcount=1\n' && explains 0 one &&
		says 'decision: root A first (rollback): the update was tried 2 times and never confirmed' \
			'1. root A with kernel override 5.1: boot-by-abi/5.1/Image.gz' '2. root A: ' '3. root B: ' \
			'the boot goes on to root A with kernel override 5.1' || return 1
	json '.plan.why == "rollback" and .plan.candidates[0] == {"slot":"A","override":"5.1"}'
}

slot_files() {
	env 'resin_root_part=C\nbootcount=1\nbootcount=2\n' && explains 0 one &&
		says 'resin_root_part=C (bad value: as if it were not there)' \
		'were discarded: 2' || return 1
	: >empty && copy closed && "$fat" put one bootenv empty && explains 0 one &&
		says 'bootenv: 0 bytes, no environment block' \
		'neither bootenv nor its copy is good: slot A' 'init would write nothing' || return 1
	make_env c 'resin_root_part=B\n' && "$fat" put one bootenv.copy c && explains 0 one &&
		says 'its copy takes over' 'root B first (current)' || return 1
	env 'resin_root_part=B\nupgrade_available=0\n' 'resin_root_part=A\nupgrade_available=0\n' && explains 0 one &&
		says 'bootenv was half written' 'root B first (update)' || return 1
	copy closed && "$fat" del one bootenv && head -c 5000 /dev/zero >big && "$fat" put one bootenv big &&
		explains 0 one &&
		says 'bootenv: cannot be read: File too large'
}

# A root that fails is told, and the other one is tried: as long as there is one, the boot goes on.
candidates() {
	"$mkdisk" --seed x --chip chip --partition rootA:plain -o one && explains 0 one &&
		says 'fails: volume-foreign (51): resin-rootA is not encrypted' \
		'what to do about the first one: Install the slot again' || return 1
	"$mkdisk" --seed x --chip chip --partition rootA:plain --partition rootB:plain -o one &&
		refused 'volume-foreign (51)' one &&
		"$mkdisk" --seed x --chip chip --partition boot:plain -o one && refused 'volume-foreign (51)' one &&
		says 'resin-boot is not encrypted'
}

# The command that it gives for an open disk's kernel takes the kernel out, whatever links lead to it.
kernel_of_an_open_disk() {
	mkdir -p root/hostapps/1/boot && ln -s hostapps/1 root/current && ln -s current/boot root/boot &&
		"$make_image" >root/hostapps/1/boot/Image.gz && "$mkdisk" --seed x --open --root-b root -o one &&
		explains 0 one || return 1
	command=$(sed -n "s/.*to check it: \(debugfs.*\); bbctl.*/\1/p" out | tail -n 1)
	eval "$command" 2>log.debugfs && cmp Image.gz root/hostapps/1/boot/Image.gz && "$bbctl" image Image.gz 2>err
	grep -q 'refused: kernel-unsigned' err
}

kept_report() {
	printf '{"error":{"name":"key-refused","number":36,"stage":"key","detail":"/dev/caam-keygen: Bad message"}}%3900s\n' '' >r
	copy closed && "$fat" put one bootreport.json r && explains 0 one &&
		says 'given up: key-refused (36)' 'install again on this chip' &&
		json '.kept_report.error.number == 36' || return 1
	"$bbctl" report one >out && says 'given up: key-refused (36)' && "$bbctl" report closed >out &&
		says 'Empty' || return 1
	echo '{' >r && "$fat" put one bootreport.json r && explains 0 one && says 'bootreport.json: not JSON' &&
		"$fat" del one bootreport.json && explains 0 one && says 'bootreport.json: No such file' || return 1
	"$bbctl" report one 2>err && return 1
	grep -q 'no bootreport.json on it: No such file' err && ! "$bbctl" report b56 2>err &&
		head -c 100000 /dev/zero >one &&
		! "$bbctl" report one 2>err && grep -q 'no FAT' err
}

# Kept reports are filed from a disk, from the volume itself, and passed over where there is none.
keep_from_disks() {
	printf '{"error":{"name":"key-refused","number":36}}' >r && copy closed &&
		"$fat" put one bootreport.json r && mkdir -p kept &&
		head -c 33554432 one | tail -c +1048577 >volume && tail -c 8388608 one >ciphertext || return 1
	"$bbctl" report --keep kept closed ciphertext absent one volume >out && [ "$(ls kept)" = 00000001.json ] &&
		cmp kept/* r
}

# The lines of the unit, on files in the places that it names.
unit_files_reports() {
	unit=$top/src/os/balena-bootloader-report.service
	mkdir -p run/balena-bootloader state/balena-bootloader disk &&
		echo '{"version":"1"}' >run/balena-bootloader/report.json &&
		printf '{"error":{"name":"key-refused","number":36}}' >r && copy closed && "$fat" put one bootreport.json r &&
		head -c 33554432 one | tail -c +1048577 >disk/balena-imx && tail -c 8388608 one >disk/resin-boot || return 1
	sed -n 's/^ExecStart=//p' "$unit" | sed "s,/usr/bin/bbctl,'$bbctl',; s,%t/,run/,g; s,%S/,state/,g; s,/dev/disk/by-partlabel/,disk/,g" >lines
	[ "$(wc -l <lines)" -eq 2 ] && ! grep -q '%' lines && sh -e lines && sh -e lines || return 1
	[ "$(ls state/balena-bootloader | tr '\n' ' ')" = '00000001.json 00000002.json ' ] &&
		grep -q key-refused state/balena-bootloader/00000001.json &&
		grep -q '^balena_bootloader_error_number 0$' run/balena-bootloader/balena-bootloader.prom
}

# Every size of table and cluster; mtools has written what is read.
fats() {
	export MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null
	printf '{"error":{"name":"key-refused","number":36,"detail":"%3000s"}}' x >r
	while read -r bits kilobytes cluster; do
		rm -f f && mkfs.vfat -C -F "$bits" -s "$cluster" f "$kilobytes" >/dev/null &&
			mcopy -i f r ::/a-first-long-name.of-a-file &&
			mcopy -i f r ::/OTHER && mdel -i f ::/OTHER && mcopy -i f r ::/bootreport.json && "$bbctl" report f >out &&
			says 'key-refused (36)' && mdel -i f ::/bootreport.json && mcopy -i f r ::/BOOTRE~1.JSO &&
			! "$bbctl" report f 2>err || return 1
	done <<-'END'
		12 1000 1
		12 4000 8
		16 16000 4
		16 9000 2
		32 40000 1
		32 300000 8
	END
	# A directory longer than one cluster, on a FAT32: the file stands far behind.
	rm -f f && mkfs.vfat -C -F 32 -s 1 f 40000 >/dev/null || return 1
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		mcopy -i f r "::/a-name-that-takes-three-entries-$i" || return 1
	done
	mcopy -i f r ::/BootReport.JSON && "$bbctl" report f >out && says 'key-refused (36)'
}

# One byte after the other of the parts that are read: an answer for each, and no crash.
any_bytes() {
	copy closed
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		perl -e 'srand($ARGV[0]); open(my $f, "+<:raw", "one") or die; for (1 .. 20) { my $r = rand();
			seek($f, $r < 0.2 ? 512 + rand(2048) : 1048576 + ($r < 0.5 ? rand(64) : rand(80000)), 0); print $f chr(rand(256)) }' $i
		"$bbctl" explain one --json >json 2>err
		[ $? -le 2 ] && { [ ! -s json ] || jq -e . json >/dev/null; } || { echo "seed $i"; cat json err; return 1; }
		[ $((i % 5)) -ne 0 ] || copy closed
	done
}

check 'disks' make_disks
check 'good disks' good
check 'partitions' partitions
check 'key blobs and their copies' blobs
check 'layout of the configuration' layout_of_the_configuration
check 'no FAT' no_fat
check 'slots' slots
check 'boot state and its copy' slot_files
check 'candidates' candidates
check 'kernel of an open disk' kernel_of_an_open_disk
check 'kept report' kept_report
check 'kept reports are filed' keep_from_disks
check 'the unit files reports' unit_files_reports
check 'every FAT' fats
check 'any bytes' any_bytes
exit $failed
