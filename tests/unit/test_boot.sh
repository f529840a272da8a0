#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tests/qemu/boot with a QEMU that only says what it is told: what each ending of a boot makes of its
# exit status and last line. Usage: test_boot.sh [MKDISK]
# shellcheck disable=SC2016 # the texts for the false QEMU expand there
set -u
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
mkdisk=$(realpath "${1:-${BUILD:-build}/host/mkdisk}")
here=$(dirname "$(realpath "$0")")
boot=$here/../qemu/boot
fat=$here/../mkdisk/fat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

# The false QEMU finds the disk among its arguments, and runs the file that FAKE names.
mkdir bin && cat >bin/qemu-system-aarch64 <<'END'
#!/bin/sh
echo "$*" >"$FAKE.arguments"
for argument; do
	case $argument in
	*id=disk,*file=*) disk=${argument##*file=} ;;
	pipe,id=qmp,path=*) qmp=${argument#*path=} ;;
	*mem-path=*) chip=${argument##*mem-path=} chip=${chip%%,*} ;;
	esac
done
. "$FAKE"
END
chmod +x bin/qemu-system-aarch64
export PATH="$work/bin:$PATH" FAKE="$work/fake" TMPDIR="$work"
: >image
head -c 4096 /dev/zero >chip
printf '%s' '{"error":{"name":"blob-missing","number":30,"stage":"key","detail":"balena-imx"}}' >report
printf '%-4096s' "$(cat report)" >padded
"$mkdisk" --no-blob --partition rootA:size=16M --partition rootB:size=16M --partition data:size=16M \
	-o disk || exit 1
cp disk old
"$fat" put old bootreport.json padded

# The texts that the false QEMU runs.
up='printf "os: slot=A\r\nos: up\r\n"'
keep="$fat put \"\$disk\" bootreport.json $work/padded"

event='read -r asked <$qmp.in; echo "{\"event\": \"WATCHDOG\"} $asked" >$qmp.out'

ends() { # NAME STATUS LAST-LINE FAKE OPTION...
	name=$1 status=$2 last=$3
	echo "$4" >fake
	shift 4
	"$boot" --image image --disk disk --chip chip "$@" >out 2>err </dev/null
	got=$?
	if [ $got -eq "$status" ] && [ "$(tail -n 1 out)" = "$last" ]; then
		echo "ok boot: $name"
	else
		echo "not ok boot: $name"
		echo "# status $got instead of $status, or not '$last':"
		sed 's/^/# /' out err
		failed=1
	fi
}

blob='boot: refused blob-missing (30): key: balena-imx'
ends "the OS is up" 0 'boot: up' "$up"
ends "a line that only contains it" 4 'boot: reset without a named error' 'echo "init: os: up"; echo "os: up!"'
ends "nothing at all" 4 'boot: reset without a named error' ':'
ends "panic" 4 'boot: panic: VFS' 'echo "[ 1.2] Kernel panic - not syncing: VFS"'
ends "the watchdog" 6 'boot: reset by the watchdog' "$event"
ends "another event" 4 'boot: reset without a named error' "$(echo "$event" | sed s/WATCHDOG/RESET/)"
ends "report kept, then the watchdog" 3 "$blob" "$event; $keep"
ends "the OS is up, then the watchdog" 0 'boot: up' "$up; $event"
ends "report kept, no console" 3 "$blob" "$keep"
ends "report kept by an earlier boot" 4 'boot: reset without a named error' ':' --disk old
ends "the same report by this boot" 3 "$blob" "$keep" --disk old
ends "the OS is up in spite of an old report" 0 'boot: up' "$up" --disk old
ends "refused on the console" 3 'boot: refused disk-missing (20): slow' \
	'echo "[ 1.2] init: refused disk-missing (20): slow"'
ends "report and console" 3 "$blob" "echo 'init: refused something (1): else'; $keep"
ends "time is over" 124 'boot: time is over after 1 s' 'sleep 20' --timeout 1
ends "up, but never off" 0 'boot: up' "$up; sleep 20" --timeout 1
ends "cut" 5 'boot: cut' 'echo "stage key"; sleep 20; echo never' --cut 'stage k'
ends "cut a while after it" 5 'boot: cut' 'echo "stage key"; sleep 20; echo never' --cut 'stage k' --cut-after 0.1
ends "cut a while after the start" 5 'boot: cut' 'sleep 20; echo never' --cut-after 0.1
ends "over before the cut" 4 'boot: reset without a named error' 'echo "stage key"' --cut 'stage k' --cut-after 20
ends "QEMU fails" 1 '' 'echo no such machine >&2; exit 1'
check "QEMU's reason" grep -q 'no such machine' err
ends "no image" 1 '' ':' --image nowhere
ends "no disk" 1 '' ':' --disk nowhere
ends "unknown option" 2 '' ':' --bogus
ends "unknown variant" 2 '' ':' --variant both

cp disk disk.before
ends "writes to disk and chip" 0 'boot: up' "$keep; echo x >\"\$chip\"; $up" --keep-disk kept --console text
check "go to copies" sh -c 'cmp disk disk.before && [ "$(wc -c <chip)" -eq 4096 ]'
check "--keep-disk" sh -c "$fat get kept bootreport.json | cmp - padded"
check "--console, without carriage returns" sh -c 'printf "os: slot=A\nos: up\n" | cmp - text'
cp old old.before
ends "--commit" 0 'boot: up' "echo x >\"\$chip\"; $up" --commit --disk old
check "--commit writes to the chip" sh -c '[ "$(wc -c <chip)" -eq 2 ]'
check "--commit leaves an old report there" sh -c "$fat get old bootreport.json | cmp - padded"

cp disk 'further disk'
ends "arguments" 0 'boot: up' "$up" --drive disk --drive 'further disk' --cpus 2 --cpu max \
	--append 'quiet x=1' --initrd image --icount --variant development --machine dtb-randomness=off
arguments=$(cat fake.arguments)
for part in '-M virt,dtb-randomness=off -cpu max -smp 2 ' '-m 512M' 'rootwait quiet x=1 -' '-initrd image' \
	'virtio-blk-pci,drive=disk,addr=04.0' 'virtio-rng-pci,addr=05.0' 'i6300esb,addr=07.0' \
	'virtio-blk-pci,drive=drive8,addr=08.0' \
	'virtio-blk-pci,drive=drive9,addr=09.0' '-icount shift=0,sleep=off'; do
	check "passes $part" sh -c 'case $1 in *"$2"*) ;; *) exit 1 ;; esac' sh "$arguments" "$part"
done
ends "--words" 0 'boot: up' "$up" --words only
check "--words leaves no others" grep -q -e '-append only -' fake.arguments
ends "--no-rng, --no-watchdog" 0 'boot: up' "$up" --no-rng --no-watchdog
check "leave them out" sh -c '! grep -q -e virtio-rng -e i6300esb fake.arguments'
cp disk served
ends "--nbd" 0 'boot: up' "$up" --nbd /a/socket --commit --disk served
check "--nbd is where the disk is" grep -q 'file=nbd+unix:///?socket=/a/socket' fake.arguments
ends "--nbd serves the disk itself" 2 '' ':' --nbd /a/socket
# A log with 7 entries in its superblock.
{ head -c 16 /dev/zero; printf '\007'; head -c 23 /dev/zero; } >superblock
ends "--record" 0 'boot: up' "cp superblock log; echo Booting Linux on physical CPU; $up" --record log
check "--record logs the disk's writes" grep -q 'blklogwrites,node-name=disk,file=recorded,log=log' fake.arguments
check "--record tells when the OS started" grep -qx 7 log.os
printf '%s\n' 'wait tell me' 'type a word' 'hold enough' 'type last' >steps
ends "--talk" 0 'boot: up' "echo tell me; read -r a; read -r b; read -r c; echo enough
	while read -r d && [ -z \"\$d\" ]; do :; done; echo \"heard \$a-\$b-\$c-\$d\"; $up" --talk steps --console text
check "--talk types and holds the key when it is told to" grep -qx 'heard a word---last' text
check "nothing left behind" sh -c '! ls -d tmp.*'
exit $failed
