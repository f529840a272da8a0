#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/install/flasher with a bbprovision that only says what it is told: which steps it takes in which order,
# and that what is refused ends it. Its root is a directory, with files for devices.
# shellcheck disable=SC2016,SC2317 # texts for the stand-ins expand there; functions are called through check
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
flasher=$(realpath "$(dirname "$0")/../install/flasher")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
root=$work/root
export root

# Each stand-in writes what it was called with into one list; bbprovision answers from files.
mkdir bin
for name in mount umount reboot poweroff sync; do
	printf '#!/bin/sh\necho "%s $*" >>"$root/../calls"\n' $name >bin/$name
done
cat >bin/bbprovision <<'END'
#!/bin/sh
echo "bbprovision $*" >>"$root/../calls"
case $1 in
status) cat "$root/../status" ;;
config) [ "$2" = --installed ] && echo installed || cat "$root/../wanted" ;;
esac
[ "$1" != "$(cat "$root/../refuses")" ] || { echo "bbprovision: some-reason: some text" >&2; exit 1; }
END
chmod +x bin/*
PATH=$work/bin:$PATH

partitions='"partitions":[{"label":"balena-imx","device":"/dev/vda1"},{"label":"resin-boot","device":"/dev/vda2"},{"label":"resin-rootA","device":"/dev/vda3"},{"label":"resin-rootB","device":"/dev/vda4"},{"label":"resin-state","device":"/dev/vda5"},{"label":"resin-data","device":"/dev/vda6"}]'

# A device like QEMU's: the disk vda, with another flash-boot on it; the medium vdb, with dm-verity on its second
# partition.
device() { # CLOSED STANDS WANTED
	rm -rf root calls
	mkdir -p root/proc/self root/sys/dev/block root/run root/payload/boot root/mnt/flash-boot root/mnt/imx \
		root/mnt/boot root/dev/mapper root/sys/devices/vda/vda1 root/sys/devices/vdb/vdb1 \
		root/sys/devices/vdb/vdb2 root/sys/devices/dm-0/slaves
	echo PARTNAME=flash-boot | tee root/sys/devices/vda/vda1/uevent >root/sys/devices/vdb/vdb1/uevent
	echo PARTNAME=flash-rootA >root/sys/devices/vdb/vdb2/uevent
	ln -s ../../vdb/vdb2 root/sys/devices/dm-0/slaves/vdb2
	ln -s ../../devices/dm-0 root/sys/dev/block/254:0
	echo '20 1 254:0 / / ro - ext4 /dev/dm-0 ro' >root/proc/self/mountinfo
	touch root/mnt/flash-boot/config.json root/mnt/flash-boot/Image.gz root/mnt/flash-boot/virt.dtb \
		root/payload/efuses.bin
	for file in Image.gz virt.dtb; do echo "the bootloader's $file" >root/payload/boot/$file; done
	for image in imx boot boot-open rootA rootB state data; do
		echo "image $image" | gzip -nc >root/payload/$image.img.gz
	done
	echo "{\"closed\":$1,\"stands\":\"$2\",$partitions,\"error\":null}" | sed "s,\"/dev/,\"$root/dev/,g" >status
	echo '--size imx=16' >root/payload/sizes
	echo "$3" >wanted
	echo nothing >refuses
}

# What bbprovision was asked for that changes something.
steps() {
	sed -n 's/^bbprovision \(fuses --[a-z]*\|erase\|split --size\|key\|volumes.*\)/\1/p' calls |
		cut -d ' ' -f 1,2 | tr '\n' ','
}

goes() { # STEPS LAST-LINE
	"$flasher" "$root" >said 2>err
	[ "$(steps)" = "$1" ] && [ "$(tail -n 1 said)" = "$2" ] && return
	steps
	cat said err
	return 1
}

last_call() {
	tail -n 1 calls | cut -d ' ' -f 1
}

calls() { # REGULAR-EXPRESSION
	grep -q -- "$1" calls
}

written() { # FILE TEXT
	[ "$(cat "root/$1")" = "$2" ]
}

closed_steps='fuses --close,erase,split --size,key,volumes,volumes --close,'
device false srk-unprogrammed secureboot
check "blank: programs the hash, and starts again" goes 'fuses --program,' \
	"flasher: reboot: the keys' hash is in the fuses"
check "really starts again" [ "$(last_call)" = reboot ]
check "everything that starts is verified" calls \
	"--artifact $root/run/Image.gz --artifact $root/run/virt.dtb --artifact $root/payload/boot/Image.gz --artifact $root/payload/boot/virt.dtb"
check "keys for development only where the installer is for development" sh -c '! grep -q -- --development calls'
device false srk-unlocked secureboot
check "half programmed: goes on" goes 'fuses --program,' "flasher: reboot: the keys' hash is in the fuses"
touch root/payload/development
check "for development" sh -c '"$1" "$root" >said && grep -q -- --development calls' - "$flasher"
device false unclosed secureboot
check "programmed: closes" goes 'fuses --close,' 'flasher: reboot: the device is closed'
device true unsplit secureboot
check "closed: installs" goes "$closed_steps" 'flasher: done: take the medium out'
check "switches off" [ "$(last_call)" = poweroff ]
check "into the mapped volumes" written dev/mapper/resin-data 'image data'
check "boot too" written dev/mapper/resin-boot 'image boot'
check "balena-imx is plain" written dev/vda1 'image imx'
check "nothing else is" sh -c '! ls root/dev/vda[2-6] 2>/dev/null'
check "config.json without what is for the installer" written mnt/boot/config.json installed
check "the bootloader" written mnt/imx/Image.gz "the bootloader's Image.gz"
check "under its name only when it is whole" sh -c '! ls root/mnt/imx/*.new 2>/dev/null'
check "the medium is the disk that the root is on" calls "mount .* $root/dev/vdb1 $root/mnt/flash-boot"
device false srk-unprogrammed plain
check "without the opt-in: no fuses, no key" goes 'split --size,' 'flasher: done: take the medium out'
check "plain volumes" written dev/vda6 'image data'
check "the open boot volume" written dev/vda2 'image boot-open'
check "with the bootloader" written mnt/imx/virt.dtb "the bootloader's virt.dtb"
device true unsplit plain
check "closed without the opt-in: nothing is touched" goes '' \
	'flasher: refused opt-in-missing: the device is closed, and config.json does not say installer.secureboot'
check "and it is switched off" [ "$(last_call)" = poweroff ]
for step in config status fuses erase split key volumes; do
	device true unsplit secureboot
	echo $step >refuses
	"$flasher" "$root" >said 2>err
	check "$step is refused: so is the installation" [ "$(tail -n 1 said)" = 'flasher: refused some-reason: some text' ]
	check "$step is refused: nothing behind it, no bootloader" sh -c '[ "$(grep -c bbprovision calls)" -gt 0 ] &&
		[ "$(grep bbprovision calls | tail -n 1 | cut -d " " -f 2)" = '$step' ] && [ ! -e root/mnt/imx/Image.gz ]'
done
device false srk-unprogrammed secureboot
echo fuses >refuses
check "fuses are refused: no second start" goes 'fuses --program,' 'flasher: refused some-reason: some text'
check "but off" [ "$(last_call)" = poweroff ]
device true unsplit secureboot
rm root/mnt/flash-boot/config.json
check "no config.json" goes '' 'flasher: refused medium-missing: no config.json'
device true unsplit secureboot
echo garbage >root/payload/rootB.img.gz
check "a payload that is none" sh -c '"$1" "$root" >said 2>err; grep -q "^flasher: refused write-failed: rootB" said' - "$flasher"
device true unsplit secureboot
echo 'no answer' >status
check "a status that says nothing" goes '' 'flasher: refused status-bad: bbprovision status does not say whether the device is closed'
exit $failed
