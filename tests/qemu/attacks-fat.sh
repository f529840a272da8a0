# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks with the unencrypted volume: its names, its FAT, a report that lies on it.

# --- the unencrypted volume -----------------------------------------------------------------------

# What is called like something that init reads is a directory; deeper down there are the files, and the boot
# state there says slot B; and the file with which today's scripts become an installer is there, on a stick
# as well.
case_fat_names() {
	fresh_blob
	bootenv resin_root_part=B
	edit names <<EDIT
mmd -i "\$1" ::/bootenv ::/bootenv.copy ::/bootreport.json ::/deep
mcopy -i "\$1" "$work/bootenv" ::/deep/bootenv
mcopy -i "\$1" ::/balena_56.enc "\$1.blob"
mcopy -i "\$1" "\$1.blob" ::/deep/balena_99.enc
mcopy -i "\$1" "\$1.blob" ::/balena-image-flasher
mcopy -i "\$1" "\$1.blob" "::/$(printf 'a%.0s' $(seq 250)).enc"
EDIT
	disk --no-bootenv --no-report --partition imx:edit="$work/names"
	cp "$work/disk.img" "$work/stick.img"
	boot --drive "$work/stick.img"
	expect_up
	expect_os slot A
	expect_os_report '.warnings | join(" ")' 'no boot state, slot A is taken: bootenv'
}

case_fat_blob_is_a_directory() {
	edit blob <<'EDIT'
mmd -i "$1" ::/balena_56.enc
EDIT
	disk --no-blob --partition imx:edit="$work/blob"
	boot
	expect_refused blob-missing
}

# A second file of the same name in capitals, of another device, comes first. Only long names of FAT can do
# this; the kernel finds one of the two, and it is checked whichever it is.
case_fat_blob_twice_by_case() {
	head -c 200 /dev/urandom >"$work/bad"
	edit twice <<EDIT
mcopy -i "\$1" ::/balena_56.enc "\$1.blob"
mdel -i "\$1" ::/balena_56.enc
mcopy -i "\$1" "$work/bad" ::/BALENA_57.ENC
mcopy -i "\$1" "\$1.blob" ::/balena_56.enc
at=\$(grep -obUaP '_\x005\x007\x00\.\x00E\x00' "\$1" | head -n 1 | cut -d: -f1)
poke "\$1" \$((at + 4)) 066
EDIT
	disk --partition imx:edit="$work/twice"
	boot
	expect_refused blob-length
}

