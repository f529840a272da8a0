# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# The whole-boot cases, one function each. Production is the default everywhere.

# --- boots that must work -------------------------------------------------------------------------

case_slot_a() {
	disk
	boot
	expect_up
	expect_silent_bootloader
	expect_os slot A
	expect_os root-dm resin-rootA
	expect_all_volumes crypt
	expect_os lockdown integrity
	expect_os kaslr on
	expect_os rng-before-init yes
	expect_os watchdog-lock locked
	expect_os module.unsigned 'refused: Key was rejected by service'
	expect_os module.signed loaded
	expect_os_report .error null
	expect_os_report .slot A
	expect_os_report .device closed
	expect_os_report .layout 1
	expect_os_report .enforcement.checked true
	expect_os_report .kernel.path boot/Image.gz
	expect_os_report .kernel.version 2
}

case_slot_b_raw_image() {
	bootenv resin_root_part=B
	make_os --kernel "$BUILD/out/os/Image"
	disk --bootenv "$work/bootenv"
	boot --cpus 2
	expect_up
	expect_os slot B
	expect_os root-dm resin-rootB
	expect_os cpus 2
	expect_os_report .kernel.path boot/Image
}

# The kernel comes from data, so that the bootloader needs both keys.
case_layout_2_balena_names_cpu_max() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override 2="$BUILD/out/os/Image.gz"
	bootenv kernel_override_abi=2
	disk --bootenv "$work/bootenv" --layout 2 --prefix balena
	boot --cpu max --cpus 2
	expect_up
	expect_os root-dm balena-rootA
	expect_os keys 'logkey: logkey:data'
	expect_all_volumes crypt
	for volume in boot rootA rootB state data; do
		expect_os "$volume.cipher" 'capi:tk(cbc(aes))-plain64'
		expect_os "$volume.key" "$([ $volume = data ] && echo :48:logon:logkey:data || echo :64:logon:logkey:)"
		[ "$(os_says $volume.start)" -gt 0 ] || fault "$volume starts at $(os_says $volume.start)"
		expect_os "$volume.iv-offset" "$(os_says $volume.start)"
	done
	expect_os_report .layout 2
	expect_os_report .kernel.path boot-by-abi/2/Image.gz
}

# The blob of the system is gone, that of data damaged: bootloader and OS both take their copies.
case_layout_2_blobs_from_their_copies() {
	fresh_blobs
	cp "$work/blob.data" "$work/damaged"
	printf '\0\0\0\0' | dd of="$work/damaged" bs=1 seek=40 conv=notrunc status=none
	disk --layout 2 --key "$work/key" --blob balena_48.enc="$work/damaged" \
		--imx-file keyblob_64.copy="$work/blob" --imx-file keyblob_48.copy="$work/blob.data"
	boot
	expect_up
	expect_os keys 'logkey: logkey:data'
	expect_all_volumes crypt
	expect_os_report '.warnings | join(" ")' \
		'key blob recovered from its copy: keyblob_64.copy key blob recovered from its copy: keyblob_48.copy'
}

case_open_device() {
	"$host/mkchip" --open -o "$work/chip"
	disk --open
	boot --chip "$work/chip"
	expect_up
	expect_os slot A
	expect_all_volumes plain
	expect_os_report .device open
}

# A root volume without its filesystem has no UUID, and is not the root that an empty one means.
case_open_device_root_without_uuid() {
	"$host/mkchip" --open -o "$work/chip"
	disk --open --partition rootA:fslabel=other
	boot --chip "$work/chip" --image "$BUILD/out/os/Image" --words 'root=UUID='
	expect_refused root-missing
}

# Another tool's signature is as good.
case_kernel_by_sbsign() {
	make_os --kernel "$kernels/sbsign"
	disk
	boot
	expect_up
	expect_os_report .kernel.version 2
}

# Slot A's kernel is just too old for the signed configuration, slot B's just not.
case_kernel_of_the_minimum_version() {
	make_os --kernel-a "$kernels/old-version" --kernel-b "$kernels/oldest-version"
	disk
	boot
	expect_up
	expect_silent_bootloader
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-version
	expect_os_report .kernel.version 1
}

