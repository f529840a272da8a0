# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks as whole boots, each with the premise that it works where the defence is missing. tests/attacks/list
# says which case is the premise of which.

# The production bootloader with checks taken away (tests/undefended): CHECK... [-- BOOT-OPTION...]
boot_undefended() {
	taken_away=''
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		taken_away="$taken_away undefended=$1"
		shift
	done
	[ $# -eq 0 ] || shift
	boot --image "$BUILD/out/undefended/Image.gz" --append "${taken_away# }" "$@"
}

expect_nameless_reset() {
	[ "$status" -eq 4 ] || [ "$status" -eq 6 ] || fault "no reset without a name: $(tail -n 1 "$work/outcome")"
}

expect_attempts() { # ERROR...
	expect_kept '[.attempts[].error.name] | join(" ")' "$*"
}

# A program for mkdisk's edit=, from standard input; $1 in it is the filesystem.
edit() { # NAME
	{
		printf '#!/bin/sh\nset -eu\nPATH=$PATH:/usr/sbin:/sbin MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null\n'
		printf 'export PATH MTOOLS_SKIP_CHECK MTOOLSRC\n'
		# Bytes, each as three octal digits, at an offset.
		printf 'poke() { at=$2 file=$1; shift 2; printf "$(printf "\\\\\\\\%%s" "$@")" |
	dd of="$file" bs=1 seek="$at" conv=notrunc status=none; }\n'
		cat
	} >"$work/$1"
	chmod 755 "$work/$1"
}

# The same with commands of debugfs.
edit_ext4() { # NAME
	{
		echo 'debugfs -w -f - "$1" <<"DEBUGFS"'
		cat
		echo DEBUGFS
	} | edit "$1"
}

boot_of_layer() { # NAME: where make-os puts the kernel of a slot or an override
	echo "/balena/overlay2/layer-$1/diff/boot"
}

# --- labels ---------------------------------------------------------------------------------------

# There is no balena-imx to keep a report on then; the development variant says it.
case_label_by_substring() {
	disk --partition imx:label=xbalena-imxx,fslabel=balena-imx
	boot --variant development
	expect_refused volume-unknown
}
case_label_of_two() { refused_disk volume-unknown --partition 'evil:label=rootA rootB'; }
case_label_longer() { refused_disk volume-unknown --partition evil:label=resin-rootAx; }
case_label_with_trailing_blank() { refused_disk volume-unknown --partition 'evil:label=resin-state '; }
case_label_of_36_characters() {
	refused_disk volume-unknown --partition evil:label=resin-state-resin-state-resin-state0
}

# The kernel cuts each character of a label to 8 bits and writes ! for what is no ASCII then. U+0172 comes
# out as r: what counts is what the kernel says, and of that there is one each.
case_label_beyond_ascii() { refused_disk volume-twice --partition evil:label=Ųesin-state; }
case_label_with_control_byte() { refused_disk volume-unknown --partition "evil:label=resin-state$(printf '\a')"; }

case_premise_label_by_substring() {
	disk --partition imx:label=xbalena-imxx,fslabel=balena-imx
	boot_undefended labels
	grep -q 'Booting Linux on physical CPU' "$work/console" || fault 'no OS was started'
}

# The partitions are right, the filesystems in them have changed places.
case_filesystem_label_of_another_volume() {
	disk --partition rootA:fslabel=resin-rootB --partition rootB:fslabel=resin-rootA
	boot
	expect_refused volume-foreign
	expect_attempts volume-foreign volume-foreign
}

# --- another disk ---------------------------------------------------------------------------------

# A disk with the same labels, which the kernel finds first: an older copy of the device's own.
twin_disk() {
	disk
	cp "$work/disk.img" "$work/twin.img"
	bootenv resin_root_part=B
	disk --bootenv "$work/bootenv"
}

