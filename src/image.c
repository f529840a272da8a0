// SPDX-License-Identifier: Apache-2.0
// The headers of a kernel Image and its certificate table.
//
// What the running kernel's verify_pefile.c leaves open, and what is done about it here:
//
// - The certificate table may lie anywhere behind the headers, and its place and size are not
//   hashed. Moved or enlarged, it frees as many bytes at the end of the file from the hash, and
//   kexec loads the whole file. Here it ends the file and begins behind the last section.
// - Bytes between sections are not hashed in their place. Here sections follow each other.
// - It hashes a section without looking whether the file goes that far, and writes to an empty
//   array for a file without sections; both happen before the digest is compared, so that any old
//   signature gets a broken file there. Here sections lie within the file, and there is one.
// - It reads the certificate table's directory entry even if the header announces fewer entries,
//   and looks for the section table behind the entries, where other programs believe the optional
//   header's size. Here there are enough entries, and both places are the same.
// - It reads the first WIN_CERTIFICATE and in it the first DER element, and skips what follows.
//   Here nothing follows but the padding to 8 bytes, which is zero.
// - CheckSum is not hashed. Any value is as good as another: its four bytes are loaded with the
//   rest of the headers, where nothing reads or executes them.
// - Other data directories, and the names, addresses and flags of sections, are hashed, and kexec
//   uses none of them. They are not looked at.

#include "image.h"

#include <string.h>

#include "bytes.h"
#include "error.h"

/* Documentation/arch/arm64/booting.rst, "Call the kernel image" */
#define IMAGE_HEADER_SIZE 64
#define IMAGE_TEXT_OFFSET 8
#define IMAGE_SIZE 16
#define IMAGE_FLAGS 24
#define IMAGE_FLAG_BIG_ENDIAN 1
#define IMAGE_MAGIC 56
#define IMAGE_MAGIC_VALUE 0x644d5241 /* "ARM\x64" */
#define IMAGE_ALIGNMENT 0x200000
#define IMAGE_MEMORY_MAX 0x80000000 /* far above any kernel, far below any overflow */

/* PE Format, "File headers"; include/linux/pe.h: mz_hdr, pe_hdr, pe32plus_opt_hdr and so on */
#define MZ_MAGIC 0x5a4d
#define MZ_PE_OFFSET 60
#define PE_MAGIC 0x4550
#define PE_MACHINE 4
#define PE_MACHINE_ARM64 0xaa64
#define PE_SECTIONS 6
#define PE_OPTIONAL_SIZE 20
#define PE_HEADER_SIZE 24
#define OPTIONAL_MAGIC_PE32PLUS 0x20b
#define OPTIONAL_OS_MAJOR 40
#define OPTIONAL_OS_MINOR 42
#define OPTIONAL_HEADERS_SIZE 60
#define OPTIONAL_CHECKSUM 64
#define OPTIONAL_DIRECTORIES 108
#define OPTIONAL_HEADER_SIZE 112
#define DIRECTORY_CERTIFICATES 4
#define DIRECTORIES_MAX 16
#define DIRECTORY_SIZE 8
#define SECTIONS_MAX 96
#define SECTION_RAW_SIZE 16
#define SECTION_RAW_OFFSET 20
#define SECTION_SIZE 40

/* PE Format, "The attribute certificate table"; include/linux/pe.h: win_certificate */
#define CERTIFICATE_REVISION 4
#define CERTIFICATE_REVISION_2 0x0200
#define CERTIFICATE_TYPE 6
#define CERTIFICATE_TYPE_PKCS7 2
#define CERTIFICATE_HEADER_SIZE 8
#define CERTIFICATE_ALIGNMENT 8
/* No hash covers the table, and kexec loads it with the rest: not much more than is usual. */
#define CERTIFICATE_TABLE_MAX 16384

/* The file, and the places in it as they become known; all offsets are from its start. */
struct layout {
	const uint8_t *data;
	uint32_t size;
	uint32_t optional, directories, sections, section_count;
	uint32_t headers_size; /* end of what is hashed as headers */
	uint32_t sections_end;
	uint32_t table, table_size;
};

