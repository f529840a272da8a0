# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables of lib.sh
# Mainline's keys: trusted keys with the CAAM as their source (key-source = caam-trusted). Both kernels run
# mainline's trusted_caam.c as it is, on the stand-in's blobs.

# An OS that takes such keys too; the keys are those of $work/key if that is there.
trusted_disk() { # MKDISK-OPTION...
	[ -e "$work/os" ] || make_os --kernel "$BUILD/out/os-trusted/Image.gz"
	[ ! -e "$work/key" ] || set -- --key "$work/key" "$@"
	disk --key-source caam-trusted "$@"
}

trusted_boot() { # BOOT-OPTION...
	boot --image "$BUILD/out/qemu-trusted/Image.gz" "$@"
}

trusted_blobs() { # MKDISK-OPTION...
	"$host/mkdisk" --key-source caam-trusted --write-key "$work/key" --write-blob "$work/blob" "$@" ||
		fault 'no blobs'
}

expect_trusted_volumes() {
	expect_os keys 'balena balena-data'
	expect_all_volumes crypt
	for volume in boot rootA rootB state data; do
		expect_os "$volume.cipher" aes-xts-plain64
		expect_os "$volume.key" \
			"$([ $volume = data ] && echo :32:trusted:balena-data || echo :64:trusted:balena)"
		expect_os "$volume.iv-offset" "$(os_says $volume.start)"
	done
	expect_os_report .layout 2
}

# The kernel comes from data, so that the bootloader needs both keys.
case_device_keys_trusted() {
	make_os --kernel "$BUILD/out/os-trusted/Image.gz" --override 2="$BUILD/out/os-trusted/Image.gz"
	bootenv kernel_override_abi=2
	trusted_disk --bootenv "$work/bootenv"
	trusted_boot
	expect_up
	expect_silent_bootloader
	expect_trusted_volumes
	expect_os_report .error null
	expect_os_report .device closed
	expect_os_report .kernel.path boot-by-abi/2/Image.gz
	expect_os_report '.warnings | length' 0
}

# The blob of the system is gone, that of data damaged.
case_device_keys_trusted_from_copies() {
	trusted_blobs --chip "$chip"
	cp "$work/blob.data" "$work/damaged"
	printf '\0\0\0\0' | dd of="$work/damaged" bs=1 seek=40 conv=notrunc status=none
	trusted_disk --blob balena_32.enc="$work/damaged" --imx-file keyblob_64.copy="$work/blob" \
		--imx-file keyblob_32.copy="$work/blob.data"
	trusted_boot
	expect_up
	expect_trusted_volumes
	expect_os_report '.warnings | join(" ")' \
		'key blob recovered from its copy: keyblob_64.copy key blob recovered from its copy: keyblob_32.copy'
}

# --- blobs that are not this chip's, or not what they claim to be --------------------------------------

refused_trusted() { # ERROR MKDISK-OPTION...
	error=$1
	shift
	trusted_disk "$@"
	trusted_boot
	expect_refused "$error"
	expect_nothing_on_console
}

trusted_pair() { # ERROR SYSTEM DATA
	refused_trusted "$1" --blob balena_64.enc="$2" --blob balena_32.enc="$3"
}

case_device_keys_trusted_of_another_chip() {
	"$host/mkchip" -o "$work/other"
	trusted_blobs --chip "$work/other"
	trusted_pair key-refused "$work/blob" "$work/blob.data"
	expect_kept .error.detail 'trusted key: Bad message'
}

# Made before the device was closed, under the key that all chips share then.
case_device_keys_trusted_of_another_state() {
	"$host/mkchip" --open -o "$work/open"
	trusted_blobs --chip "$work/open"
	trusted_pair key-refused "$work/blob" "$work/blob.data"
}

# NXP's blobs of as many bytes: the key modifier is another one.
case_device_keys_trusted_of_tagged_keys() {
	"$host/mkdisk" --chip "$chip" --layout 2 --write-blob "$work/tagged"
	trusted_blobs --chip "$chip"
	trusted_pair key-refused "$work/tagged" "$work/blob.data"
}

# The length of a key is under its blob's MAC: data's key, which is smaller, cannot be made the system's, nor
# the other way round, and what has the length of neither does not reach the kernel.
case_device_keys_trusted_exchanged() {
	trusted_blobs --chip "$chip"
	trusted_pair blob-length "$work/blob.data" "$work/blob"
	head -c 32 /dev/zero | cat "$work/blob.data" - >"$work/padded"
	trusted_pair key-refused "$work/padded" "$work/blob.data"
	head -c 80 "$work/blob" >"$work/cut"
	trusted_pair key-refused "$work/blob" "$work/cut"
	head -c 111 "$work/blob" >"$work/short"
	trusted_pair blob-length "$work/short" "$work/blob.data"
	head -c 5000 /dev/zero | cat "$work/blob" - >"$work/long"
	trusted_pair blob-length "$work/long" "$work/blob.data"
}

