# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # variables that the case runner shares
# bbctl install where it is meant to run: in the OS, on the kernel's own FAT, with the chip's fuses.

# release DIRECTORY VERSION: a bootloader that is not meant to boot, signed with the keys of this build
release() {
	mkdir -p "$work/$1"
	"$top/tests/unit/make-image" "Linux version 6.12.$2 (nobody@nowhere) 1" | gzip -nc >"$work/kernel"
	"$top/tests/unit/make-dtb" 3000 >"$work/tree"
	for file in kernel:Image.gz:0x40480000 tree:board.dtb:0x48480000; do
		name=${file#*:}
		"$host/bbsign" hab --pki "$BUILD/keys" --passphrase-file "$BUILD/keys.passphrase" --slot 0 \
			--load-addr "${name#*:}" --ivt-offset 0x6000 --device-type qemu --security-version "$2" \
			-o "$work/$1/${name%:*}" "$work/${file%%:*}" >/dev/null || fault "no release $1"
	done
}

# The chip of this case, with the hash of these keys in its fuses.
chip_of_keys() { # MKCHIP-OPTION...
	"$host/bbsign" srk --pki "$BUILD/keys" --table "$work/table" --fuses "$work/srk" >/dev/null
	set -- -o "$work/chip" "$@"
	at=96
	for word in $(od -An -v -tx4 --endian=little "$work/srk"); do
		set -- "$@" --fuse "$(printf '0x%x=0x%s' $at "$word")"
		at=$((at + 4))
	done
	"$host/mkchip" "$@" || fault 'no chip'
	chip=$work/chip
}

# From version 1 to 2, in a directory with a gap where the new names would stand in front; back is refused.
case_install_a_bootloader() {
	release old 1
	release new 2
	chip_of_keys
	cat >"$work/hook" <<-'END'
	cd /mnt/data/install && mount -o remount,rw /mnt/imx
	rm /mnt/imx/gap.file
	install() { ./bbctl install --config conf "$@" 2>&1 | while read -r line; do echo "os: $name: $line"; done; }
	name=up install new/Image.gz new/board.dtb
	name=down install old/Image.gz old/board.dtb
	ls /mnt/imx | while read -r file; do echo "os: file: $file"; done
	END
	make_os --kernel "$BUILD/out/os/Image.gz" --hook "$work/hook"
	mkdir "$os/data/install"
	cp -r "$BUILD/target/bbctl" "$work/old" "$work/new" "$os/data/install"
	cp "$BUILD/initramfs/os.conf" "$os/data/install/conf"
	echo gap >"$work/gap"
	disk --imx-file gap.file="$work/gap" --imx-file Image.gz="$work/old/Image.gz" \
		--imx-file board.dtb="$work/old/board.dtb"
	boot
	expect_up
	tr -d '\r' <"$work/console" | grep '^os: \(up\|down\|file\)' >"$work/said"
	grep -qx 'os: up: slot 0, security version 2' "$work/said" || fault "not installed: $(cat "$work/said")"
	grep -q 'os: down: .*refused: version-lower' "$work/said" || fault "not refused: $(cat "$work/said")"
	! grep -q 'file: .*new' "$work/said" || fault "something is left: $(cat "$work/said")"
	for file in Image.gz board.dtb; do
		"$top/tests/mkdisk/fat" get "$work/after.img" $file | cmp - "$work/new/$file" || fault "$file is not the new one"
	done
}
