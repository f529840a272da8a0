#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/install/rom with a QEMU that only says what it is told: from where it starts what, which fuses make
# which difference, and what each ending of a start makes of its exit status and last line.
# shellcheck disable=SC2016,SC2317 # texts for the false QEMU expand there; functions are called through check
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
suite=rom
fat=$top/tests/mkdisk/fat

mkdir bin host
ln -s "$bbsign" host/bbsign
ln -s "$build/host/mkchip" host/mkchip
cat >bin/qemu-system-aarch64 <<'END'
#!/bin/sh
echo "$*" >arguments
echo started >>starts
for argument; do
	case $argument in
	*mem-path=*) chip=${argument##*mem-path=} chip=${chip%%,*} ;;
	esac
done
. ./fake
END
chmod +x bin/qemu-system-aarch64
PATH=$work/bin:$PATH
export TMPDIR="$work"

blank='--fuse 0=0'
for offset in 0x60 0x64 0x68 0x6c 0x70 0x74 0x78 0x7c; do blank="$blank --fuse $offset=0"; done

# The ROM does not look at what it verifies: a device tree stands for the kernel too.
make_boot() { # DIRECTORY PKI
	mkdir "$1"
	for place in 'Image.gz 0x40480000 0xc00000' 'virt.dtb 0x48480000 0x18000'; do
		set -- "$1" "$2" $place
		"$bbsign" hab --pki "$2" --passphrase-file "$passphrase" --slot 0 --load-addr "$4" --ivt-offset "$5" \
			-o "$1/$3" dtb || return 1
	done
}

make_disk() { # FILE LABEL DIRECTORY
	truncate -s 32M "$1" && truncate -s 30M fs.fat
	mkfs.vfat fs.fat
	printf 'label: gpt\nstart=2048, size=61440, name=%s\n' "$2" | sfdisk -q "$1"
	dd if=fs.fat of="$1" bs=1M seek=1 conv=notrunc status=none
	[ "$3" = none ] || for file in "$3"/*; do
		"$fat" put "$1" "${file##*/}" "$file"
	done
}

make_all() {
	"$top/tests/unit/make-dtb" 3000 >dtb
	make_boot good "$(pki 2048)" && make_boot foreign "$(pki 2048 production)" || return 1

	make_disk disk balena-imx good && make_disk foreign.disk balena-imx foreign &&
		make_disk empty.disk balena-imx none && make_disk medium flash-boot good &&
		make_disk foreign.medium flash-boot foreign && make_disk empty.medium flash-boot none &&
		truncate -s 8M blank.disk || return 1
	srk=$("$bbsign" srk --pki "$(pki 2048)" --table table --fuses fuses >/dev/null &&
		od -An -tx4 -v -w4 fuses) || return 1
	programmed='' offset=96
	for word in $srk; do
		programmed="$programmed --fuse $offset=0x$word"
		offset=$((offset + 4))
	done
	# shellcheck disable=SC2086 # words
	"$build/host/mkchip" --open $blank -o blank.chip && "$build/host/mkchip" --open $programmed -o open.chip &&
		"$build/host/mkchip" --closed $programmed -o closed.chip &&
		"$build/host/mkchip" --closed $programmed --fuse 0x9c=1 -o revoked.chip
}

# ends STATUS LAST-LINE FAKE ROM-OPTION...
ends() {
	status=$1 last=$2
	echo "$3" >fake
	shift 3
	rm -f arguments starts
	BUILD=$work "$top/tests/install/rom" "$@" >out 2>err </dev/null
	got=$?
	[ $got -eq "$status" ] && [ "$(tail -n 1 out)" = "$last" ] || {
		echo "status $got instead of $status, or not '$last':"
		cat out err
		return 1
	}
}

starts_with() { # WORDS DISK CHIP [ROM-OPTION...]: that the machine is started, with these words of U-Boot's
	words=$1 disk=$2 chip=$3
	shift 3
	ends 0 'rom: up' 'echo "os: up"' --disk "$disk" --chip "$chip" "$@" && grep -qF -- "-append $words " arguments
}

never() { # LAST-LINE DISK CHIP [ROM-OPTION...]
	last=$1 disk=$2 chip=$3
	shift 3
	ends 3 "$last" 'echo "os: up"' --disk "$disk" --chip "$chip" "$@" && [ ! -e starts ]
}

