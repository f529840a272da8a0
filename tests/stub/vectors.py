#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints vectors.h: blobs as two chips would make them in their security states.

An implementation of the stub's blobs that shares nothing with the driver, mkdisk or the crypto API:
CCM is written out here as in NIST SP 800-38C, over single AES blocks from the openssl program.
"""
import hashlib
import hmac
import struct
import subprocess

CHIP = bytes(range(32))                 # --secret of run-selftest
OTHER_CHIP = bytes(range(255, 223, -1))
NON_SECURE, TRUSTED, SECURE = 11, 13, 15
BLOB_KEY = bytes(range(0x40, 0x60))
# AES-192 key of NIST SP 800-38A, F.2.3
RED_KEY = bytes.fromhex("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b")
MAINLINE_KEY = bytes(range(0x80, 0xa0))
CCM, ECB = 0x9, 0x1


def aes256_blocks(key, data):
    command = ["openssl", "enc", "-aes-256-ecb", "-nopad", "-K", key.hex()]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def xor(a, b):
    return bytes(x ^ y for x, y in zip(a, b))


def seal(key, data):
    """AES-CCM, nonce of 12 zero bytes, no associated data, tag of 16 bytes."""
    nonce, q = bytes(12), 3
    b0 = bytes([(16 - 2) // 2 << 3 | q - 1]) + nonce + len(data).to_bytes(q, "big")
    padded = data + bytes(-len(data) % 16)
    mac = aes256_blocks(key, b0)
    for i in range(0, len(padded), 16):
        mac = aes256_blocks(key, xor(mac, padded[i:i + 16]))
    counters = b"".join(bytes([q - 1]) + nonce + i.to_bytes(q, "big")
                        for i in range(1 + len(padded) // 16))
    stream = aes256_blocks(key, counters)
    return xor(data, stream[16:]) + xor(mac, stream)


def caam_blob(secret, state, modifier, red_key):
    if state == NON_SECURE:
        secret = bytes(32)
    message = modifier.ljust(16, b"\0") + struct.pack("<I", state)
    bkek = hmac.new(secret, message, hashlib.sha256).digest()
    return aes256_blocks(bkek, BLOB_KEY) + seal(BLOB_KEY, red_key)


def mainline_blob(secret, state):
    return caam_blob(secret, state, b"SECURE_KEY", MAINLINE_KEY)


def blob(secret, state, kind):
    size = (len(RED_KEY) + 7) // 8 * 8 + 12 + 48
    payload = caam_blob(secret, state, b"CAAM_KEY_TYPE_V1", RED_KEY)
    payload += b"\xa5" * (size - len(payload))
    return struct.pack("<5I", 0x5461674f, 0, kind, len(RED_KEY), size) + payload


def show(name, what, data):
    print(f"\n/* {what} */\nstatic const uint8_t {name}[] = {{")
    for i in range(0, len(data), 12):
        print("\t" + " ".join(f"0x{byte:02x}," for byte in data[i:i + 12]))
    print("};")


print("""/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Made by vectors.py; every blob holds the AES-192 key of NIST SP 800-38A, F.2.3; those of mainline 32 bytes.
 */
#ifndef STUB_VECTORS_H
#define STUB_VECTORS_H

#include <stdint.h>""")
show("blob_trusted", "the chip, trusted state", blob(CHIP, TRUSTED, CCM))
show("blob_trusted_ecb", "the same as an ECB key", blob(CHIP, TRUSTED, ECB))
show("blob_secure", "the chip, secure state", blob(CHIP, SECURE, CCM))
show("blob_other_chip", "another chip, trusted state", blob(OTHER_CHIP, TRUSTED, CCM))
show("blob_non_secure", "any chip, non-secure state: the test key", blob(OTHER_CHIP, NON_SECURE, CCM))
show("mainline_trusted", "mainline's, the chip, trusted state", mainline_blob(CHIP, TRUSTED))
show("mainline_secure", "the chip, secure state", mainline_blob(CHIP, SECURE))
show("mainline_other_chip", "another chip, trusted state", mainline_blob(OTHER_CHIP, TRUSTED))
show("mainline_non_secure", "any chip, non-secure state", mainline_blob(OTHER_CHIP, NON_SECURE))
show("mainline_modifier", "the chip, trusted state, NXP's modifier",
     caam_blob(CHIP, TRUSTED, b"CAAM_KEY_TYPE_V1", MAINLINE_KEY))
print("\n#endif")