# Sixty thousand entries in the root directory of a FAT32: a file's clusters become the directory's.
case_fat_of_60000_files() {
	awk 'BEGIN { for (i = 0; i < 60000; i++) printf "F%07dTXT %s", i, "~~~~~~~~~~~~~~~~~~~~" }' |
		tr '~' '\000' >"$work/crowd"
	edit many <<EDIT
mkdir "\$1.d"
mcopy -s -i "\$1" '::/*' "\$1.d"
size=\$(stat -c %s "\$1")
rm "\$1"
mkfs.vfat -C -F 32 -s 1 -n BALENA-IMX "\$1" \$((size / 1024)) >/dev/null
mcopy -i "\$1" "$work/crowd" ::/CROWD
mcopy -s -i "\$1" "\$1.d"/* ::/
entry=\$(grep -obUaP 'CROWD      ' "\$1" | head -n 1 | cut -d: -f1)
cluster=\$(od -An -tu2 -j\$((entry + 26)) -N2 "\$1" | tr -d ' ')
poke "\$1" "\$entry" 345
poke "\$1" \$((512 * \$(od -An -tu2 -j14 -N2 "\$1") + 8)) \$(printf '%03o' "\$cluster") 000 000 000
EDIT
	disk --partition imx:size=40M,edit="$work/many"
	boot
	expect_up
	expect_os slot A
}

# Chains of clusters that lead back to themselves, below files that claim to be long: what is read of them
# is bounded. FAT16: the first cluster of a file stands at 26 of its entry, its length at 28.
looping_file() { # NAME-ON-FAT ENTRY-PATTERN
	cat <<EDIT
entry=\$(grep -obUaP '$2' "\$1" | head -n 1 | cut -d: -f1)
cluster=\$(od -An -tu2 -j\$((entry + 26)) -N2 "\$1" | tr -d ' ')
fat=\$((512 * \$(od -An -tu2 -j14 -N2 "\$1")))
poke "\$1" \$((fat + 2 * cluster)) \$(printf '%03o %03o' \$((cluster % 256)) \$((cluster / 256)))
poke "\$1" \$((entry + 28)) 000 000 000 006
EDIT
}

case_fat_chains_that_loop() {
	{
		looping_file bootenv 'BOOTENV    '
		looping_file bootreport.json 'BOOTRE~1JSO'
	} | edit loops
	make_os --kernel "$kernels/strip"
	disk --partition imx:edit="$work/loops"
	boot --keep-report --variant development
	expect_refused kernel-unsigned
}

case_fat_blob_that_loops() {
	looping_file blob 'BALENA~1ENC' | edit loops
	disk --partition imx:edit="$work/loops"
	boot
	expect_refused blob-length
}

# A directory that holds itself: nothing here goes into directories.
case_fat_directory_that_loops() {
	edit loops <<'EDIT'
mmd -i "$1" ::/deep ::/deep/deeper
outer=$(grep -obUaP 'DEEP       \x10' "$1" | head -n 1 | cut -d: -f1)
inner=$(grep -obUaP 'DEEPER     \x10' "$1" | head -n 1 | cut -d: -f1)
dd if="$1" of="$1" bs=1 skip=$((outer + 26)) seek=$((inner + 26)) count=2 conv=notrunc status=none
EDIT
	disk --partition imx:edit="$work/loops"
	boot
	expect_up
	cp "$work/disk.img" "${LOOPING_DISK:-/dev/null}"
}

# Not mountable: nowhere to keep a report, so the development variant says it.
refused_fat() { # NAME OFFSET BYTE...
	name=$1 at=$2
	shift 2
	echo "poke \"\$1\" $at $*" | edit "$name"
	disk --partition imx:edit="$work/$name"
	boot --variant development
	expect_refused boot-mount
}

case_fat_without_sectors_in_clusters() { refused_fat clusters 13 000; }
case_fat_with_sectors_of_32_kib() { refused_fat sectors 11 000 200; }
case_fat_without_fats() { refused_fat fats 16 000; }
case_fat_that_is_no_fat() {
	disk --partition imx:fs=ext4 --no-bootenv --no-report --no-blob
	boot --variant development
	expect_refused boot-mount
}

# The root directory of a FAT32 is a chain too.
case_fat_root_that_loops() {
	edit loops <<'EDIT'
size=$(stat -c %s "$1")
rm "$1"
mkfs.vfat -C -F 32 -n BALENA-IMX "$1" $((size / 1024)) >/dev/null
poke "$1" $((512 * $(od -An -tu2 -j14 -N2 "$1") + 8)) 002 000 000 000
EDIT
	disk --partition imx:size=40M,edit="$work/loops"
	boot --variant development
	expect_refused boot-mount
}

# More sectors than the partition has: what is there is read.
case_fat_larger_than_its_partition() {
	echo 'poke "$1" 19 000 000; poke "$1" 32 000 000 000 100' | edit larger
	disk --partition imx:edit="$work/larger"
	boot
	expect_up
	expect_os slot A
}

# --- reports that lie -----------------------------------------------------------------------------

# The report of a failed boot is on the unencrypted volume. Nothing is decided by it: neither its length
# nor what it says changes how the boot ends.
case_report_of_100_mb() {
	truncate -s 100M "$work/report"
	make_os --kernel "$kernels/strip"
	echo 'mattrib -i "$1" +r ::/bootreport.json' | edit report-edit
	disk --imx-file bootreport.json="$work/report" --partition imx:size=128M,edit="$work/report-edit"
	boot --keep-report
	expect_refused kernel-unsigned
}

case_report_that_claims_the_same() {
	make_os --kernel "$kernels/strip"
	disk
	boot
	expect_refused kernel-unsigned
	"$top/tests/mkdisk/fat" get "$work/after.img" bootreport.json | sed 's/"slot":"A"/"slot":"B"/' >"$work/report"
	"$top/tests/mkdisk/fat" put "$work/disk.img" bootreport.json "$work/report"
	boot --keep-report --variant development
	grep -q 'init: refused kernel-unsigned' "$work/console" || fault 'not refused'
	"$top/tests/mkdisk/fat" get "$work/after.img" bootreport.json | cmp -s - "$work/report" ||
		fault 'a report of the same fault was written again'
}
