#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bbsign with a signing service, one that is what it should be and many that are not: what comes back
# good is byte for byte what the same keys make here, and all else is refused, by name and in time.
# shellcheck disable=SC2015,SC2046,SC2086,SC2317 # A && B || fail is meant; words are lists; check calls functions
set -u
# shellcheck source=tests/sign/lib.sh
. "$(dirname "$0")/lib.sh"
server=$build/host/service-server
address=0x40480000
unset https_proxy HTTPS_PROXY all_proxy ALL_PROXY
trap 'stop; rm -rf "$work"' EXIT
cst=$debs/cst/usr/bin/cst inputs=$work
export bbsign cst passphrase inputs

certificate() { # NAME SUBJECT WORD...: a TLS key and certificate
	file=$1 subject=$2
	shift 2
	openssl req -x509 -newkey rsa:2048 -nodes -days 9 -keyout "$file.key" -out "$file.pem" \
		-subj "$subject" "$@" 2>/dev/null
}

module() { # SIZE: an ELF file for arm64, relocatable, with nothing in it
	printf '\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\1\0\267\0' && head -c "$1" /dev/zero | tr '\0' M
}

make_inputs() {
	pki=$(pki 2048) && other_pki=$(pki 3072) && export pki other_pki || return 1
	SOURCE_DATE_EPOCH=$(date +%s) # one that the certificates' dates allow
	export SOURCE_DATE_EPOCH
	"$bbsign" srk --pki "$pki" --table table --fuses fuses >/dev/null || return 1
	certificate ca /CN=ca && certificate other-ca /CN=ca &&
		certificate tls /CN=x -addext subjectAltName=IP:127.0.0.1 -CA ca.pem -CAkey ca.key &&
		openssl req -new -x509 -newkey rsa:2048 -nodes -subj /CN=balena -days 7305 -sha256 \
			-keyout balena.key -out balena.pem 2>/dev/null && # as balena-sign calls it
		certificate elsewhere /CN=x -addext subjectAltName=DNS:example.com -CA ca.pem -CAkey ca.key &&
		certificate production '/CN=some kernel signing' -addext keyUsage=critical,digitalSignature \
			-addext basicConstraints=critical,CA:FALSE -addext extendedKeyUsage=codeSigning || return 1
	echo "the.token-$(openssl rand -hex 12)" | tr -d ' ' >token && echo another >other-token
	"$top/tests/unit/make-dtb" 20000 >tree.dtb && "$top/tests/unit/make-dtb" 2000000 >large.dtb &&
		module 5000 >module.ko && module 6000000 >large.ko &&
		"$top/tests/unit/make-image" 'Linux version 6.12.1-development (x@y)' >Image &&
		"$top/tests/unit/make-image" 'Linux version 6.12.1-released (x@y)' >Image.released || return 1
	# What is made here with the same keys.
	set -- --pki "$pki" --passphrase-file "$passphrase"
	"$bbsign" hab "$@" --slot 1 --load-addr $address -o tree.here tree.dtb >/dev/null &&
		"$bbsign" kernel "$@" --security-version 7 -o Image.here Image >/dev/null &&
		"$bbsign" module "$@" -o module.here module.ko >/dev/null
}

# serve MODE [TLS-CERTIFICATE]: the service in this directory's server/, at $url
serve() {
	rm -rf server && mkdir server
	"$server" "$work/${2:-tls}.pem" "$work/${2:-tls}.key" "$work/token" server "$1" \
		"$top/tests/sign/server/handler" >server/out 2>&1 &
	running=$!
	for _ in $(seq 200); do
		[ -s server/port ] && break
		sleep 0.05
	done
	url=https://127.0.0.1:$(cat server/port)
}

running=
stop() {
	[ -z "$running" ] || kill "$running" 2>/dev/null
	running=
}

# What follows --service URL in a command, by its route; OUT is what it would write.
words() {
	trust="--token-file $work/${token:-token} --ca-file $work/${ca:-ca}.pem --timeout ${patience:-20}"
	case $1 in
	hab) echo "hab --service $url $trust --pki-id ${id:-known} --bits ${bits:-2048} --fuses $inputs/fuses
		--slot ${slot:-1} --load-addr $address -o OUT $work/${in:-tree.dtb}" ;;
	kernel) echo "kernel --service $url $trust --key-id ${id:-known} --security-version 7
		--cert ${cert:-$pki/crts/kernel_crt.pem} -o OUT $work/${in:-Image}" ;;
	module) echo "module --service $url $trust --key-id ${id:-known}
		--cert ${cert:-$pki/crts/module_crt.pem} -o OUT $work/${in:-module.ko}" ;;
	srk) echo "srk --service $url $trust --pki-id ${id:-known} --fuses OUT" ;;
	esac
}

