#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the ceremony of docs/signing.md as it is printed there, with two differences that keep it short: the
# keys have 2048 bits; and no kernel is compiled: the kernels that are there stand in, without the mark of
# the development keys that are built into them.
# shellcheck disable=SC2015,SC2086,SC2154,SC2317 # functions are called through check; A && B || C is meant
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

out=build/out/imx8m-production
mkdir -p "$out" build/host bin
ln -s "$bbsign" build/host/bbsign
ln -s "$top/sign" sign

# unmarked FILE OUT: a kernel with other certificates of the same length
unmarked() {
	gzip -dc "$1" | sed 's/balena-bootloader development/balena-bootloader ceremony!!!/g' | gzip -nc >"$2"
}
unmarked "$build/out/imx8m-production/Image.gz" kernel.gz
cp "$build/out/imx8m-production"/*.dtb "$out"
gzip -nc "$build/kernel/os/arch/arm64/boot/Image" >os.gz && unmarked os.gz Image.gz || exit 1

# make, of which sign and efuses are the real ones, told that the kernel is there
cat >bin/make <<END
#!/bin/sh
case \$1 in
kernel) cp kernel.gz $out/Image.gz ;;
*) unset MAKEFLAGS MAKELEVEL; command=\$1; shift
	$(command -v make) --no-print-directory -f "$top/sign/sign.mk" "\$command" BUILD=build VARIANT=production SLOT=0 \\
		kernel_place_imx8m='0x40480000 0xc00000' dtb_place_imx8m='0x48480000 0x18000' \\
		DEVICE_TYPE=iot-gate-imx8 signed_dtbs_imx8m='imx8mm-evk.dtb imx8mp-evk.dtb' -o kernel -o build/host/bbsign "\$@" ;;
esac
END
chmod +x bin/make
PATH=$work/bin:$PATH
{
	echo 'set -eu'
	sed -n '/^## A ceremony/,/^## /s/^       //p' "$top/docs/signing.md" | sed 's/--bits 4096/--bits 2048/'
} >commands

ceremony() { sh -x commands; }

accepted() {
	"$bbsign" hab-verify --fuses ceremony/fuses.bin --load-addr 0x40480000 $out/signed/Image.gz &&
		"$bbsign" hab-verify --fuses ceremony/fuses.bin --load-addr 0x48480000 $out/signed/imx8mm-evk.dtb
}

no_key_left_the_token() {
	[ "$(find ceremony/pki -name '*_key.uri' | wc -l)" = 16 ] && ! grep -rlE 'PRIVATE KEY|pin-value' ceremony/pki &&
		! grep -rF "$(cat ceremony/pin)" ceremony/pki
}

check 'the commands are there' [ "$(wc -l <commands)" -ge 15 ]
check 'from an empty token to signed kernels, as docs/signing.md says' ceremony
check 'the bootloader is accepted by devices with the fuses on record' accepted
check 'no key left the token, and no PIN is in the directory' no_key_left_the_token
exit $failed