case_twin_found_first() {
	twin_disk
	boot --first-drive "$work/twin.img"
	expect_up
	expect_os_report .disk vdb
	expect_os slot B
	expect_os root-partition vdb4
}

case_premise_twin_found_first() {
	twin_disk
	boot_undefended controller -- --first-drive "$work/twin.img"
	case $(head -c 65536 "$work/console") in
	*'Booting Linux on physical CPU'*) ;;
	*) fault 'no OS was started' ;;
	esac
	[ "$(os_says slot)" != B ] || fault 'the twin was not taken'
}

# There is nowhere to keep a report then; the development variant says it.
case_twin_alone() {
	disk
	boot --no-disk --first-drive "$work/disk.img" --variant development
	expect_refused disk-missing
}

# All of another device: its ciphertext, its blob. On that device it boots.
case_disk_of_another_device() {
	"$host/mkchip" -o "$work/other"
	disk --chip "$work/other"
	boot
	expect_refused key-refused
}
case_premise_disk_of_another_device() {
	"$host/mkchip" -o "$work/other"
	disk --chip "$work/other"
	boot --chip "$work/other"
	expect_up
}

# Under the key of this disk it is noise.
case_boot_of_another_installation() {
	head -c 24 /dev/urandom >"$work/other-key"
	disk --partition boot:key="$work/other-key"
	boot
	expect_refused volume-foreign
	expect_kept .error.detail resin-boot
}

# Without its fuses the device counts as closed; without its key service nothing opens.
case_chip_missing() {
	disk
	boot --no-chip
	expect_refused key-device
	expect_kept .device unreadable
}

# Who does not ask the fuse opens an open device's disk in a closed device. The OS asks again.
case_premise_fuse_not_asked() {
	disk --open
	boot_undefended device
	grep -q 'init: refused volume-missing' "$work/console" || fault 'no OS was started from plain volumes'
}

# --- the unencrypted volume -----------------------------------------------------------------------

