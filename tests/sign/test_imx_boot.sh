#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign hab-verify --imx-boot: containers of SPL and U-Boot, made as U-Boot's mx8m_spl_secure_boot.txt says and
# signed by NXP's CST; and what must not start, or starts although it is not all signed.
# shellcheck disable=SC2015,SC2086,SC2317 # A && B || fail and words are meant; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

spl=0x7e0fc0 spl_end=0x5400	# where the ROM loads SPL, and where in the file its CSF is
fit=$((0x57c00)) fit_at=0x401fcdc0	# where the FIT is in the file, and where SPL loads it
uboot=0x40200000 atf=0x920000

make_inputs() {
	pki 2048 >/dev/null && pki 3072 >/dev/null && cp -R "$shared/pki-2048" nxp &&
		cat "$passphrase" "$passphrase" >nxp/keys/key_pass.txt || return 1
	for bits in 2048 3072; do
		"$bbsign" srk --pki "$shared/pki-$bits" --table table-$bits --fuses fuses-$bits >/dev/null || return 1
	done
	# 5002 bytes: what lies behind U-Boot in memory is not where 4 bytes end
	for file in spl:21000 uboot:5002 tree:1200 atf:3000; do
		perl -e 'my ($n, $s) = @ARGV; srand($s); print pack("C*", map { int(rand(256)) } 1..$n)' \
			"${file#*:}" "${file#*:}" >"${file%:*}"
	done
	cp spl spl.code
}

# dts [SED-PROGRAM]: the FIT's tree
dts() {
	sed "${1:-}" >fit.dts <<-'END'
	/dts-v1/;
	/ {
		description = "U-Boot, its device tree, TF-A";
		images {
			uboot-1 { type = "standalone"; compression = "none"; load = <0x40200000>; data-position = <0x3000>; data-size = <5002>;
				hash-1 { algo = "sha256"; }; };
			fdt-1 { type = "flat_dt"; compression = "none"; data-position = <0x438c>; data-size = <1200>; };
			atf-1 { type = "firmware"; compression = "none"; load = <0x920000>; entry = <0x920000>; data-position = <0x483c>; data-size = <3000>; };
		};
		configurations {
			default = "config-1";
			config-1 { firmware = "uboot-1"; loadables = "atf-1"; fdt = "fdt-1"; };
		};
	};
	END
	dtc -q -I dts -O dtb -o fit.tree fit.dts
}

# container [SED-PROGRAM]: flash.bin without its signatures
container() {
	dts "${1:-}" && perl -e '
		my ($spl, $end, $fit, $at) = map { oct } @ARGV; local $/;
		sub get { open(my $f, "<", shift) or die; binmode $f; <$f> }
		sub ivt { pack("C4 V7", 0xd1, 0, 32, @_) }
		my $all = "\0" x ($fit + 0x3000);
		my $first = ivt(0x41, $spl + 64, 0, 0, $spl + 32, $spl, $spl + $end, 0) . pack("V3", $spl - 0x400, 0x20000, 0);
		substr($all, 0, length $first) = $first;
		my $code = get("spl.code"); substr($all, 64, length $code) = $code;
		my $tree = get("fit.tree"); substr($all, $fit, length $tree) = $tree;
		substr($all, $fit + 0x1000, 32) = ivt(0x41, $at, 0, 0, 0, $at + 0x1000, $at + 0x1020, 0);
		for my $part ("uboot", "tree", "atf") { $all .= get($part); $all .= "\0" x (-length($all) % 4) }
		print $all' $spl $spl_end "$(printf 0x%x $fit)" $fit_at >flash.bin
}

# sign FILE OFFSET SLOT BLOCKS: CST's CSF goes to that place
sign() {
	csf_text 2048 "$3" "$work/nxp/crts" table-2048 "$4" | sed 's/", 0x/", \\\n0x/g' >csf.txt
	"$debs/cst/usr/bin/cst" -o csf.bin -i csf.txt >cst.log 2>&1 || { cat cst.log; return 1; }
	dd if=csf.bin of="$1" bs=1 seek="$2" conv=notrunc status=none
}

block() { # ADDRESS OFFSET SIZE
	printf '%s 0x%x 0x%x "flash.bin"' "$1" $(($2)) $(($3))
}

tree_block() { block $fit_at $fit 0x1020; }
uboot_block() { block $uboot $((fit + 0x3000)) 5002; }
dtb_block() { block "$(printf 0x%x $((uboot + 5002)))" $((fit + 0x438c)) 1200; }
atf_block() { block $atf $((fit + 0x483c)) 3000; }
all_blocks() { echo "$(tree_block), $(uboot_block), $(dtb_block), $(atf_block)"; }

sign_first() { sign flash.bin $((spl_end)) "${1:-0}" "$(block $spl 0 ${2:-$spl_end})"; }
sign_second() { sign flash.bin $((fit + 0x1020)) "${2:-0}" "$1"; }

verify() { # OPTION...
	"$bbsign" hab-verify --imx-boot --fuses fuses-2048 "$@" flash.bin >out 2>err
}

rejected() { # and not crashed
	verify
	[ $? -eq 1 ]
}

good() { # SED-PROGRAM: made, signed and accepted
	container "${1:-}" && sign_first && sign_second "$(all_blocks)" && verify || { cat err; return 1; }
}

no() { # REASON [OPTION...]: of what is in flash.bin
	reason=$1
	shift
	verify "$@"
	[ $? -eq 1 ] && grep -q "flash.bin: refused: $reason: " err || { echo "not $reason:"; cat out err; return 1; }
	verify "$@" --json
	[ "$(jq -r .reason.name out)" = "$reason" ] || { cat out; return 1; }
}

