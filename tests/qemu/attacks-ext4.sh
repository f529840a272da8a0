# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks with filesystems under the right key: malleable ciphertext, or a hostile OS.

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

# A list of orphans that leads to itself, and one that begins with the root directory.
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
	hostile_roots volume-mount volume-mount
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

# --- config.json: not read. No defence is shown, only that no boot depends on it.

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