case_device_keys_trusted_one_too_few_or_many() {
	trusted_blobs --chip "$chip"
	refused_trusted blob-missing --blob balena_64.enc="$work/blob"
	refused_trusted blob-name --blob balena_64.enc="$work/blob" --blob balena_32.enc="$work/blob.data" \
		--blob balena_56.enc="$work/blob"
}

# The same disk for a bootloader of tagged keys, and one of tagged keys here: the signed configuration decides.
case_device_keys_other_source() {
	trusted_disk
	boot
	expect_refused blob-name
	make_os --kernel "$BUILD/out/os-trusted/Image.gz"
	disk --layout 2
	trusted_boot
	expect_refused blob-name
}

# No chip: the kernel has no source of trusted keys, and so no such keys.
case_device_keys_no_source() {
	trusted_disk
	trusted_boot --no-chip
	expect_refused key-device
	expect_kept .error.detail 'trusted key: No such device'
}

# --- what is left of them -----------------------------------------------------------------------------

# Letters and digits, of which each half is an AES key: in how many lines one of the four is, as it is or in
# hexadecimal digits.
trusted_halves_in() { # FILE
	for half in 0:32 32:32 64:16 80:16; do
		tail -c +$((${half%:*} + 1)) "$work/key" | head -c "${half#*:}" >"$work/half"
		printf -- '%s\n%s\n' "$(cat "$work/half")" "$(od -An -v -tx1 "$work/half" | tr -d ' \n')"
	done >"$work/halves"
	LC_ALL=C grep -caiF -f "$work/halves" "$1"
}

# The next kernel is the smallest there is (tests/attacks/revoked.S, signed anew), which leaves memory as it is and
# switches the machine off: what is there at its end was there when the bootloader's kernel left.
trusted_hunt() { # BOOT-OPTION...
	LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 96 >"$work/key"
	aarch64-linux-gnu-as -o "$work/object" "$top/tests/attacks/revoked.S" &&
		aarch64-linux-gnu-objcopy -O binary "$work/object" "$work/unsigned" &&
		"$host/bbsign" kernel --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" \
			--security-version 3 -o "$work/hunter" "$work/unsigned" >/dev/null || fault 'no kernel to hunt with'
	make_os --kernel "$work/hunter"
	trusted_disk
	boot --ram "$work/ram" "$@"
	grep -q '^premise: ' "$work/console" || fault "the next kernel did not run: $(tail -n 1 "$work/outcome")"
	found=$(trusted_halves_in "$work/ram")
}

case_device_keys_trusted_leave_no_trace() {
	trusted_hunt --image "$BUILD/out/qemu-trusted/Image.gz"
	[ "$found" -eq 0 ] || fault "a key is in memory at $found places"
	for file in after.img console; do
		[ "$(trusted_halves_in "$work/$file")" -eq 0 ] || fault "a key is in $file"
	done
}

# A boot that is given up with its keys loaded: there is no next kernel, which by chance takes the same memory.
trusted_given_up() { # BOOT-OPTION...
	LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 96 >"$work/key"
	make_os --kernel "$kernels/strip"
	trusted_disk
	boot --ram "$work/ram" "$@"
	expect_refused kernel-unsigned
	found=$(trusted_halves_in "$work/ram")
}

case_device_keys_trusted_leave_no_trace_when_given_up() {
	trusted_given_up --image "$BUILD/out/qemu-trusted/Image.gz"
	[ "$found" -eq 0 ] || fault "a key is in memory at $found places"
}

# Revoked keys that stay in their keyring stay in memory.
case_device_keys_premise_trusted_keys_leave_a_trace() {
	for way in trusted_given_up trusted_hunt; do
		$way --image "$BUILD/out/undefended/Image.gz" --append 'key-source=caam-trusted undefended=drop'
		[ "$found" -gt 0 ] || fault "no key is in memory: $way"
	done
}

# In the OS the keys are in the kernel's memory, in plain, and there only: docs/threats.md.
case_device_keys_premise_trusted_key_is_in_memory() {
	LC_ALL=C tr -dc A-Za-z0-9 </dev/urandom | head -c 96 >"$work/key"
	trusted_disk
	trusted_boot --ram "$work/ram"
	expect_up
	[ "$(trusted_halves_in "$work/ram")" -gt 0 ] || fault 'no key is in memory'
	for file in after.img console; do
		[ "$(trusted_halves_in "$work/$file")" -eq 0 ] || fault "a key is in $file"
	done
	os_says report >"$work/report"
	[ "$(trusted_halves_in "$work/report")" -eq 0 ] || fault 'a key is in the report'
}