static const char *check_image_header(const struct layout *file, struct image *image)
{
	const uint8_t *data = file->data;

	if (file->size < IMAGE_HEADER_SIZE || get_le32(data + IMAGE_MAGIC) != IMAGE_MAGIC_VALUE)
		return "no arm64 Image header";
	if (get_le64(data + IMAGE_FLAGS) & IMAGE_FLAG_BIG_ENDIAN)
		return "big-endian";
	if (get_le64(data + IMAGE_TEXT_OFFSET) >= IMAGE_ALIGNMENT)
		return "text_offset is 2 MiB or more";
	image->image_size = get_le64(data + IMAGE_SIZE);
	if (image->image_size == 0 || image->image_size > IMAGE_MEMORY_MAX)
		return "no image_size, or more than 2 GiB";
	/* kexec loads the whole file, its certificate table too. */
	if (file->size > image->image_size)
		return "image_size is less than the file";
	return NULL;
}

static const char *check_pe_headers(struct layout *file, struct image *image)
{
	const uint8_t *data = file->data, *pe, *optional;
	uint32_t offset = get_le32(data + MZ_PE_OFFSET), count;

	if (get_le16(data) != MZ_MAGIC)
		return "no MZ header: a kernel without CONFIG_EFI cannot be signed";
	if (offset < IMAGE_HEADER_SIZE ||
		!range_within(offset, PE_HEADER_SIZE + OPTIONAL_HEADER_SIZE, file->size))
		return "PE header outside the file";
	pe = data + offset;
	file->optional = offset + PE_HEADER_SIZE;
	optional = data + file->optional;
	if (get_le32(pe) != PE_MAGIC || get_le16(optional) != OPTIONAL_MAGIC_PE32PLUS)
		return "no PE32+ header";
	if (get_le16(pe + PE_MACHINE) != PE_MACHINE_ARM64)
		return "PE header of another machine";

	count = get_le32(optional + OPTIONAL_DIRECTORIES);
	if (count <= DIRECTORY_CERTIFICATES || count > DIRECTORIES_MAX)
		return "too few or too many data directories";
	if (get_le16(pe + PE_OPTIONAL_SIZE) != OPTIONAL_HEADER_SIZE + count * DIRECTORY_SIZE)
		return "optional header with another size than its data directories give";
	file->directories = file->optional + OPTIONAL_HEADER_SIZE;
	file->sections = file->directories + count * DIRECTORY_SIZE;
	file->section_count = get_le16(pe + PE_SECTIONS);
	file->headers_size = get_le32(optional + OPTIONAL_HEADERS_SIZE);

	image->security_version = (uint32_t)get_le16(optional + OPTIONAL_OS_MAJOR) << 16 |
				  get_le16(optional + OPTIONAL_OS_MINOR);
	image->version_offset = file->optional + OPTIONAL_OS_MAJOR;
	image->checksum_offset = file->optional + OPTIONAL_CHECKSUM;
	image->directory_offset = file->directories + DIRECTORY_CERTIFICATES * DIRECTORY_SIZE;
	return NULL;
}

static const char *check_sections(struct layout *file)
{
	uint32_t position = file->headers_size;

	if (file->section_count == 0 || file->section_count > SECTIONS_MAX)
		return "no sections, or too many";
	if (position > file->size ||
		!range_within(file->sections, file->section_count * SECTION_SIZE, position))
		return "headers larger than they say";
	for (uint32_t i = 0; i < file->section_count; i++) {
		const uint8_t *section = file->data + file->sections + i * SECTION_SIZE;
		uint32_t raw_size = get_le32(section + SECTION_RAW_SIZE);

		if (raw_size == 0)
			continue;
		if (get_le32(section + SECTION_RAW_OFFSET) != position)
			return "sections that do not follow each other";
		if (!range_within(position, raw_size, file->size))
			return "section beyond the end of the file";
		position += raw_size;
	}
	file->sections_end = position;
	return NULL;
}