# What is called like something that init reads is a directory; deeper down there are more of them; and the
# file with which today's scripts become an installer is there, on a stick as well.
case_fat_names() {
	fresh_blob
	edit names <<'EDIT'
mmd -i "$1" ::/bootenv ::/bootenv.copy ::/bootreport.json ::/deep ::/deep/bootenv
mcopy -i "$1" ::/balena_56.enc "$1.blob"
mcopy -i "$1" "$1.blob" ::/deep/balena_99.enc
mcopy -i "$1" "$1.blob" ::/balena-image-flasher
mcopy -i "$1" "$1.blob" "::/$(printf 'a%.0s' $(seq 250)).enc"
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
	[ "$status" -eq 0 ] || expect_refused boot-mount
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

# --- filesystems under the right key ----------------------------------------------------------------

# One in each slot, so that each is tried in the same boot.
hostile_roots() { # ERROR-A ERROR-B
	disk --partition rootA:edit="$work/a" --partition rootB:edit="$work/b"
	boot
	expect_refused "$1"
	expect_attempts "$1" "$2"
}

case_ext4_with_unknown_features() {
	echo 'ssv feature_incompat 0x800002c2' | edit_ext4 a
	echo 'ssv feature_ro_compat 0x8000046b' | edit_ext4 b
	disk --partition rootA:edit="$work/a" --partition rootB:edit="$work/b"
	boot
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' volume-mount
}

case_ext4_with_bad_geometry() {
	echo 'ssv blocks_per_group 0' | edit_ext4 a
	echo 'ssv log_block_size 30' | edit_ext4 b
	hostile_roots volume-mount volume-mount
}

case_ext4_with_more_blocks_than_there_are() {
	echo 'ssv blocks_count 0xfffffff0' | edit_ext4 a
	echo 'ssv inode_size 3' | edit_ext4 b
	hostile_roots volume-mount volume-mount
}

case_ext4_with_wrong_checksum() {
	echo 'poke "$1" $((1024 + 0x178)) 377' | edit a
	echo 'ssv first_ino 1' | edit_ext4 b
	hostile_roots volume-mount volume-mount
}

# The journal is a directory, or none at all.
case_ext4_with_a_hostile_journal() {
	echo 'ssv journal_inum 2' | edit_ext4 a
	edit b <<'EDIT'
block=$(debugfs -R 'bmap <8> 0' "$1" 2>/dev/null)
size=$(debugfs -R 'stats' "$1" 2>/dev/null | sed -n 's/^Block size: *//p')
# s_first and s_start far behind s_maxlen
poke "$1" $((block * size + 20)) 377 377 377 360 000 000 000 001 377 377 377 360
debugfs -w -R 'feature needs_recovery' "$1" >/dev/null 2>&1
EDIT
	hostile_roots volume-mount volume-mount
}

# The superblock asks for a panic at the first error, and there is one on the way to the kernel.
panicking_root() {
	edit a <<'EDIT'
tune2fs -e panic "$1" >/dev/null
where=$(debugfs -R 'imap /balena/overlay2/layer-A/diff/boot' "$1" 2>/dev/null |
	sed -n 's/.*located at block \([0-9]*\), offset \(0x[0-9a-f]*\).*/\1 \2/p')
poke "$1" $((${where% *} * 4096 + ${where#* } + 40)) 101 102 103 104
EDIT
	disk --partition rootA:edit="$work/a"
}

case_ext4_that_asks_for_panic() {
	panicking_root
	boot
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-missing
}

case_premise_ext4_that_asks_for_panic() {
	panicking_root
	boot_undefended mount
	expect_nameless_reset
}

# The tree of a file's extents, of depth 1: its only index leads to where the inode itself is, and to a block
# that is no part of a tree.
case_ext4_with_hostile_extents() {
	cat >"$work/extents" <<'EDIT'
file=$2
debugfs -w -f - "$1" <<DEBUGFS
sif $file block[0] 0x0001f30a
sif $file block[1] 0x00010004
sif $file block[3] 0
sif $file block[4] $3
sif $file block[5] 0
DEBUGFS
EDIT
	edit a <<EDIT
file=$(boot_of_layer A)/Image.gz
sh "$work/extents" "\$1" "\$file" \$(debugfs -R "imap \$file" "\$1" 2>/dev/null |
	sed -n 's/.*located at block \([0-9]*\).*/\1/p')
EDIT
	edit b <<EDIT
sh "$work/extents" "\$1" "$(boot_of_layer B)/Image.gz" \$(debugfs -R 'bmap /mark 0' "\$1" 2>/dev/null)
EDIT
	hostile_roots kernel-missing kernel-read
}

# A list of orphans that leads to itself, and one that begins with the kernel's own inode.
case_ext4_with_looping_orphans() {
	edit a <<'EDIT'
inode=$(debugfs -R 'stat /mark' "$1" 2>/dev/null | sed -n 's/^Inode: \([0-9]*\).*/\1/p')
debugfs -w -f - "$1" <<DEBUGFS
sif <$inode> links_count 0
sif <$inode> dtime $inode
ssv last_orphan $inode
DEBUGFS
EDIT
	echo 'ssv last_orphan 2' | edit_ext4 b
	disk --partition rootA:edit="$work/a" --partition rootB:edit="$work/b"
	boot
	[ "$status" -eq 0 ] || expect_refused volume-mount
}

# A file that is encrypted for ext4, directories that are folded by case: this kernel knows neither.
case_ext4_with_encryption_and_folding() {
	edit_ext4 a <<'DEBUGFS'
feature encrypt
sif /balena/overlay2/layer-A/diff/boot/Image.gz flags 0x80800
DEBUGFS
	echo 'feature casefold' | edit_ext4 b
	hostile_roots kernel-missing volume-mount
}

# Clusters of many blocks are nothing strange.
case_ext4_with_bigalloc() {
	edit a <<EDIT
mke2fs -q -t ext4 -F -b 4096 -O bigalloc,^resize_inode -L resin-rootA -d "$default_os/rootA" "\$1"
EDIT
	disk --partition rootA:edit="$work/a"
	boot
	expect_up
	expect_os slot A
}

# --- what lies where the kernel should be ----------------------------------------------------------------

# Four at a time: the data volume has those of the overrides. For each: NAME of the layer.
hostile_files() { # ERROR-OVERRIDE-A ERROR-A ERROR-OVERRIDE-B ERROR-B
	bootenv kernel_override_abi=a kernel_override_abi_committed_B=b
	disk --bootenv "$work/bootenv" --partition rootA:edit="$work/A" --partition rootB:edit="$work/B" \
		--partition data:edit="$work/data"
	boot
	expect_refused "$1"
	expect_attempts "$@"
}

case_kernel_is_no_file() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
rm Image.gz
mknod Image.gz c 1 5
cd $(boot_of_layer b)
rm Image.gz
mknod Image.gz c 5 1
DEBUGFS
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mkdir Image.gz
DEBUGFS
	edit_ext4 B <<DEBUGFS
cd $(boot_of_layer B)
sif Image.gz mode 0140755
DEBUGFS
	hostile_files kernel-missing kernel-missing kernel-missing kernel-missing
	expect_kept '[.attempts[].error.detail] | join(" ")' \
		'boot-by-abi/a/Image.gz: Permission denied boot/Image.gz: Invalid argument boot-by-abi/b/Image.gz: Permission denied boot/Image.gz: No such device or address'
}

# A device is opened where nobody looks: it has no end.
case_premise_kernel_is_a_device() {
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mknod Image c 1 5
DEBUGFS
	disk --partition rootA:edit="$work/A"
	boot_undefended beneath mount
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-too-big
}

case_premise_kernel_is_a_pipe() {
	edit_ext4 A <<DEBUGFS
cd $(boot_of_layer A)
rm Image.gz
mknod Image.gz p
DEBUGFS
	disk --partition rootA:edit="$work/A"
	boot_undefended beneath
	expect_nameless_reset
}

# Sizes: a terabyte of nothing, packed and not; no bytes; a link of the longest length.
case_kernel_of_strange_length() {
	make_os --kernel "$BUILD/out/os/Image" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
sif Image.gz size 1099511627776
cd $(boot_of_layer b)
rm Image.gz
symlink Image.gz $(printf 'x%.0s' $(seq 4000))
DEBUGFS
	edit_ext4 A <<DEBUGFS
sif $(boot_of_layer A)/Image size 1099511627776
DEBUGFS
	edit_ext4 B <<DEBUGFS
sif $(boot_of_layer B)/Image size 0
DEBUGFS
	hostile_files kernel-gzip kernel-too-big kernel-missing kernel-not-image
}

# Links: to themselves; too many; to the unencrypted volume from its top, and by ..
case_kernel_behind_hostile_links() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override a="$BUILD/out/os/Image.gz" \
		--override b="$BUILD/out/os/Image.gz"
	edit_ext4 data <<DEBUGFS
cd $(boot_of_layer a)
rm Image.gz
symlink Image.gz Image.gz
cd $(boot_of_layer b)
rm Image.gz
symlink Image.gz /proc/self/root/balena-imx/Image.gz
DEBUGFS
	{
		echo "cd $(boot_of_layer A)"
		echo 'rm Image.gz'
		echo 'symlink Image.gz link1'
		for i in $(seq 41); do
			echo "symlink link$i link$((i + 1))"
		done
	} | edit_ext4 A
	edit_ext4 B <<'DEBUGFS'
rm boot
symlink boot ../../../balena-imx
DEBUGFS
	bootenv kernel_override_abi=a kernel_override_abi_committed_B=b
	disk --bootenv "$work/bootenv" --imx-file Image.gz="$BUILD/out/os/Image.gz" \
		--partition rootA:edit="$work/A" --partition rootB:edit="$work/B" \
		--partition data:edit="$work/data"
	boot
	expect_refused kernel-missing
	expect_attempts kernel-missing kernel-missing kernel-missing kernel-missing
	expect_kept '[.attempts[].error.detail] | join(" ")' \
		'boot-by-abi/a/Image.gz: Symbolic link loop boot/Image.gz: Symbolic link loop boot-by-abi/b/Image: No such file or directory boot/Image: No such file or directory'
}

case_premise_link_to_the_unencrypted_volume() {
	edit_ext4 A <<'DEBUGFS'
rm boot
symlink boot ../../../balena-imx
DEBUGFS
	disk --imx-file Image.gz="$BUILD/out/os/Image.gz" --partition rootA:edit="$work/A"
	boot_undefended beneath
	grep -q 'Booting Linux on physical CPU' "$work/console" || fault 'no OS was started'
	expect_os slot A
}

# What should be a directory on the way: a pipe, a device.
case_kernel_behind_no_directory() {
	printf 'rm boot\nmknod boot p\n' | edit_ext4 a
	printf 'rm current\nmknod current b 254 0\n' | edit_ext4 b
	hostile_roots kernel-missing kernel-missing
}

# --- config.json: the bootloader does not read it, and the boot volume that holds it is only opened

hostile_config() { # what is in it comes from standard input
	make_os --kernel "$BUILD/out/os/Image.gz"
	cat >"$os/boot/config.json"
	disk --partition boot:size=128M
	boot
	expect_up
	expect_os slot A
}
case_config_of_100_mb() { head -c 100000000 /dev/zero | tr '\000' ' ' | hostile_config; }
case_config_of_100000_brackets() { head -c 100000 /dev/zero | tr '\000' '[' | hostile_config; }

# --- the OS's command line ---------------------------------------------------------------------------

# An override whose name would be words of the command line, with a kernel at the path that this makes.
hostile_abi() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override x="$BUILD/out/os/Image.gz"
	mv "$os/data/boot-by-abi/x" "$os/data/boot-by-abi/x module.sig_enforce=0 init=evil"
	bootenv 'kernel_override_abi=x module.sig_enforce=0 init=evil' \
		'kernel_override_abi_committed_A="-- ../x' 'kernel_override_abi_committed_B=../../boot' \
		'extra_os_firmware_class_path=/x" init=/evil'
	disk --bootenv "$work/bootenv"
}

case_abi_with_words() {
	hostile_abi
	boot
	expect_up
	expect_os_report .override null
	expect_os_report '.warnings | join(" ")' 'boot state has bad values: bootenv'
	case $(os_says cmdline) in
	*evil* | *abi* | *sig_enforce=0*) fault "command line: $(os_says cmdline)" ;;
	esac
}