# --- the newest kernel, and the keys that the CAAM keeps to itself (caam-pk) ----------------------------

pk_disk() { # MKDISK-OPTION...
	[ -e "$work/os" ] || make_os --kernel "$BUILD/out/os-pk/Image.gz"
	[ ! -e "$work/key" ] || set -- --key "$work/key" "$@"
	disk --key-source caam-pk "$@"
}

# A chip whose cbc(paes) dm-crypt takes: no kernel has one so far (tests/stub/paes.c).
pk_boot() {
	cp "$chip" "$work/chip.pk"
	printf '\002' | dd of="$work/chip.pk" bs=1 seek=12 conv=notrunc status=none
	boot --image "$BUILD/out/qemu-pk/Image.gz" --chip "$work/chip.pk"
}

pk_blobs() { # MKDISK-OPTION...
	"$host/mkdisk" --key-source caam-pk --write-key "$work/key" --write-blob "$work/blob" "$@" || fault 'no blobs'
}

on_newest_with_keys() { # CASE
	BUILD=$BUILD/newest
	"case_$1"
}

case_device_keys_newest_trusted() { on_newest_with_keys device_keys_trusted; }
case_device_keys_newest_trusted_of_another_chip() { on_newest_with_keys device_keys_trusted_of_another_chip; }

case_device_keys_newest_pk() {
	BUILD=$BUILD/newest
	make_os --kernel "$BUILD/out/os-pk/Image.gz" --override 2="$BUILD/out/os-pk/Image.gz"
	bootenv kernel_override_abi=2
	pk_disk --bootenv "$work/bootenv"
	pk_boot
	expect_up
	expect_silent_bootloader
	expect_os keys 'balena balena-data'
	expect_all_volumes crypt
	for volume in boot rootA rootB state; do
		expect_os "$volume.cipher" 'capi:cbc(paes)-plain64'
		expect_os "$volume.key" :84:trusted:balena
		expect_os "$volume.iv-offset" "$(os_says $volume.start)"
	done
	expect_os data.cipher aes-xts-plain64
	expect_os data.key :64:trusted:balena-data
	expect_os_report .layout 2
	expect_os_report .error null
}

# As it is in mainline: its CAAM driver's ciphers allocate memory for a request, and dm-crypt takes none that does.
case_device_keys_newest_pk_as_in_mainline() {
	BUILD=$BUILD/newest
	pk_disk
	boot --image "$BUILD/out/qemu-pk/Image.gz"
	expect_refused volume-open
	expect_kept .error.detail 'resin-boot: Resource busy'
}

# Nothing looks at a protected key's blob before a request does: one of another chip is an I/O error.
case_device_keys_newest_pk_of_another_chip() {
	BUILD=$BUILD/newest
	"$host/mkchip" -o "$work/other"
	pk_blobs --chip "$work/other"
	"$host/mkdisk" --key-source caam-pk --chip "$chip" --key "$work/key" --write-blob "$work/ours"
	pk_disk --blob balena_84.enc="$work/blob" --blob balena_64.enc="$work/ours.data"
	pk_boot
	expect_refused volume-foreign
	expect_kept .error.detail 'resin-boot: I/O error'
	pk_disk --blob balena_84.enc="$work/ours" --blob balena_64.enc="$work/blob.data"
	pk_boot
	expect_refused key-refused
}

case_device_keys_newest_pk_exchanged() {
	BUILD=$BUILD/newest
	pk_blobs --chip "$chip"
	pk_disk --blob balena_84.enc="$work/blob.data" --blob balena_64.enc="$work/blob"
	pk_boot
	expect_refused blob-length
	head -c 80 "$work/blob.data" >"$work/cut"
	pk_disk --blob balena_84.enc="$work/cut" --blob balena_64.enc="$work/blob.data"
	pk_boot
	expect_refused volume-foreign
	head -c 32 /dev/zero | cat "$work/blob" - >"$work/padded"
	pk_disk --blob balena_84.enc="$work/blob" --blob balena_64.enc="$work/padded"
	pk_boot
	expect_refused key-refused
}

# On a kernel without protected keys the words behind the blob mean nothing: the key has another length than the
# cipher is told, and there is no such cipher.
case_device_keys_pk_on_an_older_kernel() {
	disk --key-source caam-pk
	boot --image "$BUILD/out/qemu-pk/Image.gz"
	expect_refused volume-open
}