/* The table's directory entry, which no hash covers: the form leaves it exactly one good value. */
static const char *check_table_place(struct layout *file)
{
	if (file->table % CERTIFICATE_ALIGNMENT || file->table_size % CERTIFICATE_ALIGNMENT)
		return "certificate table not aligned to 8 bytes";
	if (file->table < file->sections_end)
		return "certificate table within the headers or the sections";
	if (!range_within(file->table, file->table_size, file->size))
		return "certificate table beyond the end of the file";
	if (file->table + file->table_size != file->size)
		return "bytes behind the certificate table";
	if (file->table_size <= CERTIFICATE_HEADER_SIZE || file->table_size > CERTIFICATE_TABLE_MAX)
		return "certificate table too small or too large";
	return NULL;
}

/*
 * Length of the table's only entry. Some programs count the padding in dwLength (sbsign), others do
 * not (pesign since 0.110); either way the table ends with the entry's padding.
 */
static const char *check_entry(const struct layout *file, uint32_t *ret_length)
{
	const uint8_t *entry = file->data + file->table;
	uint32_t length = get_le32(entry);

	if (length <= CERTIFICATE_HEADER_SIZE || length > file->table_size)
		return "certificate entry too small or too large";
	if (file->table_size - length >= CERTIFICATE_ALIGNMENT)
		return "more than one certificate entry";
	if (get_le16(entry + CERTIFICATE_REVISION) != CERTIFICATE_REVISION_2 ||
		get_le16(entry + CERTIFICATE_TYPE) != CERTIFICATE_TYPE_PKCS7)
		return "certificate entry of another kind than PKCS#7";
	*ret_length = length;
	return NULL;
}

/*
 * The DER structure begins behind the entry's header and is followed by the padding alone. Its size
 * stands in its own head: only the form with two length bytes is long enough for a signature.
 */
static const char *find_signature(const struct layout *file, struct image *image)
{
	const uint8_t *der = file->data + file->table + CERTIFICATE_HEADER_SIZE;
	uint32_t length, room, size;
	const char *wrong = check_entry(file, &length);

	if (wrong)
		return wrong;
	room = file->table_size - CERTIFICATE_HEADER_SIZE;
	size = 4u + (uint32_t)(der[2] << 8 | der[3]);
	if (der[0] != 0x30 || der[1] != 0x82 || size > length - CERTIFICATE_HEADER_SIZE)
		return "no DER structure in the certificate entry";
	if (room - size >= CERTIFICATE_ALIGNMENT)
		return "bytes behind the signature";
	for (uint32_t i = size; i < room; i++)
		if (der[i])
			return "padding that is not zero";
	image->signature_offset = file->table + CERTIFICATE_HEADER_SIZE;
	image->signature_size = size;
	return NULL;
}

static int refuse(struct image *ret, int error, const char *detail)
{
	*ret = (struct image){ .detail = detail };
	return error;
}

int image_parse(const uint8_t *data, size_t size, struct image *ret)
{
	struct layout file = { .data = data, .size = (uint32_t)size };
	struct image image = { .detail = NULL };
	const char *wrong;

	if (size > IMAGE_MEMORY_MAX)
		return refuse(ret, BB_KERNEL_NOT_IMAGE, "more than 2 GiB");
	wrong = check_image_header(&file, &image);
	if (!wrong)
		wrong = check_pe_headers(&file, &image);
	if (!wrong)
		wrong = check_sections(&file);
	if (wrong)
		return refuse(ret, BB_KERNEL_NOT_IMAGE, wrong);

	file.table = get_le32(data + image.directory_offset);
	file.table_size = get_le32(data + image.directory_offset + 4);
	if (file.table == 0 || file.table_size == 0) {
		image.detail = "no certificate table";
		*ret = image;
		return BB_KERNEL_UNSIGNED;
	}
	wrong = check_table_place(&file);
	if (!wrong)
		wrong = find_signature(&file, &image);
	if (!wrong)
		wrong = authenticode_parse(
			data + image.signature_offset, image.signature_size, &image.signature);
	if (wrong)
		return refuse(ret, BB_KERNEL_SIGNATURE_FORM, wrong);
	image.table_offset = file.table;
	*ret = image;
	return 0;
}