# ask STATUS COMMAND: bbsign's status, within a time, and that it wrote only when that is 0
ask() {
	rm -f OUT
	timeout 20 "$bbsign" $(words "$2") >out 2>err </dev/null
	got=$?
	[ $got -eq "$1" ] || { echo "$2: status $got, not $1"; cat out err server/out; return 1; }
	[ $got -eq 0 ] || [ ! -e OUT ] || { echo "$2: it wrote a file"; return 1; }
	! cat out err | grep -qF -f "$work/token" || { echo "the token is in the output"; return 1; }
}

# one COMMAND MODE STATUS TEXT REQUESTS [TLS-CERTIFICATE]: a service in that mode, in a directory of
# its own; how often it is asked, and what is said
one() {
	rm -rf "./$1-$2" && mkdir "$1-$2" && cd "$1-$2" || return 1
	serve "$2" "${6:-tls}"
	ask "$3" "$1" && { [ -z "$4" ] || grep -qF -- "$4" err || { echo "no \"$4\":"; cat err; false; }; }
	good=$?
	stop
	cd ..
	[ $good -eq 0 ] || return 1
	asked=$(find "$1-$2/server" -name 'log-*' | wc -l)
	[ "$asked" -eq "$5" ] || { echo "it was asked $asked times, not $5"; cat "$1-$2/err"; return 1; }
}

with() ( # VARIABLE=VALUE COMMAND...
	export "${1?}"
	shift
	"$@"
)

# later NAME WORD...: a test that waits most of the time; collect tells of all of them
later() {
	what=$1
	shift
	mkdir -p later
	: >"later/$what"
	("$@" >"later/$what" 2>&1; echo $? >"$work/later/$what.status") &
}

tell() {
	cat "later/$what"
	[ -e "later/$what.status" ] || echo 'it died'
	return "$(cat "later/$what.status" || echo 1)"
}

collect() {
	wait
	for file in later/*; do
		what=${file#later/}
		[ "$what" != "${what%.status}" ] || check "$what" tell
	done
}

good() { # COMMAND FILE [MODE]: what comes back is what is made here
	one "$1" "${3:-good}" 0 '' "${4:-1}" && cmp "$1-${3:-good}/OUT" "$2"
}

# sent COMMAND BODY: exactly this, with these headers
sent() {
	tr -d '\r' <"$1-good/server/log-1" | sed '/^$/q' | sed 's/:.*//; /^$/d' | sort | tr '\n' ' ' >names
	[ "$(cat names)" = "Accept Content-Length Content-Type Host POST $2 HTTP/1.1 X-API-Key " ] ||
		{ cat names; return 1; }
	sed '1,/^\r$/d' "$1-good/server/log-1" | cmp - body
}

sends_hab() {
	size=$((24576 + 32))
	head -c $size tree.here >padded
	csf_text 2048 1 %%CERTS_PATH%% %%CERTS_PATH%%/../SRK_table.bin \
		"$address 0x00000000 $(printf '0x%08x' $size) \"%%BIN_PATH%%\"" >text
	printf '{"pki_id":"known","hab_type":"hab","payload":"%s","csf":"%s"}' "$(base64 -w0 padded)" \
		"$(base64 -w0 text)" >body
	sent hab /imx/cst
}

sends_kernel() { # the Image as it is signed: with its version, and nothing else changed
	cp Image versioned && printf '\0\0\7\0' | dd of=versioned bs=1 seek=128 conv=notrunc status=none
	printf '{"key_id":"known","payload":"%s"}' "$(base64 -w0 versioned)" >body
	sent kernel /secureboot/efi
}

sends_module() {
	printf '{"key_id":"known","payload":"%s"}' "$(base64 -w0 module.ko)" >body
	sent module /kmod/sign
}

sends_srk() {
	grep -q '^GET /imx/efuses/known HTTP/1.1' srk-good/server/log-1 &&
		[ "$(sed '1,/^\r$/d' srk-good/server/log-1 | wc -c)" -eq 0 ]
}

# The real CST makes of the text what is made here: each slot, and keys of another size.
by_cst() {
	for slot in 0 1 2 3; do
		"$bbsign" hab --pki "$pki" --passphrase-file "$passphrase" --slot $slot --load-addr $address \
			-o here tree.dtb >/dev/null && good hab here cst || return 1
	done
}

