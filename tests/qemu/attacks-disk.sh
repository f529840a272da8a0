# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2016,SC2154 # scripts for edit=; variables of lib.sh
# Attacks with labels, and with another disk or chip.

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

# The OS asks again, and refuses the disk; but its kernel was started from it.
taken_disk() { # MKDISK-OPTION...
	disk "$@"
	boot_undefended labels
	expect_os_kernel
}

case_premise_label_by_substring() { taken_disk --partition imx:label=xbalena-imxx,fslabel=balena-imx; }
case_premise_label_in_capitals() { taken_disk --partition evil:label=RESIN-STATE; }
case_premise_label_longer() {
	taken_disk --partition evil:label=resin-rootAx --partition 'worse:label=resin-state ' \
		--partition worst:label=resin-state-resin-state-resin-state0
}
case_premise_label_twice() { taken_disk --partition again:copy=rootB; }

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

# Who does not ask the fuse opens an open device's disk in a closed device: the kernel on it, where nothing is
# encrypted, is started, and told to use its root. The OS asks again.
case_premise_fuse_not_asked() {
	uuid=01234567-89ab-4def-8123-456789abcdef
	disk --open --partition "rootA:uuid=$uuid"
	boot_undefended device
	expect_os_kernel
	grep -q "Kernel command line: .*root=UUID=$uuid" "$work/console" || fault 'it is to use another root'
}