case_premise_abi_with_words() {
	hostile_abi
	boot_undefended bootenv
	case "$(os_says cmdline)$(grep -a 'Kernel command line' "$work/console")" in
	*'module.sig_enforce=0 init=evil'*) ;;
	*) fault 'the words did not get through' ;;
	esac
}

case_premise_words_pass() {
	disk
	boot_undefended cmdline -- --append 'hostile.word=1'
	case "$(os_says cmdline)$(grep -a 'Kernel command line' "$work/console")" in
	*hostile.word=1*) ;;
	*) fault 'the word did not get through' ;;
	esac
}

# --- the device tree: /chosen with other things in it --------------------------------------------------

chosen() { # in $work/dtb: PROPERTY TYPE VALUE... for fdtput, which may be said more than once
	[ -e "$work/dtb" ] ||
		qemu-system-aarch64 -M "virt,dumpdtb=$work/dtb" -cpu cortex-a53 -m 512M -nodefaults -display none \
			>/dev/null 2>&1
	property=$1 type=$2
	shift 2
	fdtput -t "$type" "$work/dtb" /chosen "$property" "$@" || fault "fdtput $property"
}

# Bytes of standard input as a property.
chosen_bytes() { # PROPERTY
	# shellcheck disable=SC2046 # one argument a byte
	chosen "$1" bx $(od -An -v -tx1)
}