# What signs kernels does not sign modules.
case_module_of_the_kernel_key() {
	make_os --kernel "$BUILD/out/os/Image.gz" --module "$BUILD/os/kernel-key.ko"
	disk
	boot
	expect_up
	expect_os module.kernel-key 'refused: Key was rejected by service'
	expect_os module.signed loaded
}

# The marks' last contents are in the journals only; data is mounted for its override kernel.
case_volumes_left_dirty() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override 1.2-x="$BUILD/out/os/Image.gz"
	bootenv kernel_override_abi=1.2-x
	disk --bootenv "$work/bootenv" --partition rootA:dirty=mark --partition boot:dirty=mark \
		--partition data:dirty=mark
	boot
	expect_up
	expect_all_volumes crypt
	expect_os_report .override 1.2-x
	expect_os_report .kernel.path boot-by-abi/1.2-x/Image.gz
	case $(os_says cmdline) in
	*balena_kernel_abi=1.2-x*) ;;
	*) fault "command line: $(os_says cmdline)" ;;
	esac
}

# The OS brings an initramfs of its own, in which our program is one step; balena's is such a one.
case_unlock_in_another_initramfs() {
	make_os --kernel "$BUILD/out/os-unlock/Image.gz"
	disk
	boot
	expect_up
	grep -q '^unlock-init: unlock ended with status 0, and names /dev/mapper/resin-rootA' "$work/console" ||
		fault "$(grep '^unlock-init:' "$work/console")"
	expect_os root-dm resin-rootA
	expect_all_volumes crypt
	expect_os keys logkey:
	expect_os_report .slot A
}

case_bad_override_falls_back() {
	make_os --kernel "$BUILD/out/os/Image.gz" --override bad="$kernels/strip"
	bootenv kernel_override_abi=bad
	disk --bootenv "$work/bootenv"
	boot
	expect_up
	expect_os slot A
	expect_os_report .override null
	expect_os_report '.attempts[0].error.name' kernel-unsigned
}

case_bad_slot_falls_back() {
	make_os --kernel-a "$kernels/strip" --kernel-b "$BUILD/out/os/Image.gz"
	disk
	boot
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' kernel-unsigned
	expect_os_report '.attempts[1].error' null
}

case_damaged_root_falls_back() {
	disk --partition rootA:fs=none
	boot
	expect_up
	expect_os slot B
	expect_os_report '.attempts[0].error.name' volume-foreign
}

# The fuses cannot be read: treated as closed, and a good encrypted disk boots.
case_fuses_unreadable() {
	cp "$chip" "$work/chip"
	printf '\001' | dd of="$work/chip" bs=1 seek=12 conv=notrunc status=none
	disk
	boot --chip "$work/chip"
	expect_up
	expect_os_report .device unreadable
	expect_os_report '.warnings[0]' 'fuses cannot be read, device treated as closed: imx-ocotp0'
}

case_second_disk_with_same_labels() {
	disk
	make_os --kernel "$BUILD/out/os/Image.gz"
	cp "$work/disk.img" "$work/other.img"
	boot --drive "$work/other.img"
	expect_up
	expect_os_report .disk vda
	expect_os root-partition vda3
}

# What a first stage that is not to be trusted may say; none of it reaches the OS.
case_hostile_words_do_not_pass() {
	disk
	boot --append 'lockdown=none module.sig_enforce=0 rdinit=/bin/sh init=/bin/sh lsm= console="ttyAMA0 -- single'
	expect_up
	expect_silent_bootloader
	expect_os lockdown integrity
	expect_os module.unsigned 'refused: Key was rejected by service'
	never_in_os cmdline lockdown=none sig_enforce=0 rdinit= init= lsm= '"' ' -- ' single balena_stage2 LABEL
}

# An initrd whose /init would say so.
foreign_initrd() {
	mkdir -p "$work/initrd"
	cp "$BUILD/target/premise" "$work/initrd/init" || fault "no program for the initrd"
	(cd "$work/initrd" && echo init | cpio -o -H newc 2>/dev/null) >"$work/initrd.cpio"
}