started() { # TIMES
	[ "$(wc -l <starts)" -eq "$1" ]
}

installer='flasher root=LABEL=flash-rootA rootwait'
system='balena_stage2 root=LABEL=resin-rootA rootwait'
no_boot='rom: refused: no Image.gz on the disk'
foreign='rom: refused: the boot ROM does not start what is on the'

check "what is to be started" make_all
check "a blank device starts from the medium" starts_with "$installer hab_status=0" blank.disk blank.chip \
	--medium medium
check "the machine has the medium" grep -q 'file=[^ ]*/medium ' arguments
check "the device tree is that of the medium" grep -q -- '-dtb .*virt.dtb' arguments
check "a blank device compares with nothing" starts_with "$installer hab_status=0" blank.disk blank.chip \
	--medium foreign.medium
check "a programmed one objects" starts_with "$installer hab_status=1" blank.disk open.chip --medium foreign.medium
check "and is content with its own" starts_with "$installer hab_status=0" blank.disk open.chip --medium medium
check "a closed one refuses others' keys" never "$foreign medium: Image.gz: srk-hash virt.dtb: srk-hash" \
	disk closed.chip --medium foreign.medium
check "a closed one starts from the medium" starts_with "$installer hab_status=0" disk closed.chip --medium medium
check "without medium from the disk" starts_with "$system hab_status=0" disk closed.chip
check "a medium that does not boot is plugged in all the same" starts_with "$system hab_status=0" disk closed.chip \
	--medium empty.medium
check "and the machine has it" grep -q 'file=[^ ]*/medium ' arguments
check "a closed one refuses a foreign disk" never "$foreign disk: Image.gz: srk-hash virt.dtb: srk-hash" \
	foreign.disk closed.chip
check "a revoked slot" never "$foreign disk: Image.gz: slot-revoked virt.dtb: slot-revoked" disk revoked.chip
check "no bootloader on the disk" never "$no_boot" empty.disk closed.chip
check "nothing on the disk" never "$no_boot" blank.disk blank.chip
cp open.chip state.chip
check "an open device is in state non-secure" sh -c "'$build/host/mkchip' --closed -o was.chip &&
	dd if=was.chip of=state.chip bs=1 skip=8 seek=8 count=4 conv=notrunc status=none"
check "after power-on" starts_with "$system hab_status=0" disk state.chip
check "whatever it was before" sh -c "'$build/host/mkchip' --show state.chip | grep -q 'state *non-secure'"

at='--disk disk --chip closed.chip --medium medium'
# shellcheck disable=SC2086 # words
{
	check "the installer is done" ends 6 'rom: off' 'echo "flasher: done: x"' $at
	check "the installer refuses" ends 3 'rom: refused opt-in-missing: x' 'echo "flasher: refused opt-in-missing: x"' $at
	check "init refuses" ends 3 'rom: refused disk-missing (20): slow' \
		'echo "[ 1.2] init: refused disk-missing (20): slow"' $at
	check "a panic" ends 4 'rom: lost: panic: VFS' 'echo "[ 1.2] Kernel panic - not syncing: VFS"' $at
	check "a reset without a word" ends 4 'rom: lost: reset without a named error' ':' $at
	check "time is over" ends 124 'rom: time is over' 'sleep 20' $at -- --timeout 1
	check "the plug is pulled" ends 5 'rom: cut' 'sleep 20' $at -- --cut-after 0.1
	check "starts again as often as asked" ends 0 'rom: up' \
		'[ $(wc -l <starts) -lt 3 ] && echo "flasher: reboot: x" || echo "os: up"' $at --consoles consoles
	check "that was three times" started 3
	check "each with its console" sh -c 'grep -q reboot consoles/2 && grep -q "os: up" consoles/3'
	check "but not for ever" ends 7 'rom: reset: the installer wants another start' 'echo "flasher: reboot: x"' \
		$at --starts 2
	check "that was twice" started 2
	check "the chip may change in between" ends 3 "$foreign medium: Image.gz: slot-revoked virt.dtb: slot-revoked" \
		'cat revoked.chip >$chip; echo "flasher: reboot: x"' $at
	check "QEMU fails" ends 1 'rom: start 1: bootloader from the medium, open device, boot ROM: content' 'exit 1' \
		--disk disk --chip open.chip --medium medium
}
check "wrong command line" ends 2 '' ':' --bogus x
exit $failed
