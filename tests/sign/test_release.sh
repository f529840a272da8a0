#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make sign` and `make efuses` do with a finished build for i.MX8M. Needs that build.
# shellcheck disable=SC2015,SC2086,SC2154,SC2317 # functions are called through check; A && B || C is meant
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"

built=$build/out/imx8m-production
keys=$(pki 2048) || exit 1
mkdir out
cp "$built/Image.gz" "$built"/*.dtb out || exit 1

# release KEYS WORD...
release() {
	dir=$1
	shift
	BBSIGN=$bbsign KEYS=$dir SIGN_WITH="--pki $dir --passphrase-file $passphrase" "$top/sign/release" "$@"
}

# sign KEYS SLOT REVOKED
sign() {
	release "$1" sign out "$2" "$3" '0x40480000 0xc00000' "${tree_place:-0x48480000 0x18000}" board 7 \
		imx8mm-evk.dtb imx8mp-evk.dtb
}

# fails TEXT COMMAND...: it fails, and says TEXT
fails() {
	text=$1
	shift
	! "$@" >said 2>&1 && grep -qF -- "$text" said || { cat said; return 1; }
}

sums() { (cd out/signed && sha256sum -- *); }

# accepted FILE ADDRESS SLOT
accepted() {
	"$bbsign" hab-verify --fuses fuses --load-addr "$2" --json "out/signed/$1" >answer &&
		[ "$(jq -r '"\(.slot) \(.device_type) \(.security_version)"' answer)" = "$3 board 7" ] &&
		grep -qx "$1_IVT_OFFSET=$(printf '0x%x' "$(jq .ivt_offset answer)")" out/signed/hab_auth
}

all_signed() {
	sign "$keys" 0 0 && "$bbsign" srk --pki "$keys" --table table --fuses fuses >/dev/null &&
		accepted Image.gz 0x40480000 0 && accepted imx8mm-evk.dtb 0x48480000 0 &&
		accepted imx8mp-evk.dtb 0x48480000 0 && cmp table out/signed/SRK_table.bin
}

fuses_written() {
	release "$keys" efuses out 0 --development && cmp fuses out/signed/efuses.bin
}

# Nothing of the release before is touched.
refused_release() {
	sums >before
	fails "$@" && sums | cmp - before && [ -z "$(find out -name 'signing.*')" ]
}

other_keys_fuses() {
	other=$(pki 3072) || return 1
	rm -f out/signed/efuses.bin
	fails srk-hash release "$other" efuses out 0 --development && [ ! -e out/signed/efuses.bin ]
}

mixed_slots() {
	cp -r out/signed kept
	"$bbsign" hab --pki "$keys" --passphrase-file "$passphrase" --slot 1 --load-addr 0x48480000 \
		-o out/signed/imx8mp-evk.dtb out/imx8mp-evk.dtb >/dev/null &&
		fails 'slots-differ' release "$keys" efuses out 0 --development && [ ! -e out/signed/efuses.bin ]
	status=$?
	rm -rf out/signed && mv kept out/signed
	return $status
}

development_fuses() {
	fails 'development-keys' release "$keys" efuses out 0 && [ ! -e out/signed/efuses.bin ]
}

# The fuse file of a release goes with it.
signed_anew() {
	release "$keys" efuses out 0 --development >/dev/null && sign "$keys" 0 0 && [ ! -e out/signed/efuses.bin ]
}

changed_since() {
	cp out/imx8mm-evk.dtb kept && cp out/imx8mp-evk.dtb out/imx8mm-evk.dtb &&
		fails 'was made of other files' release "$keys" efuses out 0 --development
	status=$?
	cp kept out/imx8mm-evk.dtb
	return $status
}

revoked_in_the_tree() {
	cp -r "$keys" tree && "$bbsign" pki --out tree --revoke 0 >/dev/null &&
		fails 'slot-revoked' release tree efuses out 0 --development
}

without_jq() {
	mkdir -p nojq && printf '#!/bin/sh\nexit 127\n' >nojq/jq && chmod +x nojq/jq
	PATH=$work/nojq:$PATH refused_release "hab-verify's answer cannot be read" sign "$keys" 0 0
}

at_the_same_time() {
	(exec 9<out && flock 9 && refused_release 'another make sign or make efuses' sign "$keys" 0 0)
}

production_keys() {
	production=$(pki 2048 production) || return 1
	refused_release 'a development certificate is built into it' sign "$production" 0 0
}

check 'kernel and device trees are signed, and accepted at their addresses' all_signed
check 'the fuse file is that of their SRK table' fuses_written
check 'a revoked slot signs nothing' refused_release 'slot 1 is revoked' sign "$keys" 1 2
check 'a slot that there is not' refused_release '--slot 4 is none of 0 to 3' sign "$keys" 4 0
check 'no fuse file for the table of other keys' other_keys_fuses
check 'no fuse file for parts of different slots' mixed_slots
check 'no fuse file when the slot is revoked' fails 'slot-revoked' release "$keys" efuses out 1 --development
check 'no fuse file when the tree says that the slot is revoked' revoked_in_the_tree
check 'no fuse file of development keys, unless it is asked for' development_fuses
check 'a new release takes the fuse file of the old one away' signed_anew
check 'no fuse file for a build that was changed since' changed_since
check 'no release without the places of its IVTs' without_jq
# An IVT that U-Boot does not find where its environment says: the release is not made.
no_room() {
	tree_place='0x48480000 0x3000' refused_release 'no room' sign "$keys" 0 0
}

check 'no release of what does not fit in front of the IVT' no_room
check 'one at a time' at_the_same_time
# The kernel's build takes the certificate of the keys that are named now, however old its file is.
trusts() { # PKI
	make --no-print-directory -C "$top" BUILD="$work/build" KEYS="$1" -o "$work/build/kernel/os/.config" \
		"$work/build/kernel/os/certs/trusted.pem" && cmp "$1/crts/module_crt.pem" build/kernel/os/certs/trusted.pem
}

older_keys() {
	cp -r "$(pki 3072)" older && touch -d '2 years ago' older/crts/*.pem && trusts "$keys" && trusts "$work/older"
}

check 'a kernel is built for the keys that are named, older or not' older_keys
check 'production keys sign no kernel that trusts a development key' production_keys
exit $failed
