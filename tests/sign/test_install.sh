#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbctl install: a release takes the place of the one that is there, and nothing that would not start does.
# What a power cut leaves is in tests/sim/install.
# shellcheck disable=SC2015,SC2086,SC2317 # A && B || fail and words are meant; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

bbctl=$build/host/unit/bbctl	# with sanitizers
export SOURCE_DATE_EPOCH=1767225600
kernel_at='--load-addr 0x40480000 --ivt-offset 0x6000' tree_at='--load-addr 0x48480000 --ivt-offset 0x6000'

hab() { # PKI SLOT IN OUT OPTION...
	pki=$1 slot=$2 in=$3 to=$4
	shift 4
	"$bbsign" hab --pki "$shared/$pki" --passphrase-file "$passphrase" --slot "$slot" -o "$to" "$@" "$in" \
		>out 2>err </dev/null || { cat err; return 1; }
}

# release DIRECTORY VERSION [PKI [SLOT [DEVICE-TYPE]]]
release() {
	mkdir -p "$1" &&
		hab "${3:-pki-2048}" "${4:-0}" kernel "$1/Image.gz" $kernel_at --device-type "${5:-board}" \
			--security-version "$2" &&
		hab "${3:-pki-2048}" "${4:-0}" tree "$1/board.dtb" $tree_at --device-type "${5:-board}" \
			--security-version "$2"
}

# fuses FILE [OFFSET WORD]...: those of a closed device with the PKI's hash, and then these words
fuses() {
	perl -e 'my ($out, $srk, %words) = @ARGV; local $/; open(my $f, "<", $srk) or die; my $hash = <$f>;
		my $all = "\0" x 256; substr($all, 0x60, 32) = $hash; substr($all, 0x1c, 4) = pack("V", 1 << 25);
		substr($all, hex, 4) = pack("V", hex $words{$_}) for keys %words;
		open($f, ">", $out) or die; print $f $all' "$1" srk "${2:-0x0}" "${3:-0}"
}

make_inputs() {
	pki 2048 >/dev/null && pki 3072 >/dev/null || return 1
	"$top/tests/unit/make-image" 'Linux version 6.12.1 (nobody@nowhere) 1' | gzip -nc >kernel &&
		"$top/tests/unit/make-dtb" 3000 >tree || return 1
	release one 1 && release two 2 && release slot1 2 pki-2048 1 && release others 2 pki-3072 &&
		release away 2 pki-2048 0 other-board && release flasher 2 pki-2048 0 board-flasher || return 1
	mkdir shell foreign && hab pki-2048 0 kernel shell/Image.gz $kernel_at &&
		hab pki-2048 0 tree shell/board.dtb $tree_at && { cat shell/board.dtb; printf x; } >foreign/board.dtb &&
		cp shell/Image.gz foreign || return 1
	"$bbsign" srk --pki "$shared/pki-2048" --table table --fuses srk >/dev/null && fuses closed || return 1
	sed -e "s|^fuses = .*|fuses = $work/closed|" -e 's/^device-type = .*/device-type = board/' \
		"$build/initramfs/qemu-production.conf" >conf
}

# on DIRECTORY: what is there, with two files that are not the bootloader's
on() {
	rm -rf imx && cp -r "$1" imx && echo state >imx/bootenv && echo state >imx/bootenv.copy
}

limited= # what the program runs under
install() { # DIRECTORY OPTION...: both files of a release
	from=$1
	shift
	# shellcheck disable=SC2086 # words
	$limited "$bbctl" install --imx imx --config conf "$@" "$from/Image.gz" "$from/board.dtb" >out 2>err
}

has() { # DIRECTORY: this release is there, and no temporary file
	cmp "$1/Image.gz" imx/Image.gz && cmp "$1/board.dtb" imx/board.dtb && [ -z "$(find imx -name '*.new*')" ]
}

installs() { # FROM TO OPTION...
	on "$1" && to=$2 && shift 2 && install "$to" "$@" && has "$to" || { cat out err; return 1; }
}