case_foreign_initrd_does_not_run() {
	foreign_initrd
	disk
	boot --initrd "$work/initrd.cpio"
	expect_up
	expect_silent_bootloader
	expect_os slot A
}

# --- the boot state -------------------------------------------------------------------------------

# UPDATE-COUNT-BEFORE COUNT-AFTER SLOT
update_boot() {
	bootenv upgrade_available=1 bootcount="$1"
	disk --bootenv "$work/bootenv"
	boot
	expect_up
	expect_os slot "$3"
	expect_bootenv bootcount "$2"
	expect_bootenv upgrade_available 1
}

case_update_first_attempt() {
	update_boot 0 1 A
	expect_os_report .why update
}

case_update_second_attempt() {
	update_boot 1 2 A
}

case_update_third_boot_goes_back() {
	update_boot 2 3 B
	expect_os_report .why rollback
}

case_count_is_on_disk_before_the_attempt() {
	make_os --kernel "$kernels/strip"
	bootenv upgrade_available=1 bootcount=0
	disk --bootenv "$work/bootenv"
	boot
	expect_refused kernel-unsigned
	expect_bootenv bootcount 1
}

# The OS's own writers: grub-editenv, then the literal sed of its rollback service.
case_bootenv_after_the_os_wrote_it() {
	bootenv upgrade_available=1 bootcount=2 unknown=kept resin_root_part=B
	grub-editenv "$work/bootenv" unset upgrade_available
	sed -i 's#bootcount=.*#bootcount=0 #g' "$work/bootenv"
	echo >>"$work/bootenv"
	disk --bootenv "$work/bootenv"
	boot
	expect_up
	expect_os slot B
	expect_bootenv unknown kept
	expect_os_report .why current
	expect_os_report '.warnings | length' 0
}

# The plug was pulled when grub-editenv had truncated the file: the copy takes over.
case_bootenv_truncated() {
	bootenv resin_root_part=B upgrade_available=1 bootcount=1
	: >"$work/empty"
	disk --bootenv "$work/empty" --imx-file bootenv.copy="$work/bootenv"
	boot
	expect_up
	expect_os slot B
	expect_os_report .why update
	expect_bootenv resin_root_part B
	expect_bootenv upgrade_available 1
	expect_bootenv bootcount 2
}

# --- kernels that must not start ------------------------------------------------------------------

# Four bad kernels in one boot: slot A's override and its own, slot B's override and its own. Each is
# tried, and each is refused for its own reason.
refused_kernels() { # KERNEL ERROR KERNEL ERROR KERNEL ERROR KERNEL ERROR [BOOT-OPTION...]
	make_os --override a="$kernels/$1" --kernel-a "$kernels/$3" --override b="$kernels/$5" \
		--kernel-b "$kernels/$7"
	first=$2 errors="$2 $4 $6 $8"
	shift 8
	bootenv kernel_override_abi=a kernel_override_abi_committed_B=b
	disk --bootenv "$work/bootenv"
	boot "$@"
	expect_refused "$first"
	expect_nothing_on_console
	expect_kept '[.attempts[].error.name] | join(" ")' "$errors"
}

case_refused_by_the_kernel() {
	refused_kernels other-key kernel-refused flip-code kernel-refused \
		flip-header kernel-refused flip-signature kernel-refused
}

# One key, one purpose; a version raised without the key; one that is too old, whoever signed it; and one
# that the configuration revokes.
case_refused_for_version_or_purpose() {
	refused_kernels old-version kernel-version raised-version kernel-refused \
		module-key kernel-refused revoked kernel-revoked
}

case_refused_for_their_form() {
	refused_kernels strip kernel-unsigned truncate kernel-signature-form \
		second-certificate kernel-signature-form second-signer kernel-signature-form
}

case_refused_for_what_is_hidden() {
	refused_kernels append kernel-signature-form hide kernel-signature-form \
		second-x509 kernel-signature-form unsigned-attribute kernel-signature-form
}

case_refused_packed() {
	refused_kernels gz-lies kernel-gzip gz-checksum kernel-gzip \
		gz-endless kernel-too-big not-image kernel-not-image
}

