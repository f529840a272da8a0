# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Key blobs whose header is not the one; tests/qemu/cases.sh has the rest, and refused_header.

case_blob_header_magic() { refused_header 0 000; }
case_blob_header_version() { refused_header 4 001; }
case_blob_header_key_length() { refused_header 12 020; }

# A copy gets no further than the blob whose place it takes. What is said is what is wrong with that blob.
refused_copy() { # ERROR COPY [MKDISK-OPTION]...
	error=$1 copy=$2
	shift 2
	refused_blobs "$error" --blob balena_48.enc="$work/blob.data" --imx-file keyblob_64.copy="$copy" "$@"
}

case_copy_too_long() {
	fresh_blobs
	head -c 5000 /dev/zero | cat "$work/blob" - >"$work/long"
	refused_copy blob-missing "$work/long"
}

case_copy_header() {
	fresh_blobs
	printf '\031' | dd of="$work/blob" bs=1 seek=8 conv=notrunc status=none
	refused_copy blob-missing "$work/blob"
}

case_copy_of_another_chip() {
	fresh_blobs
	"$host/mkchip" -o "$work/other" && "$host/mkdisk" --chip "$work/other" --layout 2 --write-blob "$work/foreign"
	printf 'short' >"$work/short"
	refused_copy blob-length "$work/foreign" --blob balena_64.enc="$work/short"
}
