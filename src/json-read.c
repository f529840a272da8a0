// SPDX-License-Identifier: Apache-2.0
// Walks through a JSON document (RFC 8259) and looks at what lies on one path; see json-read.h.

#include <string.h>

#include "json-read.h"

struct reader {
	const uint8_t *data;
	size_t size, at;
	const char *path;
	unsigned int depth;   // open brackets
	unsigned int on_path; // how many of them, from the outermost on, the path leads through
	// One bit for each open bracket, the innermost in bit 0.
	uint32_t is_object;
	uint32_t seen; // the name that the path has here was there
	bool wanted;   // the path leads to the value that comes next
	bool is_true;
	bool too_deep;
	enum json_read answer; // as far as read
};

// Name number `index` of the path; NULL behind the last one.
static const char *path_name(const char *path, unsigned int index, size_t *ret_length)
{
	while (index-- && path) {
		path = strchr(path, '.');
		if (path)
			path++;
	}
	*ret_length = path ? strcspn(path, ".") : 0;
	return path;
}

static int peek(const struct reader *r)
{
	return r->at < r->size ? r->data[r->at] : -1;
}

static bool take(struct reader *r, char c)
{
	bool is = peek(r) == c;

	r->at += is;
	return is;
}

static bool take_word(struct reader *r, const char *word)
{
	while (*word && take(r, *word))
		word++;
	return !*word;
}

static void skip_blanks(struct reader *r)
{
	while (take(r, ' ') || take(r, '\t') || take(r, '\n') || take(r, '\r'))
		;
}

static bool take_digits(struct reader *r)
{
	size_t start = r->at;

	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return r->at > start;
}

static bool take_number(struct reader *r)
{
	take(r, '-');
	if (!take(r, '0') && !take_digits(r))
		return false;
	if (take(r, '.') && !take_digits(r))
		return false;
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			take(r, '-');
		return take_digits(r);
	}
	return true;
}

// Four hexadecimal digits, or -1.
static int take_hex(struct reader *r)
{
	int code = 0;

	for (int i = 0; i < 4; i++) {
		int c = peek(r);

		if (c >= '0' && c <= '9')
			c -= '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			c = (c | 0x20) - 'a' + 10;
		else
			return -1;
		code = code << 4 | c;
		r->at++;
	}
	return code;
}

// What an escape stands for, its backslash taken; half a surrogate pair stands for itself. Or -1.
static int take_escape(struct reader *r)
{
	static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";

	for (size_t i = 0; i < sizeof(escapes) - 1; i++) {
		if (take(r, escapes[i]))
			return meanings[i];
	}
	return take(r, 'u') ? take_hex(r) : -1;
}

// The rest of a UTF-8 sequence, its first byte taken; or -1.
static int take_utf8(struct reader *r, int first)
{
	static const int least[] = { 0, 0x80, 0x800, 0x10000 };
	int more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf8 ? 3 : 0;
	int code = first & (0x3f >> more);
	bool is_surrogate;

	for (int i = 0; i < more; i++) {
		int c = peek(r);

		if (c < 0x80 || c > 0xbf)
			return -1;
		code = code << 6 | (c & 0x3f);
		r->at++;
	}
	is_surrogate = code >= 0xd800 && code <= 0xdfff;
	return !more || code < least[more] || code > 0x10ffff || is_surrogate ? -1 : code;
}

// One character of a string, or -1.
static int take_character(struct reader *r)
{
	int c = peek(r);

	if (c < ' ')
		return -1;
	r->at++;
	return c == '\\' ? take_escape(r) : c < 0x80 ? c : take_utf8(r, c);
}

// A string, and whether it is this name.
static bool take_string(struct reader *r, const char *name, size_t length, bool *ret_same)
{
	bool same = name != NULL;
	size_t i = 0;

	if (!take(r, '"'))
		return false;
	for (; !take(r, '"'); i++) {
		int c = take_character(r);

		if (c < 0)
			return false;
		same = same && i < length && c == name[i];
	}
	*ret_same = same && i == length;
	return true;
}

// The name of a member, and whether the path leads through it.
static bool take_name(struct reader *r)
{
	size_t length;
	const char *name =
		r->on_path == r->depth ? path_name(r->path, r->depth - 1, &length) : NULL;
	bool same;

	skip_blanks(r);
	if (!take_string(r, name, name ? length : 0, &same))
		return false;
	if (same && r->seen & 1)
		r->answer = JSON_READ_TWICE;
	r->wanted = same && !(r->seen & 1);
	r->seen |= same;
	skip_blanks(r);
	return take(r, ':');
}

// Ends a value that has no more in it.
static bool close_bracket(struct reader *r)
{
	if (!r->depth || !take(r, r->is_object & 1 ? '}' : ']'))
		return false;
	if (r->on_path == r->depth)
		r->on_path--;
	r->depth--;
	r->is_object >>= 1;
	r->seen >>= 1;
	return true;
}

// Opens a bracket and goes to the first value in it, or behind it when it is empty.
static bool open_bracket(struct reader *r, bool *ret_empty)
{
	bool is_object = r->data[r->at++] == '{';

	if (r->depth == JSON_READ_DEPTH_MAX) {
		r->too_deep = true;
		return false;
	}
	r->depth++;
	r->is_object = r->is_object << 1 | is_object;
	r->seen <<= 1;
	if (is_object && r->wanted)
		r->on_path++;
	r->wanted = false;
	skip_blanks(r);
	*ret_empty = close_bracket(r);
	return *ret_empty || !is_object || take_name(r);
}

// Goes from a value to the next one; false at the end of the document, or where it is wrong.
static bool next_value(struct reader *r)
{
	for (skip_blanks(r); close_bracket(r); skip_blanks(r))
		;
	if (!r->depth || !take(r, ','))
		return false;
	return !(r->is_object & 1) || take_name(r);
}

static bool take_scalar(struct reader *r)
{
	bool same;

	switch (peek(r)) {
	case '"': return take_string(r, NULL, 0, &same);
	case 't': return take_word(r, "true");
	case 'f': return take_word(r, "false");
	case 'n': return take_word(r, "null");
	default: return take_number(r);
	}
}

// What the end of the path leads to.
static void note_answer(struct reader *r)
{
	size_t length;
	int c = peek(r);

	if (!r->wanted || path_name(r->path, r->depth, &length))
		return;
	r->is_true = c == 't';
	r->answer = c == 't' || c == 'f' ? JSON_READ_FOUND : JSON_READ_NOT_BOOLEAN;
}

static bool take_document(struct reader *r)
{
	for (;;) {
		bool is_empty;

		skip_blanks(r);
		note_answer(r);
		if (peek(r) == '{' || peek(r) == '[') {
			if (!open_bracket(r, &is_empty))
				return false;
			if (!is_empty)
				continue;
		} else if (!take_scalar(r)) {
			return false;
		}
		if (!next_value(r))
			return !r->depth && r->at == r->size;
	}
}

enum json_read json_read_bool(const uint8_t *data, size_t size, const char *path, bool *ret)
{
	struct reader r = {
		.data = data,
		.size = size,
		.path = path,
		.wanted = true,
		.answer = JSON_READ_ABSENT,
	};

	if (size > JSON_READ_SIZE_MAX)
		return JSON_READ_TOO_LONG;
	if (!take_document(&r))
		return r.too_deep ? JSON_READ_TOO_DEEP : JSON_READ_NOT_JSON;
	if (r.answer == JSON_READ_FOUND)
		*ret = r.is_true;
	return r.answer;
}
