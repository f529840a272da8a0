# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2034,SC2046,SC2086,SC2154 # sourced behind tests/sign/lib.sh
# What test_fuses.sh and test_revoke.sh share: chips, their fuses as a plain file, and bbprovision on them.
bbprovision=$build/host/unit/bbprovision	# with sanitizers
mkchip=$build/host/mkchip
export SOURCE_DATE_EPOCH=1767225600

# chip [WORD...]: fuses of an open device with nothing burnt but these, OFFSET=VALUE
chip() {
	# mkchip burns a hash of its own and locks it, unless it is told otherwise
	set -- $(printf '%s=0 ' 0x00 0x60 0x64 0x68 0x6c 0x70 0x74 0x78 0x7c) "$@"
	words=$(printf -- '--fuse %s ' "$@")
	"$mkchip" --force --open $words -o chip && dd if=chip of=fuses bs=256 skip=1 count=6 2>/dev/null &&
		cp fuses fuses.before
}

# fuse OFFSET: what the word holds, as mkchip shows it
fuse() {
	dd if=fuses of=chip bs=256 seek=1 conv=notrunc 2>/dev/null &&
		"$mkchip" --show chip --json | jq -r ".fuses[\"$1\"] // \"0x00000000\""
}

# only OFFSET...: no other word than these has changed since the chip was made
only() {
	cmp -l fuses.before fuses | awk '{ print 4 * int(($1 - 1) / 4) }' | sort -un >changed
	printf '%d\n' "$@" | sort -un >allowed
	[ -z "$(comm -23 changed allowed)" ] || { echo "changed: $(cat changed)"; return 1; }
}

unchanged() {
	cmp fuses.before fuses
}

# configuration FUSES: a signed configuration that names them
configuration() {
	printf '%s\n' 'variant = production' 'stage = bootloader' |
		cat - "$top/initramfs/qemu.conf" | sed "s|^fuses = .*|fuses = $1|" >conf
}

# provisions STATUS WORD...: the exit status of bbprovision; its output is in out and err
provisions() {
	status=$1
	shift
	"$bbprovision" "$@" --config conf >out 2>err </dev/null
	got=$?
	[ $got -eq "$status" ] || { echo "bbprovision $*: status $got, not $status"; cat out err; return 1; }
}

# denied REASON TEXT WORD...: refused with exactly that reason, in JSON too, and TEXT in the detail
denied() {
	reason=$1 text=$2
	shift 2
	provisions 1 "$@" && grep -q "^bbprovision: $reason: " err && grep -qF -- "$text" err ||
		{ echo "bbprovision $*: no $reason with \"$text\":"; cat err; return 1; }
	provisions 1 "$@" --json && [ "$(jq -r .error.name out)" = "$reason" ] || { cat out; return 1; }
}

# signed PKI SLOT ADDRESS IN OUT
signed() {
	exits 0 hab --pki "$shared/$1" --passphrase-file "$passphrase" --slot "$2" \
		--load-addr "$3" -o "$5" "$4"
}

make_inputs() {
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' >Image && gzip -c Image >Image.gz &&
		"$top/tests/unit/make-dtb" 3000 >dtb && pki 2048 && pki 2048 production && pki 3072 || return 1
	signed pki-2048-production 1 0x40480000 Image.gz gz1 && signed pki-2048-production 1 0x43000000 dtb dtb1 &&
		signed pki-2048-production 2 0x43000000 dtb dtb2 && signed pki-3072 1 0x43000000 dtb foreign &&
		signed pki-2048 1 0x43000000 dtb development || return 1
	exits 0 srk --pki "$shared/pki-2048-production" --table table --fuses efuses &&
		exits 0 srk --pki "$shared/pki-2048" --table table --fuses efuses.development &&
		exits 0 srk --pki "$shared/pki-3072" --table table --fuses efuses.foreign && configuration "$work/fuses"
}

# hash_words FILE: the words of a fuse file as OFFSET=VALUE
hash_words() {
	offset=96
	for word in $(od -An -tx4 -v "$1"); do
		printf '0x%x=0x%s\n' $offset "$word"
		offset=$((offset + 4))
	done
}

spoilt() { # FILE OFFSET: a copy with one bit flipped
	perl -e 'local $/; $_ = <STDIN>; substr($_, $ARGV[0], 1) ^= "\1"; print' "$2" <"$1" >"$1.spoilt"
}

# sealed COMMAND...: runs it with fuses that the kernel lets be read and not written (EPERM), in fd 9; x86-64
sealed() {
	perl -e '$^F = 255; my $name = "fuses"; my $fd = syscall(319, $name, 2); open(my $memory, "+<&=", $fd) or die;
		local $/; open(my $from, "<", "fuses") or die; syswrite($memory, <$from>); fcntl($memory, 1033, 8) or die;
		open(STDERR, ">", "err"); require POSIX; POSIX::dup2($fd, 9); exec @ARGV' -- "$@"
}