by_cst_larger() {
	pki=$other_pki inputs=$work/larger
	mkdir "$inputs" && "$bbsign" srk --pki "$pki" --table larger/table --fuses larger/fuses >/dev/null &&
		by_cst
}

# With the programs that balena-sign calls, and a certificate as it makes them.
by_balena() {
	cert=$work/balena.pem
	with in=Image.released one kernel balena 0 '' 1 && sbverify --cert balena.pem kernel-balena/OUT &&
		exits 0 kernel --verify --cert balena.pem kernel-balena/OUT &&
		one module balena 0 '' 1 && exits 0 module --verify --cert balena.pem module-balena/OUT
}

large() { # with Expect: 100-continue, and more than one read
	with in=large.dtb one hab good 0 '' 1 &&
		grep -q '^Expect: 100-continue' hab-good/server/log-1
}

prefix() { # the service below a path
	serve good
	url=$url/sign/
	ask 2 module
	result=$?
	stop
	[ $result -eq 0 ] && grep -q '^POST /sign/kmod/sign HTTP' server/log-1
}

unseen() { # the token, while bbsign waits
	serve hang
	"$bbsign" $(words module) >out 2>err &
	asking=$!
	for _ in $(seq 100); do
		[ -e server/log-1 ] && break
		sleep 0.05
	done
	ps -ww -eo args >processes
	wait $asking
	stop
	grep -q -- '--token-file' processes && ! grep -qF -f token processes && grep -qF -f token server/log-1
}

# not_sent STATUS TEXT COMMAND [CHANGE]: refused before anything goes out; CHANGE: sed on the words
not_sent() {
	serve good
	words "$3" | sed "${4:-}" | tr -d '\n' >changed
	rm -f OUT
	timeout 20 "$bbsign" $(cat changed) >out 2>err
	got=$?
	stop
	[ $got -eq "$1" ] && grep -qF -- "$2" err && [ ! -e OUT ] && [ ! -e server/log-1 ] && return
	echo "status $got, not $1, or no \"$2\", or something was sent or written:"
	cat changed err
	return 1
}

not_development() { # a production key, or a service's, whose keys may be that
	with in=Image not_sent 1 'is for development' hab &&
		with "cert=$work/production.pem" not_sent 1 'is for development' kernel
}

usage() {
	not_sent 2 'is not https' module s,https:,http:, && not_sent 2 'is not https' hab s,https:,ftp:, &&
		not_sent 2 'is no URL' module s,https://,, &&
		not_sent 2 'more than a host' module s,https://,https://me:secret@, && ! grep -q secret err &&
		not_sent 2 'more than a host' module 's,\(https:[^ ]*\),\1/?x=y,' || return 1
	not_sent 2 'needs --token-file' module 's/--token-file [^ ]*//' &&
		not_sent 2 'needs --token-file' hab 's/--fuses [^ ]*//' &&
		not_sent 2 'needs --token-file' kernel 's/--cert [^ ]*//' &&
		not_sent 2 'needs --token-file' srk 's/--fuses [^ ]*//' &&
		not_sent 2 'belong to --service' hab 's/--service [^ ]*//' &&
		not_sent 2 'belong to --service' kernel 's/--service [^ ]*//' || return 1
	not_sent 2 'no --pki' kernel "s,-o OUT,--pki $pki -o OUT," &&
		not_sent 2 'no --pki' hab "s,-o OUT,--pki $pki -o OUT," &&
		not_sent 2 --bits hab 's/2048/1024/' && not_sent 2 --timeout module 's/--timeout 20/--timeout 0/' &&
		not_sent 2 --pki-id srk 's,known,../known,' && not_sent 2 --key-id module 's/known/"/' || return 1
	printf 'two words\n' >bad-token && not_sent 2 'no API key has' module 's,[^ ]*/token ,bad-token ,' || return 1
	: >empty-token && not_sent 2 'is empty' module 's,[^ ]*/token ,empty-token ,' &&
		not_sent 2 'cannot be read' module 's,[^ ]*/token ,absent ,'
}

# The environment asks libcurl to write down what TLS encrypts with.
no_key_log() {
	with "SSLKEYLOGFILE=$work/key-log" good module module.here && [ ! -e key-log ]
}

check "what the tests need" make_inputs

# Those that wait, all at once: 2 seconds of patience, or 1 + 2 + 4 between four tries.
later 'silence ends' with patience=2 one kernel hang 2 'no answer in time' 1
later 'a stream that never ends' with patience=2 one module slow 2 'Operation timed out' 1
later 'silence ends before the time for a large upload does' \
	with patience=2 with in=large.ko one module hang 2 'Operation too slow' 1
