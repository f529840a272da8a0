# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for sed; variables of lib.sh
# Attacks with ciphertext: someone who has the disk, and an application on the device or another disk of the
# same chip, but no key. tests/mkdisk/move does the moving.

move=$top/tests/mkdisk/move
root_size=$((20 * 2048)) # sectors of the attacker's root filesystem

# --- ciphertext from one volume into another --------------------------------------------------------------

# A root filesystem as an attacker would like it, in $work/evil.fs.
evil_root() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	echo 'placed by an application' >"$os/rootA/mark"
	echo evil >"$os/rootA/etc/slot"
	"$host/mkdisk" --open --root-a "$os/rootA" --partition rootA:size=20M -o "$work/evil.img" ||
		fault 'no root filesystem'
	dd if="$work/evil.img" of="$work/evil.fs" bs=512 count=$root_size status=none \
		skip="$("$move" start "$work/evil.img" resin-rootA)"
	os=$default_os
}

# A program for mkdisk's edit=: the file `planted` of the filesystem gets what is that root filesystem once
# its first sector, now with an IV of BASE and its place, has the IV TO. Its place goes into $work/at.
planting() { # BASE TO
	cat >"$work/plant" <<EDIT
#!/bin/sh
set -eu
at=\$("$move" where "\$1" /planted)
echo "\$at" >"$work/at"
"$move" prepare \$(($1 + at)) \$((${2:-$1 + at})) <"$work/evil.fs" |
	dd of="\$1" bs=512 seek="\$at" conv=notrunc status=none
EDIT
	chmod 755 "$work/plant"
}

# A disk on whose VOLUME (data, state) that file lies; $file is where on the disk. PREPARED is moved, for what
# will be copied to the start of rootA, or still, for what will be read in its place.
planted_disk() { # LAYOUT VOLUME PREPARED
	evil_root
	cp -r "$os/$2" "$work/volume"
	yes 'no hole' | head -c $((root_size * 512)) >"$work/volume/planted"
	partition=$2:size=40M,dir=$work/volume
	# The same partitions, to know where they are.
	disk --layout "$1" --partition "$partition"
	root=$("$move" start "$work/disk.img" resin-rootA) volume=$("$move" start "$work/disk.img" "resin-$2")
	case $1/$3 in
	1/moved) planting 0 0 ;;
	2/moved) planting "$volume" "$root" ;;
	*/still) planting 0 ;;
	esac
	disk --layout "$1" --partition "$partition,edit=$work/plant"
	file=$((volume + $(cat "$work/at")))
}

copy_into_root() {
	"$move" sectors "$work/disk.img" "$file" "$root" $root_size
}

root_is_the_file() {
	"$move" entry "$work/disk.img" resin-rootA "$file" $root_size
}

# Whoever placed the file has root in the OS; its kernel is the right one, since nothing else starts.
expect_evil() {
	expect_up
	expect_os slot evil
	expect_os rootA.mark 'placed by an application'
	expect_os root-dm resin-rootA
	expect_os lockdown integrity
}

expect_other_slot() { # ERROR
	expect_up
	expect_silent_bootloader
	expect_os slot B
	expect_os_report '.attempts[0].error.name' "$1"
}

case_premise_layout_1_data_into_root() {
	planted_disk 1 data moved
	copy_into_root
	boot
	expect_evil
	expect_os_report .layout 1
}

case_layout_2_data_into_root() {
	planted_disk 2 data moved
	copy_into_root
	boot
	expect_other_slot volume-foreign
	expect_os_report .layout 2
}

# The IV counts from the start of the disk, and so follows the partition: with one key nothing would have to be
# prepared even. State has the key of the roots, and shows what data would be without a key of its own.
case_layout_2_root_is_in_data() {
	planted_disk 2 data still
	root_is_the_file
	boot
	expect_other_slot volume-foreign
}

case_premise_layout_2_root_is_in_state() {
	planted_disk 2 state still
	root_is_the_file
	boot
	expect_evil
	expect_os_report .layout 2
}

case_premise_layout_2_state_into_root() {
	planted_disk 2 state moved
	copy_into_root
	boot
	expect_evil
	expect_os_report .layout 2
}

