# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Key blobs whose header is not the one; tests/qemu/cases.sh has the rest, and refused_header.

case_blob_header_magic() { refused_header 0 000; }
case_blob_header_version() { refused_header 4 001; }
case_blob_header_key_length() { refused_header 12 020; }