later 'no TLS' with patience=2 one module plain 2 'no answer in time' 0
later 'HTTP 500' one module 500 2 'HTTP 500: out of ?[31msorts?' 4
later 'connections that break' one module reset 2 'cannot be reached' 4
later 'an answer that is cut off' one module truncated 2 'cannot be reached' 4
later 'HTTP 500, then good' good kernel Image.here 500-once 2
later 'Retry-After, then good' good hab tree.here 429-once 2
later 'a broken connection, then good' good module module.here reset-once 2

check "hab: as it is made here" good hab tree.here
check "hab: sends what the API needs, and no more" sends_hab
check "kernel: as it is made here" good kernel Image.here
check "kernel: sends what the API needs, and no more" sends_kernel
check "module: as it is made here" good module module.here
check "module: sends what the API needs, and no more" sends_module
check "srk: the fuse file" good srk fuses
check "srk: sends no more than a name" sends_srk
check "CST makes the same of the CSF's text, in every slot" with bits=2048 by_cst
check "CST makes the same with larger keys" with bits=3072 by_cst_larger
check "kernel and module as balena-sign makes them" with bits=2048 by_balena
check "a large upload" large
check "a service below a path" prefix
check "nobody sees the token" with patience=5 unseen
check "TLS's keys are not written down" no_key_log

check "no key" with token=other-token one module good 2 'HTTP 401: Provided token is not valid' 1
check "an unknown key" with id=unknown one kernel good 2 'HTTP 404: is unknown' 1
check "an unknown PKI" with id=unknown one srk good 2 'HTTP 404: is unknown' 1
check "a wait that is too long" one module 429-long 2 'HTTP 429: too many; it asks to wait 3600 seconds' 1
check "a redirect" one module redirect 2 'HTTP 302' 1
check "a certificate that nobody trusts" with ca=other-ca one module not-trusted 2 'is not trusted' 0
check "a certificate for somebody else" one module other-host 2 'is not trusted' 0 elsewhere
check "an endless answer" one module oversized 2 'larger than can be' 1
check "an answer that is not whole" one module half 1 'not a JSON object' 1
check "an answer that is no JSON" one hab not-json 1 'not a JSON object' 1
check "an answer that is too deep" one kernel deep 1 'not a JSON object' 1
check "an answer without a signature" one kernel empty 1 'lacks what was asked for' 1
check "an answer of another type" one hab empty 1 'lacks what was asked for' 1
for command in hab kernel module srk; do
	check "$command: bad base64" one $command not-base64 1 'not base64' 1
done

wrong() { # COMMAND MODE TEXT
	check "$1: $2" one "$1" "$2" 1 "$3" 1
}
# Where the service's certificate is not for this.
other_purpose() {
	with "cert=$pki/crts/module_crt.pem" not_sent 1 'it is for modules' kernel &&
		with "cert=$pki/crts/kernel_crt.pem" not_sent 1 'it is for kernels' module &&
		with "cert=$pki/crts/installer_crt.pem" not_sent 1 'it is for installers' module &&
		with "cert=$(echo "$pki"/crts/SRK1_*.pem)" not_sent 1 'does not sign kernels' kernel &&
		with "cert=$(echo "$pki"/crts/IMG1_*.pem)" not_sent 1 'does not sign modules' module
}
wrong hab other-payload image-digest
wrong hab other-slot 'for slot 2'
wrong hab other-address block-outside
wrong hab other-keys srk-hash
wrong hab extra-unlock unlock-extra
wrong hab no-unlock unlock-missing
wrong hab trailing trailing
wrong kernel other-keys 'kernel-refused'
wrong kernel other-payload 'another Image'
wrong kernel other-version 'another Image'
wrong kernel flipped 'another Image'
wrong kernel unsigned 'no Image with one signature'
wrong kernel two-signatures 'no Image with one signature'
wrong kernel trailing 'no Image with one signature'
wrong module other-keys 'names another signer'
wrong module other-payload 'not this module'
wrong module longer-payload 'not this module'
wrong module flipped 'not this module'
wrong module unsigned 'not this module'
wrong module two-signatures 'not this module'
wrong srk zero 'blank'
wrong srk short 'not 32 bytes'
wrong srk long 'larger than can be'

check "no development kernel for production keys" not_development
check "no certificate for something else" other_purpose
check "what is wrong from the start is not sent" usage
collect
exit $failed