accepted() {
	good && grep -q '^slot      0 ' out && cp flash.bin good.bin && verify --json &&
		jq -e '.accepted and .slot == 0 and .start == 0 and .fit == '$fit' and
			(.uboot_blocks | length) == 4 and (.spl_blocks | length) == 1' out >/dev/null || return 1
	good 's/data-position = <\(0x[0-9a-f]*\)>/data-position = <\1>/' &&
		container && sign_first 2 && sign_second "$(all_blocks)" 2 && verify --revoked 3 && grep -q '^slot      2 ' out
}

# As the boot partitions of the eMMC hold it, with what was there before behind it.
boot_partition() {
	for start in 33 32; do
		{ head -c $((start << 10)) /dev/zero; cat good.bin; head -c 70000 /dev/urandom; } >flash.bin
		verify --json && jq -e ".start == $((start << 10))" out >/dev/null || return 1
	done
}

flip() { # OFFSET
	cp good.bin flash.bin && perl -e 'open(my $f, "+<", "flash.bin"); seek($f, $ARGV[0], 0); read($f, my $b, 1);
		seek($f, $ARGV[0], 0); print $f chr(ord($b) ^ 1)' "$1"
}

changed() { # each signed byte that is flipped is noticed: some of every part
	for at in 64 70 9999 21063 $((spl_end - 1)) 44 $((fit + 0x3000)) $((fit + 0x3000 + 5001)) $((fit + 0x438c)) \
		$((fit + 0x438c + 1199)) $((fit + 0x483c)) $((fit + 0x483c + 2999)) $((fit + 0xfff)); do
		flip $at && no image-digest || { echo "at $at"; return 1; }
	done
	for at in $((fit + 4)) $((fit + 60)); do # what tells where the images are
		flip $at && rejected || { echo "at $at"; return 1; }
	done
	flip $((spl_end + 100)) && rejected && flip $((fit + 0x1020 + 100)) && rejected
}

# A ROM accepts these: it asks that IVT and entry are signed, and no more.
not_all_signed() {
	container && sign_first 0 0x5000 && sign_second "$(all_blocks)" && no uncovered || return 1
	for left_out in uboot dtb atf; do
		blocks=$(tree_block)
		for part in uboot dtb atf; do
			[ $part = $left_out ] || blocks="$blocks, $(${part}_block)"
		done
		container && sign_first && sign_second "$blocks" && no uncovered || { echo "without $left_out"; return 1; }
	done
	container && sign_first && sign_second "$(tree_block), $(uboot_block), $(dtb_block), $(block $atf $((fit + 0x483c)) 2999)" &&
		no uncovered
}

other_keys() {
	cp good.bin flash.bin && no slot-revoked --revoked 1 && no srk-hash --fuses fuses-3072 &&
		container && sign_first 0 && sign_second "$(all_blocks)" 1 && no container && no slot-revoked --revoked 2
}

truncated() {
	for size in 0 31 32 63 21000 $((spl_end + 200)) $fit $((fit + 100)) $((fit + 0x1010)) $((fit + 0x1400)) \
		$((fit + 0x483c + 2999)); do
		head -c $size good.bin >flash.bin && rejected || { echo "$size bytes"; return 1; }
	done
	container && no csf-header && sign_first && no csf-header
}

# Correctly signed, and not what is known to be loaded as it was signed.
strange_fits() {
	for change in 's/compression = "none"; load/compression = "gzip"; load/' 's/type = "firmware"/type = "flat_dt"/' \
		's/load = <0x920000>; //' 's/load = <0x920000>/load = <0x40200000>/' 's/load = <0x920000>/load = <0x401fd000>/' \
		's/firmware = "uboot-1"/firmware = "uboot-2"/' 's/fdt = "fdt-1"/fdt = "atf-1"/' \
		's/data-size = <3000>/data-size = <300000>/' \
		's/data-position = <0x483c>/data-position = <0x10>/' 's/data-position = <0x483c>;//' \
		's/data-size = <3000>;/data = [00];/' \
		's/load = <0x920000>/load = <0xfffffff0>/' 's/images {/other {/'; do
		container "$change" && sign_first && sign_second "$(all_blocks)" && no container || { echo "$change"; return 1; }
	done
	good && cp flash.bin twice && tail -c +$((fit + 1)) twice >fit.second &&
		truncate -s $((fit + 0x8000)) twice && cat twice fit.second >flash.bin && no container
}

artifacts() { # bbctl install knows what it is
	mkdir -p imx && perl -e 'open(my $s, "<", "fuses-2048"); read($s, my $hash, 32);
		print "\0" x 0x60, $hash, "\0" x 0x80' >device &&
		sed "s|^fuses = .*|fuses = $work/device|" "$build/initramfs/qemu-production.conf" >conf && cp good.bin flash.bin &&
		! "$build/host/unit/bbctl" install --imx imx --config conf flash.bin 2>err && grep -q 'a first stage' err
}

usage() {
	cp good.bin flash.bin
	for words in '--load-addr 0x40480000' '--ivt-offset 0' '--rom'; do
		verify $words
		[ $? -eq 2 ] || { echo "$words"; return 1; }
	done
}

check "inputs" make_inputs
check "a container signed by CST is accepted" accepted
check "as a boot partition has it" boot_partition
check "refused: a changed byte" changed
check "refused: parts that are not signed" not_all_signed
check "refused: other keys, revoked or mixed slots" other_keys
check "refused: cut off, unsigned" truncated
check "refused: a FIT that would be loaded otherwise" strange_fits
check "it is an artifact, and none that bbctl install installs" artifacts
check "usage" usage
exit "$failed"