case_chosen_with_everything() {
	make_os --kernel "$BUILD/out/os/Image.gz" --hook "$top/tests/attacks/chosen-hook"
	disk
	chosen bootargs s 'balena_stage2 rdinit=/bin/sh lockdown=none init=/evil "quoted -- single'
	chosen linux,initrd-start x 0 0x50000000
	chosen linux,initrd-end x 0 0x50100000
	chosen linux,elfcorehdr x 0 0x50200000 0 0x1000
	chosen linux,uefi-secure-boot x 0
	chosen kaslr-seed x 0 0
	chosen rng-seed x 1 2 3 4 5 6 7 8
	chosen stdout-path s /nowhere
	chosen hostile s hostile
	boot --words '' --dtb "$work/dtb"
	expect_up
	expect_silent_bootloader
	expect_os kaslr on
	expect_os lockdown integrity
	case $(os_says cmdline) in
	*evil* | *rdinit* | *lockdown=none* | *'"'*) fault "command line: $(os_says cmdline)" ;;
	esac
	case " $(os_says chosen) " in
	*initrd-start=5000* | *elfcorehdr*) fault "the OS was given $(os_says chosen)" ;;
	esac
}

# A firmware of nobody's, which /chosen names to the kernel: each of its services is the attacker's code.
hostile_firmware() {
	aarch64-linux-gnu-as -o "$work/firmware.o" "$top/tests/attacks/firmware.S"
	aarch64-linux-gnu-objcopy -O binary "$work/firmware.o" "$work/firmware" || fault 'no firmware'
	disk
	chosen linux,uefi-system-table x 0 50000000
	chosen linux,uefi-mmap-start x 0 50002000
	chosen linux,uefi-mmap-size x a0
	chosen linux,uefi-mmap-desc-size x 28
	chosen linux,uefi-mmap-desc-ver x 1
	chosen linux,uefi-secure-boot x 2
}

