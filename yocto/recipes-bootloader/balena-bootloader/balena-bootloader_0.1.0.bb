# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Second-stage bootloader: /init, its initramfs, and the static tools of a device"
DESCRIPTION = "Builds what the project's own Makefile builds, with the compiler of this configuration, which must be \
one for musl (see conf/multiconfig), and deploys it: the initramfs of the bootloader's kernel, and a tree that \
balena-bootloader-tools makes packages of."
LICENSE = "Apache-2.0 & GPL-2.0-or-later & LGPL-2.1-only & LGPL-2.1-or-later & MIT"
LIC_FILES_CHKSUM = "file://LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

inherit deploy nopackages

FILESEXTRAPATHS:prepend := "${BALENA_BOOTLOADER_TOP}:"
PROJECT = "balena-bootloader"
SRC_URI = " \
    file://LICENSE;subdir=${PROJECT} \
    file://Makefile;subdir=${PROJECT} \
    file://docs;subdir=${PROJECT} \
    file://init;subdir=${PROJECT} \
    file://initramfs;subdir=${PROJECT} \
    file://kernel-config;subdir=${PROJECT} \
    file://man;subdir=${PROJECT} \
    file://packaging;subdir=${PROJECT} \
    file://sign;subdir=${PROJECT} \
    file://src;subdir=${PROJECT} \
    file://tests;subdir=${PROJECT} \
"
# Debian's upstream tarballs, those of initramfs/deps/table.
SRC_URI += " \
    ${DEBIAN_MIRROR}/main/c/cryptsetup/cryptsetup_2.8.8.orig.tar.gz;name=cryptsetup;unpack=0 \
    ${DEBIAN_MIRROR}/main/l/lvm2/lvm2_2.03.31.orig.tar.xz;name=devmapper;unpack=0 \
    ${DEBIAN_MIRROR}/main/u/util-linux/util-linux_2.41.5.orig.tar.xz;name=fdisk;unpack=0 \
    ${DEBIAN_MIRROR}/main/j/json-c/json-c_0.18+ds.orig.tar.xz;name=json-c;unpack=0 \
    ${DEBIAN_MIRROR}/main/k/keyutils/keyutils_1.6.3.orig.tar.gz;name=keyutils;unpack=0 \
    ${DEBIAN_MIRROR}/main/o/openssl/openssl_3.0.20.orig.tar.gz;name=crypto;unpack=0 \
    ${DEBIAN_MIRROR}/main/k/kexec-tools/kexec-tools_2.0.25.orig.tar.xz;name=kexec;unpack=0 \
    ${DEBIAN_MIRROR}/main/d/dosfstools/dosfstools_4.2.orig.tar.gz;name=fsck-fat;unpack=0 \
"
SRC_URI[cryptsetup.sha256sum] = "24ea7b0a7d212fb3258191a1f0a1bc4bc695e6f989e35b81ff915a3d071a8bd8"
SRC_URI[devmapper.sha256sum] = "5541d15f739bc62263b551b1d8091ea8fc889a31ed20cdc58ff9f7192d8ecd4a"
SRC_URI[fdisk.sha256sum] = "f586e35d320ff537aab3ffeca37e9ecd482ccbe013590db4429a414d8aa6a728"
SRC_URI[json-c.sha256sum] = "f6439962c9622c1f9f4746d5b3daf5e0800c335281b048fab00159f2a29d7daa"
SRC_URI[keyutils.sha256sum] = "a61d5706136ae4c05bd48f86186bcfdbd88dd8bd5107e3e195c924cfc1b39bb4"
SRC_URI[crypto.sha256sum] = "c80a01dfc70ece4dc21168932c37739042d404d46ccc81a5986dd75314ecda6f"
SRC_URI[kexec.sha256sum] = "7ce2e5def38ec04f79feb107d02243dd586fbc68569eccf02f44bad3a13ec07d"
SRC_URI[fsck-fat.sha256sum] = "64926eebf90092dca21b14259a5301b7b98e7b1943e8a201c7d726084809b527"
S = "${UNPACKDIR}/${PROJECT}"
B = "${WORKDIR}/build"

# Without the target's flags: the project has its own, which every build of it has.
EXTRA_OEMAKE = " \
    BUILD=${B} \
    CACHE=${WORKDIR}/cache \
    CROSS=${TARGET_PREFIX} \
    TARGET_CC='${CCACHE}${HOST_PREFIX}gcc ${TOOLCHAIN_OPTIONS}' \
    UAPI_HEADERS=${STAGING_INCDIR} \
    STRICT=1 \
"

# The project's way to its sources is a folder in which each is named by its checksum.
do_configure() {
    awk '$1 == "source" { print $6, $7 }' ${S}/initramfs/deps/table | while read -r file sum; do
        install -D -m 0644 ${UNPACKDIR}/$file ${WORKDIR}/cache/sources/$sum
    done
}

do_compile() {
    oe_runmake -C ${S} init tools
}

do_install[noexec] = "1"

INITRAMFS_NAME = "${BALENA_BOOTLOADER_PLATFORM}-${BALENA_BOOTLOADER_VARIANT}"
ROOT = "${WORKDIR}/root"

# The initramfs holds /init, its configuration and a console node, and nothing else. The tree beside it is what
# balena-bootloader-tools packs.
fakeroot do_deploy() {
    rm -rf ${ROOT}
    oe_runmake -C ${S} install-initramfs INITRAMFS=${INITRAMFS_NAME} DESTDIR=${ROOT}
    install -d -m 0755 ${ROOT}/dev
    mknod -m 0600 ${ROOT}/dev/console c 5 1
    chown -R 0:0 ${ROOT}
    find ${ROOT} -exec touch -h -d @${SOURCE_DATE_EPOCH} {} +
    (cd ${ROOT} && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc) \
        >${DEPLOYDIR}/${PN}-${MACHINE}.cpio
    oe_runmake -C ${S} install-target INITRAMFS=${INITRAMFS_NAME} DESTDIR=${DEPLOYDIR}/${PN}/target
    install -D -m 0755 ${ROOT}/init ${DEPLOYDIR}/${PN}/unlock/init
    sed 's/^stage = .*/stage = unlock/' ${ROOT}/etc/balena-bootloader.conf \
        >${DEPLOYDIR}/${PN}/unlock/balena-bootloader.conf
}
do_deploy[depends] += "virtual/fakeroot-native:do_populate_sysroot"
addtask deploy after do_compile before do_build

# What a kernel waits for that has this in INITRAMFS_IMAGE.
do_image_complete() {
    :
}
addtask image_complete after do_deploy before do_build