# Nothing was prepared: the program that the OS starts first, as it is in rootB, in the place of rootA's.
copied_init() { # LAYOUT
	make_os --kernel "$BUILD/out/os/Image.gz"
	init=balena/overlay2/layer-B/diff/boot/init
	sed 's,^\tsay slot "$(cat /etc/slot)"$,\tsay slot "copied from B" \t ,' "$default_os/rootB/$init" \
		>"$os/rootB/$init"
	cmp -s "$default_os/rootB/$init" "$os/rootB/$init" && fault 'the copy would not show'
	[ "$(wc -c <"$default_os/rootB/$init")" -eq "$(wc -c <"$os/rootB/$init")" ] || fault 'another length'
	for slot in A B; do
		printf '#!/bin/sh\n"%s" where "$1" /balena/overlay2/layer-%s/diff/boot/init >"%s/at.%s"\n' \
			"$move" $slot "$work" $slot >"$work/find.$slot"
		chmod 755 "$work/find.$slot"
	done
	disk --layout "$1" --partition "rootA:edit=$work/find.A" --partition "rootB:edit=$work/find.B"
	from=$(($("$move" start "$work/disk.img" resin-rootB) + $(cat "$work/at.B")))
	to=$(($("$move" start "$work/disk.img" resin-rootA) + $(cat "$work/at.A")))
	"$move" sectors "$work/disk.img" $from $to 16
}

case_premise_layout_1_file_of_the_other_root() {
	copied_init 1
	boot
	expect_up
	expect_os root-dm resin-rootA
	expect_os slot 'copied from B'
}

case_layout_2_file_of_the_other_root() {
	copied_init 2
	boot
	[ "$(tail -n 1 "$work/outcome")" = 'boot: refused os-init (91): /sbin/init: Exec format error' ] ||
		fault "$(tail -n 1 "$work/outcome")"
	grep -q '^os: ' "$work/console" && fault 'an OS ran'
}

# --- one layout's disk as the other's -------------------------------------------------------------------------

# The blobs of a disk of layout 2, $work/blob and $work/blob.data, and its keys.
fresh_blobs() {
	"$host/mkdisk" --chip "$chip" --layout 2 --write-key "$work/key" --write-blob "$work/blob"
}

refused_blobs() { # ERROR MKDISK-OPTION...
	error=$1
	shift
	disk --layout 2 --key "$work/key" "$@"
	boot
	expect_refused "$error"
	expect_nothing_on_console
}

# A blob as that of a key of another size: header and length are as they must be, and nobody signed either.
as_blob_of() { # KEY-SIZE BLOB
	length=$((20 + (($1 + 7) / 8) * 8 + 12 + 48))
	{
		perl -e 'print pack("V5", 0x5461674f, 0, 9, @ARGV)' "$1" $((length - 20))
		{ tail -c +21 "$2"; head -c 64 /dev/zero; } | head -c $((length - 20))
	} >"$work/as.$1"
}

# That way of rewriting takes nothing from a blob that stays what it is.
case_premise_layout_2_blobs_rewritten() {
	fresh_blobs
	as_blob_of 32 "$work/blob"
	as_blob_of 16 "$work/blob.data"
	disk --layout 2 --key "$work/key" --blob balena_64.enc="$work/as.32" --blob balena_48.enc="$work/as.16"
	boot
	expect_up
}

case_layout_2_blob_under_the_name_of_layout_1() {
	fresh_blobs
	refused_blobs blob-length --blob balena_56.enc="$work/blob"
}

case_layout_2_blob_as_one_of_layout_1() {
	fresh_blobs
	as_blob_of 24 "$work/blob"
	refused_blobs key-refused --blob balena_56.enc="$work/as.24"
}

case_layout_2_blob_of_data_as_one_of_layout_1() {
	fresh_blobs
	as_blob_of 24 "$work/blob.data"
	refused_blobs key-refused --blob balena_56.enc="$work/as.24"
}

case_layout_2_blobs_exchanged() {
	fresh_blobs
	refused_blobs blob-length --blob balena_64.enc="$work/blob.data" --blob balena_48.enc="$work/blob"
}

# The key of data as the system's: what applications write would be a root filesystem again.
case_layout_2_blob_of_data_for_the_system() {
	fresh_blobs
	as_blob_of 32 "$work/blob.data"
	refused_blobs key-refused --blob balena_64.enc="$work/as.32" --blob balena_48.enc="$work/blob.data"
}

