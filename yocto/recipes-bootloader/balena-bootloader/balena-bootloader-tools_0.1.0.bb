# SPDX-License-Identifier: Apache-2.0
SUMMARY = "Tools of balena-bootloader for the OS, its installer and its initramfs"
DESCRIPTION = "Packages of what balena-bootloader built, which is static: bbctl with the unit that files reports, \
bbprovision for an installer, and the step of the OS's initramfs that unlocks the volumes."
LICENSE = "Apache-2.0 & GPL-2.0-or-later & LGPL-2.1-only & LGPL-2.1-or-later & MIT"
LIC_FILES_CHKSUM = "file://${BALENA_BOOTLOADER_TOP}/LICENSE;md5=3b83ef96387f14655fc854ddc3c6bd57"

inherit systemd

S = "${UNPACKDIR}"

FILESEXTRAPATHS:prepend := "${THISDIR}/files:"
SRC_URI = "file://cryptsetup"

BUILT = "${BALENA_BOOTLOADER_DEPLOY_DIR}/balena-bootloader"
do_install[mcdepends] += "mc:${BB_CURRENT_MC}:${BALENA_BOOTLOADER_MULTICONFIG}:balena-bootloader:do_deploy"

do_install() {
    install -D -m 0755 ${BUILT}/target/usr/bin/bbctl ${D}${bindir}/bbctl
    install -D -m 0755 ${BUILT}/target/usr/sbin/bbprovision ${D}${sbindir}/bbprovision
    install -D -m 0644 ${BUILT}/target/usr/lib/systemd/system/balena-bootloader-report.service \
        ${D}${systemd_system_unitdir}/balena-bootloader-report.service
    install -D -m 0755 ${UNPACKDIR}/cryptsetup ${D}/init.d/72-cryptsetup
    install -D -m 0755 ${BUILT}/unlock/init ${D}/usr/libexec/balena-unlock
    install -D -m 0444 ${BUILT}/unlock/balena-bootloader.conf ${D}${sysconfdir}/balena-bootloader.conf
}

SYSTEMD_SERVICE:${PN} = "balena-bootloader-report.service"
# The signed configuration, by which all of them go; the stage in it is for the step that unlocks.
PACKAGES = "balena-bootloader-conf balena-bootloader-provision initramfs-module-balena-unlock ${PN}"
FILES:balena-bootloader-conf = "${sysconfdir}/balena-bootloader.conf"
RDEPENDS:${PN} = "balena-bootloader-conf"
RDEPENDS:balena-bootloader-provision = "balena-bootloader-conf"
FILES:${PN} = "${bindir}/bbctl ${systemd_system_unitdir}"
FILES:balena-bootloader-provision = "${sbindir}/bbprovision"
FILES:initramfs-module-balena-unlock = "/init.d/72-cryptsetup /usr/libexec/balena-unlock"
RDEPENDS:initramfs-module-balena-unlock = "balena-bootloader-conf initramfs-framework-base initramfs-module-udev"
RCONFLICTS:initramfs-module-balena-unlock = "initramfs-module-cryptsetup"

# Static, stripped, and checked as they are.
INHIBIT_PACKAGE_STRIP = "1"
INHIBIT_PACKAGE_DEBUG_SPLIT = "1"
INSANE_SKIP:${PN} = "already-stripped"
INSANE_SKIP:balena-bootloader-provision = "already-stripped"
INSANE_SKIP:initramfs-module-balena-unlock = "already-stripped"