# refuses NAME FROM TO OPTION...: by that name, in JSON too, and nothing is touched
refuses() {
	name=$1 there=$2
	on "$2"
	shift 2
	install "$@"
	[ $? -eq 1 ] && grep -q ": refused: $name: " err && has "$there" || { echo "no $name:"; cat out err; return 1; }
	install "$@" --json
	[ "$(jq -r .error.name out)" = "$name" ] && [ -e imx/bootenv.copy ] ||
		{ echo "no $name in JSON:"; cat out; return 1; }
}

newer() {
	installs one two && grep -q 'slot 0, security version 2' out && [ -e imx/bootenv.copy ] &&
		installs two two && installs two two --check && installs one slot1 || return 1
	on one && install two --check --json && jq -e '.security_version == 2 and (.written | not)' out && has one
}

# What U-Boot started before this bootloader knew nothing of bootenv.copy, and of security versions.
there_and_back() {
	installs shell one && [ ! -e imx/bootenv.copy ] && [ -e imx/bootenv ] && installs foreign one &&
		refuses unlabelled one shell && installs one shell --foreign && [ -e imx/bootenv.copy ] &&
		grep -q 'no security version' out && installs one foreign --foreign &&
		mkdir -p longer && cp two/Image.gz longer && { cat two/board.dtb; printf x; } >longer/board.dtb &&
		refuses artifact one longer && grep -q '"detail":"trailing' out && installs one longer --foreign
}

versions() {
	refuses version-lower two one && refuses version-lower two one --foreign &&
		mkdir -p mixed && cp one/Image.gz two/board.dtb mixed && refuses labels-differ one mixed &&
		cp two/Image.gz mixed && cp shell/board.dtb mixed && refuses labels-differ one mixed --foreign
}

keys() {
	refuses artifact one others && grep -q srk-hash out && fuses closed 0x9c 1 && refuses artifact one two &&
		grep -q slot-revoked out && installs one slot1
	good=$?
	fuses closed
	return $good
}

slots() {
	mkdir -p mixed && cp slot1/Image.gz two/board.dtb mixed && refuses slots-differ one mixed
}

# Of what stays, U-Boot may take the device tree: it must be one of this slot.
what_stays() {
	on one && cp one/board.dtb imx/other.dtb && install two && cmp two/Image.gz imx/Image.gz || return 1
	on one && cp one/board.dtb imx/other.dtb && ! install slot1 && grep -q 'other.dtb: refused: slots-differ' err &&
		has one && cp tree imx/other.dtb && ! install two && grep -q 'other.dtb: refused: incomplete' err && has one
}

places() {
	mkdir -p far && cp two/board.dtb far &&
		hab pki-2048 0 kernel far/Image.gz --load-addr 0x40480000 --ivt-offset 0x9000 --device-type board \
			--security-version 2 && refuses place-differs one far &&
		hab pki-2048 0 kernel far/Image.gz --load-addr 0x40400000 --ivt-offset 0x6000 --device-type board \
			--security-version 2 && refuses place-differs one far || return 1
	mkdir -p swapped && cp two/board.dtb swapped/Image.gz && cp two/Image.gz swapped/board.dtb &&
		refuses place-differs one swapped
}

incomplete() {
	on one && ! "$bbctl" install --imx imx --config conf two/Image.gz 2>err && grep -q ': refused: incomplete: ' err &&
		! "$bbctl" install --imx imx --config conf two/board.dtb 2>err && grep -q ': refused: incomplete: ' err &&
		cp two/Image.gz again.gz && ! "$bbctl" install --imx imx --config conf two/Image.gz again.gz two/board.dtb 2>err &&
		grep -q ': refused: incomplete: ' err && has one || return 1
	cp two/board.dtb unknown.dtb && ! "$bbctl" install --imx imx --config conf two/Image.gz unknown.dtb 2>err &&
		grep -q ': refused: name-unknown: ' err && has one
}

