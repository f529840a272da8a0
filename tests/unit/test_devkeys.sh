#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# sign/devkeys makes what is missing, and only that.
set -u

top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
keys=$work/keys
failed=0

result()	# STATUS NAME
{
	if [ "$1" -eq 0 ]; then
		echo "ok $2"
	else
		echo "not ok $2"
		failed=1
	fi
}

sums()	# of all keys and certificates
{
	(cd "$keys" && sha256sum -- *.key *.pem)
}

matches()	# NAME: the certificate is the key's
{
	[ "$(openssl pkey -in "$keys/$1.key" -pubout)" = "$(openssl x509 -in "$keys/$1.pem" -noout -pubkey)" ]
}

"$top/sign/devkeys" "$keys" && matches kernel && matches module && matches other
result $? "three pairs"

[ "$(stat -c %a "$keys"/*.key | sort -u)" = 600 ]
result $? "only the owner reads the keys"

openssl x509 -in "$keys/kernel.pem" -noout -ext extendedKeyUsage,basicConstraints,keyUsage >"$work/extensions"
grep -q 'Code Signing' "$work/extensions" && grep -q 'CA:FALSE' "$work/extensions" &&
	grep -q 'Digital Signature' "$work/extensions"
result $? "a certificate signs code, and no certificates"

before=$(sums)
"$top/sign/devkeys" "$keys" && [ "$(sums)" = "$before" ]
result $? "a second run changes nothing"

rm "$keys/module.pem"
"$top/sign/devkeys" "$keys" && matches module && [ "$(sums | grep -v module.pem)" = "$(echo "$before" | grep -v module.pem)" ]
result $? "a certificate that is gone is made anew for its key"

rm "$keys/other.key"
"$top/sign/devkeys" "$keys" && [ ! -e "$keys/other.key" ]
result $? "no new key for a certificate that is already there"

"$top/sign/devkeys" 2>/dev/null
[ $? -eq 2 ]
result $? "no directory is a usage error"

exit $failed