# A link to a good kernel on the unencrypted volume in slot A, a pipe in slot B.
case_refused_where_links_lead_out() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	boot_a=$os/rootA/balena/overlay2/layer-A/diff/boot boot_b=$os/rootB/balena/overlay2/layer-B/diff/boot
	rm "$boot_a/Image.gz" "$boot_b/Image.gz"
	ln -s /../balena-imx/kernel "$boot_a/Image.gz"
	mkfifo "$boot_b/Image.gz"
	disk --imx-file kernel="$BUILD/out/os/Image.gz"
	boot
	expect_refused kernel-missing
	expect_kept '[.attempts[].error.name] | join(" ")' 'kernel-missing kernel-missing'
	expect_kept '.attempts[0].error.detail' 'boot/Image: No such file or directory'
	expect_kept '.attempts[1].error.detail' 'boot/Image.gz: Invalid argument'
}

case_refused_whatever_the_first_stage_says() {
	refused_kernels strip kernel-unsigned other-key kernel-refused \
		flip-code kernel-refused flip-signature kernel-refused \
		--append 'lockdown=none module.sig_enforce=0 rdinit=/bin/sh init=/bin/sh lsm= console=ttyAMA0 earlycon'
}

case_flasher_is_another_build() {
	disk
	boot --append flasher
	expect_refused stage-mismatch
	expect_nothing_on_console
}

# --- key blobs that must not reach the key service, and those that it refuses -----------------------

# A good blob, in $work/blob, and its key: so that a disk with it would boot if nobody looked at the blob.
fresh_blob() {
	"$host/mkdisk" --chip "$chip" --write-key "$work/key" --write-blob "$work/blob"
}

# refused_blob ERROR MKDISK-OPTION...: by the bootloader, which is silent, and not by the OS's stage
refused_blob() {
	error=$1
	shift
	disk --key "$work/key" "$@"
	boot
	expect_refused "$error"
	expect_nothing_on_console
}

# A blob of this chip with one field of its header changed: OFFSET OCTAL-BYTE
refused_header() {
	fresh_blob
	printf "%b" "\\0$2" | dd of="$work/blob" bs=1 seek="$1" conv=notrunc status=none
	refused_blob blob-header --blob "$work/blob"
}

case_blob_missing() {
	fresh_blob
	refused_blob blob-missing --no-blob
}

case_blob_twice() {
	fresh_blob
	refused_blob blob-twice --blob "$work/blob" --blob balena_64.enc="$work/blob"
}

case_blob_of_another_size() {
	fresh_blob
	refused_blob blob-name --blob balena_96.enc="$work/blob"
}

case_blob_too_short() {
	fresh_blob
	truncate -s 103 "$work/blob"
	refused_blob blob-length --blob "$work/blob"
}

# What overruns the stack of NXP's driver.
case_blob_too_long() {
	fresh_blob
	truncate -s 4000 "$work/blob"
	refused_blob blob-length --blob "$work/blob"
}

case_blob_header_type() { refused_header 8 031; }
case_blob_header_object_length() { refused_header 16 125; }

case_blob_of_another_chip() {
	"$host/mkchip" -o "$work/other"
	fresh_blob
	"$host/mkdisk" --chip "$work/other" --key "$work/key" --write-blob "$work/blob"
	refused_blob key-refused --blob "$work/blob"
}

case_blob_of_another_state() {
	disk
	cp "$chip" "$work/chip"
	printf '\017' | dd of="$work/chip" bs=1 seek=8 conv=notrunc status=none
	boot --chip "$work/chip"
	expect_refused key-refused
}

# --- disks that are not the one ---------------------------------------------------------------------

refused_disk() { # ERROR MKDISK-OPTION...
	error=$1
	shift
	disk "$@"
	boot
	expect_refused "$error"
	expect_nothing_on_console
}