# Files that are damaged, also after they were signed.
damaged() {
	mkdir -p cut && cp two/Image.gz cut && head -c 9000 two/board.dtb >cut/board.dtb && refuses artifact one cut &&
		cp two/board.dtb cut && head -c 3000 two/Image.gz >cut/Image.gz && refuses artifact one cut &&
		grep -q '"detail":"packed' out && cp kernel cut/Image.gz && refuses artifact one cut &&
		grep -q '"detail":"ivt-missing' out
}

repair() {
	mkdir -p broken && cp one/board.dtb broken && head -c 3000 one/Image.gz >broken/Image.gz &&
		refuses installed-bad broken two && installs broken two --repair && [ ! -e imx/bootenv.copy ] &&
		refuses version-lower two one --repair
}

without_fuses() {
	fuses closed 0x1c 0 && installs one two && head -c 256 /dev/zero >closed && installs one two &&
		grep -q 'no SRK fuses' out && installs one others --repair && refuses artifact one cut &&
		mkdir -p mixed && cp two/Image.gz others/board.dtb mixed && refuses keys-differ one mixed &&
		fuses closed && perl -e 'open(my $f, "+<", "closed"); seek($f, 0x60, 0); print $f "\0" x 32' &&
		refuses fuses-unreadable one two && : >closed && refuses fuses-unreadable one two && rm closed &&
		refuses fuses-unreadable one two
	good=$?
	fuses closed
	return $good
}

# A cut while it was written, and one that left two names for one file, which here are two equal files.
leftovers() {
	on one && head -c 100 two/Image.gz >imx/Image.gz.new0 && : >imx/board.dtb.new1 && install two && has two || return 1
	on one && cp one/Image.gz imx/Image.gz.new0 && ! install two && grep -q ': refused: leftover: ' err &&
		cmp one/Image.gz imx/Image.gz && cmp one/board.dtb imx/board.dtb
}

# What was read once is what is written: a pipe cannot be read again.
read_once() {
	on one && mkdir -p pipe && rm -f pipe/* && mkfifo pipe/Image.gz && cp two/board.dtb pipe || return 1
	cat two/Image.gz >pipe/Image.gz &
	install pipe && has two
}

# Root writes where nobody may, unless it is without that right.
unwritable() {
	on one && chmod a-w imx || return 1
	[ "$(id -u)" -ne 0 ] || limited='setpriv --bounding-set=-dac_override'
	install two && return 1
	limited=
	chmod u+w imx
	grep -q ': refused: write-failed: .*nothing was replaced' err && has one
}

usage() {
	"$bbctl" install --help | grep -q '^usage: bbctl install ' && on one || return 1
	for words in '' 'two/Image.gz --nonsense' 'two/Image.gz one/Image.gz' 'two/Image.gz absent' \
		'two/Image.gz --imx absent' 'two/Image.gz --config absent' 'two/Image.gz --config tree'; do
		"$bbctl" install --imx imx --config conf $words >out 2>err
		[ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] || { echo "$words:"; cat out err; return 1; }
	done
	has one
}

check "inputs" make_inputs
check "a newer release, the same, another slot" newer
check "from another bootloader, and back" there_and_back
check "refused: lower and mixed versions" versions
check "refused: other keys, a revoked slot" keys
check "refused: mixed slots" slots
check "refused: for another device type" refuses device-type one away
check "refused: the bootloader of an installer's medium" refuses device-type one flasher
check "refused: what does not fit with what stays" what_stays
check "refused: other places in memory, names exchanged" places
check "refused: an incomplete release, names that U-Boot does not know" incomplete
check "refused: damaged files" damaged
check "what is there is damaged" repair
check "fuses that are not burnt, or cannot be read" without_fuses
check "what power cuts have left" leftovers
check "each file is read once" read_once
check "refused: a volume that cannot be written" unwritable
check "usage" usage
exit "$failed"