case_chosen_firmware_does_not_run() {
	hostile_firmware
	boot --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	expect_up
	expect_silent_bootloader
	expect_os slot A
	grep -q 'firmware of nobody' "$work/console" && fault 'it ran'
	:
}

case_premise_chosen_firmware_runs() {
	hostile_firmware
	boot --image "$BUILD/out/os/Image" --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	grep -q "^premise: firmware of nobody's runs at EL1" "$work/console" || fault 'it did not run'
}

# Not in the bootloader, but in the OS, which gets the same device tree.
case_premise_chosen_firmware_runs_in_the_os() {
	hostile_firmware
	boot_undefended firmware -- --dtb "$work/dtb" --load 0x50000000="$work/firmware"
	expect_silent_bootloader
	grep -q "firmware of nobody's runs at EL1" "$work/console" || fault 'it did not run'
}

chosen_arguments() { # LENGTH
	head -c "$1" /dev/zero | tr '\000' x >"$work/arguments"
	printf '\000' >>"$work/arguments"
	chosen_bytes bootargs <"$work/arguments"
}

case_chosen_arguments_just_not_too_long() {
	chosen_arguments 2047
	disk
	boot --words '' --dtb "$work/dtb"
	expect_up
	expect_os slot A
}
case_chosen_arguments_too_long() {
	chosen_arguments 2048
	disk
	boot --words '' --dtb "$work/dtb"
	expect_refused cmdline-bad
}
case_chosen_arguments_of_60000() {
	chosen_arguments 60000
	disk
	boot --words '' --dtb "$work/dtb"
	expect_refused cmdline-bad
}