case_volume_missing() { refused_disk volume-missing --partition state=none; }
case_volume_twice() { refused_disk volume-twice --partition again:copy=rootB; }
case_volume_twice_by_prefix() { refused_disk volume-twice --partition again:label=balena-state; }
case_volume_unknown() { refused_disk volume-unknown --partition evil:label=resin-evil; }
case_volume_label_in_capitals() { refused_disk volume-unknown --partition evil:label=RESIN-STATE; }
case_volume_plain() {
	refused_disk volume-foreign --partition rootA:plain --partition rootB:plain
}
case_volume_plain_boot() { refused_disk volume-foreign --partition boot:plain; }

# The bootloader does not open state; the OS stage does.
case_volume_plain_state() {
	disk --partition state:plain
	boot
	expect_refused volume-foreign
	expect_kept .stage os
}

case_os_without_its_init() {
	make_os --kernel "$BUILD/out/os/Image.gz"
	rm "$os/rootA/balena/overlay2/layer-A/diff/boot/init"
	disk
	boot
	expect_refused os-init
	expect_kept .stage os
}

# The disk of an open device in a closed one: nothing of it is opened, and there is nowhere to keep a
# report, so the development variant says it.
case_open_disk_in_closed_device() {
	disk --open
	boot --variant development
	expect_refused volume-missing
}

case_open_disk_when_fuses_are_unreadable() {
	disk --open
	cp "$chip" "$work/chip"
	printf '\001' | dd of="$work/chip" bs=1 seek=12 conv=notrunc status=none
	boot --chip "$work/chip" --variant development
	expect_refused volume-missing
}

# --- premises: without the defence the attacks work -------------------------------------------------

# Newer kernels write a line of their log into the middle of what a program says.
premise_says() { # FILE
	tr -d '\r' <"$work/console" | sed -n "s/\[ *[0-9]*\.[0-9]*\] .*//; s/^premise: $1 //p"
}

# All bad kernels that the running kernel's own check is there for, handed to it without /init's.
try_kernels() { # IMAGE EXPECTED
	set -- "$1" "$2" strip other-key module-key raised-version flip-code flip-header flip-signature
	image=$1 expected=$2 files=''
	shift 2
	for name in "$@"; do
		files="$files --imx-file $name.img=$kernels/$name"
	done
	# shellcheck disable=SC2086 # options
	disk --partition imx:size=64M $files
	boot --image "$image"
	for name in "$@"; do
		[ "$(premise_says "$name.img")" = "$expected" ] ||
			fault "$name: $(premise_says "$name.img"), not $expected"
	done
}

case_premise_kernels_start_without_lockdown() {
	try_kernels "$BUILD/out/premise-open/Image.gz" accepted
}

case_premise_kernels_are_refused_with_it() {
	try_kernels "$BUILD/out/premise-locked/Image.gz" 'Operation not permitted'
}

# What the key service makes of blobs that /init would not show it: a header of another version is
# taken, since nothing authenticates it, and the length of a file is what it overruns its stack by.
case_premise_blobs_reach_the_key_service() {
	"$host/mkdisk" --chip "$chip" --write-blob "$work/good"
	cp "$work/good" "$work/version"
	printf '\001' | dd of="$work/version" bs=1 seek=4 conv=notrunc status=none
	cp "$work/good" "$work/long"
	truncate -s 4000 "$work/long"
	disk --imx-file good.enc="$work/good" --imx-file version.enc="$work/version" \
		--imx-file long.enc="$work/long"
	boot --image "$BUILD/out/premise-locked/Image.gz"
	[ "$(premise_says good.enc)" = accepted ] || fault "good: $(premise_says good.enc)"
	[ "$(premise_says version.enc)" = accepted ] || fault "version: $(premise_says version.enc)"
	grep -q "NXP's driver would .*stack" "$work/console" || fault "no overrun"
}

case_premise_foreign_initrd_runs_where_it_may() {
	foreign_initrd
	disk
	boot --image "$BUILD/out/os/Image" --initrd "$work/initrd.cpio" --append console=ttyAMA0
	grep -q '^premise: end' "$work/console" || fault "the initrd did not run"
}

case_premise_init_refuses_a_kernel_without_lockdown() {
	disk
	boot --image "$BUILD/out/premise-qemu-production/Image.gz"
	expect_refused lockdown-off
}