case_layout_2_blob_of_the_system_for_data() {
	fresh_blobs
	as_blob_of 16 "$work/blob"
	refused_blobs key-refused --blob balena_64.enc="$work/blob" --blob balena_48.enc="$work/as.16"
}

case_layout_2_without_one_blob() {
	fresh_blobs
	refused_blobs blob-missing --blob balena_64.enc="$work/blob"
	expect_kept .error.detail 'balena_*.enc: 64'
}

# From an installation of before: this chip made it, so it is a good blob.
old_blob() {
	"$host/mkdisk" --chip "$chip" --write-blob "$work/old"
}

case_layout_2_with_an_old_blob() {
	fresh_blobs
	old_blob
	refused_blobs blob-twice --blob balena_64.enc="$work/blob" --blob balena_48.enc="$work/blob.data" \
		--blob "$work/old"
	expect_kept .error.detail 'balena_*.enc: 48 56 64'
}

case_layout_2_with_only_an_old_blob() {
	fresh_blobs
	old_blob
	refused_blobs volume-foreign --blob "$work/old"
	expect_kept .layout 1
}

# A whole disk from before opens, unless the configuration says that there is none any more.
only_layout() { # ACCEPTED DISK
	disk --layout "$2"
	boot --image "$BUILD/out/undefended/Image.gz" --append "layout=$1"
}

case_premise_layout_1_disk_is_accepted() {
	only_layout 1 1
	expect_up
	expect_os_report .layout 1
}

case_layout_1_disk_where_2_is_demanded() {
	only_layout 2 1
	expect_refused layout-refused
	expect_nothing_on_console
	expect_kept .error.detail 'balena_*.enc: 56'
}

case_layout_2_disk_where_1_is_demanded() {
	only_layout 1 2
	expect_refused layout-refused
	expect_nothing_on_console
}

case_layout_2_disk_where_2_is_demanded() {
	only_layout 2 2
	expect_up
	expect_os_report .layout 2
}

# --- a volume of another installation, whose key this chip has sealed too -----------------------------------------

case_layout_2_boot_of_another_installation() {
	head -c 32 /dev/urandom >"$work/other.key"
	disk --layout 2 --partition "boot:key=$work/other.key"
	boot
	expect_refused volume-foreign
	expect_nothing_on_console
}

# --- within a volume: no layout stops it ------------------------------------------------------------------------------

# Swaps 4096 bytes of two files of rootA, from these sectors of the files on.
swapped_in_root() { # LAYOUT PATH SECTOR PATH SECTOR
	printf '#!/bin/sh\nfor path in "%s" "%s"; do "%s" where "$1" "$path" || exit 1; done >"%s/at"\n' \
		"$2" "$4" "$move" "$work" >"$work/find"
	chmod 755 "$work/find"
	disk --layout "$1" --partition "rootA:edit=$work/find"
	root=$("$move" start "$work/disk.img" resin-rootA)
	one=$((root + $(sed -n 1p "$work/at") + $3)) other=$((root + $(sed -n 2p "$work/at") + $5))
	dd if="$work/disk.img" of="$work/sectors" bs=512 skip=$one count=8 status=none
	"$move" sectors "$work/disk.img" $other $one 8
	dd if="$work/sectors" of="$work/disk.img" bs=512 seek=$other conv=notrunc status=none
}

case_premise_layout_2_files_of_a_root_swapped() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	echo 'the mark that this root has, and is to have' >"$os/rootA/mark"
	echo '................ from another file of this root' >"$os/rootA/other"
	swapped_in_root 2 /mark 0 /other 0
	boot
	expect_up
	expect_os root-dm resin-rootA
	case $(os_says rootA.mark) in
	*' from another file of this'*) ;;
	*) fault "mark is: $(os_says rootA.mark)" ;;
	esac
}

# A kernel has its signature, whatever volume it lies on.
case_layout_2_kernel_swapped() {
	kernel=/balena/overlay2/layer-A/diff/boot/Image.gz
	swapped_in_root 2 $kernel 800 $kernel 1600
	boot
	expect_other_slot kernel-gzip
}