# No end, and no text.
case_chosen_arguments_that_are_no_string() {
	{ printf 'balena_stage2 console=tty\001\377\200 \000flasher\000'; head -c 500 "$BUILD/out/os/Image.gz"; } |
		tail -c +1 | tr -d '\n' >"$work/arguments"
	chosen_bytes bootargs <"$work/arguments"
	disk
	boot --words '' --dtb "$work/dtb"
	expect_up
	case $(os_says cmdline) in
	*tty[!A]*) fault "command line: $(os_says cmdline)" ;;
	esac
}

# --- memory ---------------------------------------------------------------------------------------

# A correctly signed kernel, padded to 63 MiB, in $work/big: packed it is small.
big_kernel() {
	cp "$kernels/strip" "$work/raw"
	truncate -s 63M "$work/raw"
	printf '\000\000\000\004' | dd of="$work/raw" bs=1 seek=16 conv=notrunc status=none # image_size
	"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
		--security-version 2 --replace -o "$work/signed" "$work/raw" >/dev/null || fault 'no big kernel'
	gzip -1 -nc "$work/signed" >"$work/big"
	make_os --kernel-a "$work/big" --kernel-b "$BUILD/out/os/Image.gz"
	disk
}

case_memory_for_a_big_kernel() {
	big_kernel
	boot --memory 256M
	expect_up
	expect_os slot A
}

case_memory_too_small_for_it() {
	big_kernel
	boot --memory 192M
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-too-big
	expect_os_report '.attempts[0].error.detail' 'inflates to more than the bound: Out of memory'
}

case_premise_memory_too_small() {
	big_kernel
	boot_undefended memory -- --memory 192M
	expect_nameless_reset
}

# A gzip file that never ends, where there is less memory than the bound of 64 MiB.
bomb() {
	make_os --kernel-a "$kernels/gz-endless" --kernel-b "$BUILD/out/os/Image.gz"
	disk
}
case_memory_for_a_bomb() {
	bomb
	boot --memory 80M
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-too-big
}
case_premise_memory_for_a_bomb() {
	bomb
	boot_undefended memory -- --memory 80M
	expect_nameless_reset
}

# --- keys ---------------------------------------------------------------------------------------------

# The next kernel is one that opens nothing (tests/premise), signed, with an empty disk in the first place,
# where it looks: what is in memory at its end was left there by the bootloader. A black key begins with the 20 bytes of its header, a plain one is known.
key_hunt() { # BOOT-COMMAND...
	"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
		--security-version 2 -o "$work/hunter" "$BUILD/out/premise-locked/Image" >/dev/null ||
		fault 'no kernel to hunt with'
	make_os --kernel "$work/hunter"
	"$host/mkdisk" --chip "$chip" --write-key "$work/key" --write-blob "$work/blob"
	disk --key "$work/key" --blob "$work/blob"
	truncate -s 1M "$work/empty"
	"$@" --first-drive "$work/empty" --ram "$work/ram"
	grep -q '^premise: end' "$work/console" || fault "the next kernel did not run: $(tail -n 1 "$work/outcome")"
	black=$(grep -caUP 'OgaT\x00{4}\x09\x00{3}\x18\x00{3}\x24\x00{3}' "$work/ram")
	plain=$(grep -caUP "$(od -An -v -tx1 "$work/key" | tr -d '\n' | sed 's/ /\\x/g')" "$work/ram")
}

case_keys_leave_no_trace() {
	key_hunt boot
	[ "$black" -eq 0 ] || fault "a black key is in memory at $black places"
	[ "$plain" -eq 0 ] || fault "the key is in memory at $plain places"
	grep -qaUP "$(od -An -v -tx1 "$work/key" | tr -d '\n' | sed 's/ /\\x/g')" "$work/after.img" "$work/console" &&
		fault 'the key is on the disk or on the console'
	:
}

case_premise_keys_leave_a_trace() {
	key_hunt boot_undefended bzero --
	[ "$black" -gt 0 ] || fault 'no black key is in memory'
}
