/* SPDX-License-Identifier: Apache-2.0
 *
 * The token file: read whole, written whole. A wrong line refuses the file, rather than leave out a
 * token that somebody believes to be revoked.
 */
#include "daemon/ledger/tokens.h"

#include "daemon/ledger/file.h"
#include "engine/base/limits.h"
#include "engine/base/mem.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES   (16u << 20)
#define SECRET_BYTES 32
#define COLUMNS      7

static const char HEAD[] =
    "# Waymark tokens: name role counties sha256 created expires revoked, what it is bound to\n";

/* ---- words ---- */

struct str *token_counties(const struct token *k, struct arena *a)
{
	struct str *out = arena_array(a, k->n, sizeof(*out));
	for (size_t i = 0; i < k->n; i++)
		out[i] = arena_str(a, k->counties[i]);
	return out;
}

struct str role_name(enum role role)
{
	static const struct str names[] = {
#define X(constant, name) STR_INIT(name),
	    ROLES(X)
#undef X
	};
	return names[role];
}

bool role_read(struct str s, enum role *role)
{
	for (enum role i = ROLE_SUBMIT; i <= ROLE_ADMIN; i++) {
		if (!str_eq(role_name(i), s))
			continue;
		*role = i;
		return true;
	}
	return false;
}

static bool is_word_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '.';
}

/* A name of a token or county: no space, no comma, nothing to escape; and not "-", which stands
 * for nothing. */
static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_word_char(s.p[i]))
			return false;
	return s.len > 0 && s.len <= LIMIT_NAME_BYTES && !str_eq(s, STR("-"));
}

/* Cuts off what comes before the separator. */
static struct str cut(struct str *rest, char separator)
{
	const char *at = rest->len ? memchr(rest->p, separator, rest->len) : NULL;
	struct str part = {rest->p, at ? (size_t)(at - rest->p) : rest->len};
	size_t used = part.len + (at ? 1 : 0);
	rest->p += used;
	rest->len -= used;
	return part;
}

/* ---- reading ---- */

static bool read_counties(struct tokens *t, struct str s, struct token *k)
{
	if (str_eq(s, STR("*")))
		return true;
	k->counties = arena_array(&t->arena, s.len + 1, sizeof(*k->counties));
	while (s.len) {
		struct str county = cut(&s, ',');
		if (!is_word(county))
			return false;
		k->counties[k->n++] = county;
	}
	return k->n > 0;
}

static bool read_hex(struct str s, const char *ignore, struct hash256 *out)
{
	size_t n = 0;
	const char *end = NULL;
	return sodium_hex2bin(out->b, sizeof(out->b), s.p, s.len, ignore, &n, &end) == 0 &&
	       n == sizeof(out->b) && end == s.p + s.len;
}

static bool read_hash(struct str s, struct hash256 *out)
{
	return s.len == 2 * sizeof(out->b) && read_hex(s, NULL, out);
}

bool token_certificate_read(struct str s, struct hash256 *out)
{
	return read_hex(s, ":", out);
}

bool token_prefix_read(struct str s, struct str *out)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	*out = s;
	return s.len > 0 && s.len <= LIMIT_ID_BYTES;
}

static bool read_time(struct str s, int64_t *out)
{
	if (!str_eq(s, STR("-")))
		return time_read(s, out) == STATUS_OK;
	*out = TIME_NEVER;
	return true;
}

static struct token *find_name(const struct tokens *t, struct str name)
{
	for (size_t i = 0; i < t->n; i++)
		if (str_eq(t->at[i].name, name))
			return &t->at[i];
	return NULL;
}

static struct token *add(struct tokens *t, const struct token *k)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->at = mem_grow(t->at, t->cap, sizeof(*t->at));
	}
	t->at[t->n] = *k;
	return &t->at[t->n++];
}

static bool read_count(struct str s, uint32_t *out)
{
	uint32_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || n > RATE_MOST)
			return false;
		n = n * 10 + (uint32_t)(s.p[i] - '0');
	}
	*out = n;
	return n > 0 && n <= RATE_MOST;
}

bool rate_read(struct str s, struct rate *out)
{
	struct rate r;
	struct str per_s = cut(&s, '/');
	bool has_burst = s.p > per_s.p + per_s.len;
	if (!read_count(per_s, &r.per_s) || (has_burst && !read_count(s, &r.burst)))
		return false;
	if (!has_burst)
		r.burst = r.per_s > RATE_MOST / 2 ? RATE_MOST : 2 * r.per_s;
	*out = r;
	return true;
}

static bool cut_start(struct str *s, struct str start)
{
	if (!str_starts(*s, start))
		return false;
	*s = (struct str){s->p + start.len, s->len - start.len};
	return true;
}

/* One of the things that a token is bound to. */
static bool read_bound(struct str s, struct token *k)
{
	if (cut_start(&s, STR("subject=")))
		return token_prefix_read(s, &k->subject);
	if (cut_start(&s, STR("source=")))
		return token_prefix_read(s, &k->source);
	if (cut_start(&s, STR("certificate=")))
		return k->has_certificate = read_hash(s, &k->certificate);
	return rate_read(s, &k->rate);
}

/* What is wrong with a line, or NULL. */
static const char *read_line(struct tokens *t, struct str line)
{
	struct token k = {0};
	struct str column[COLUMNS];
	for (int i = 0; i < COLUMNS; i++)
		column[i] = cut(&line, ' ');
	if (!column[COLUMNS - 1].len)
		return "seven columns were expected, and what the token is bound to";
	k.name = column[0];
	if (!is_word(k.name))
		return "the name is not one";
	if (find_name(t, k.name))
		return "the name stands twice";
	if (!role_read(column[1], &k.role))
		return "there is no such role";
	if (!read_counties(t, column[2], &k))
		return "the counties are not * or names with commas between";
	if (!read_hash(column[3], &k.hash))
		return "the hash does not have 64 hexadecimal digits";
	if (!read_time(column[4], &k.created) || !read_time(column[5], &k.expires) ||
	    !read_time(column[6], &k.revoked))
		return "a time is not one";
	while (line.len)
		if (!read_bound(cut(&line, ' '), &k))
			return "what the token is bound to is not a rate, subject, source or "
			       "certificate";
	add(t, &k);
	return NULL;
}

static enum status read_lines(struct tokens *t, struct str text, const char *path, struct buf *why)
{
	for (unsigned n = 1; text.len; n++) {
		struct str line = cut(&text, '\n');
		const char *wrong = NULL;
		if (line.len && line.p[0] != '#')
			wrong = read_line(t, line);
		if (!wrong)
			continue;
		buf_fmt(why, "%s, line %u: %s", path, n, wrong);
		return STATUS_INVALID;
	}
	return STATUS_OK;
}

/* The whole file into the arena; an absent one is empty. */
static enum status read_file(struct arena *a, const char *path, struct str *out, struct buf *why)
{
	*out = STR("");
	FILE *f = fopen(path, "re");
	if (!f) {
		if (access(path, F_OK))
			return STATUS_OK;
		buf_fmt(why, "cannot read %s: %m", path);
		return STATUS_IO;
	}
	struct buf text = {0};
	char piece[4096];
	size_t n;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0 && text.len <= FILE_BYTES)
		buf_bytes(&text, piece, n);
	enum status status = STATUS_OK;
	if (ferror(f) || text.len > FILE_BYTES) {
		buf_fmt(why, "cannot read %s: %s", path,
			ferror(f) ? "the disk fails" : "it is too large");
		status = STATUS_IO;
	} else {
		*out = arena_str(a, buf_view(&text));
	}
	buf_release(&text);
	fclose(f);
	return status;
}

static void path_of(struct buf *b, const char *ledger, const char *suffix)
{
	buf_fmt(b, "%s%s", ledger, suffix);
	buf_char(b, '\0');
}

enum status tokens_load(struct tokens *t, const char *path, struct buf *why)
{
	struct buf file = {0};
	struct str text;
	tokens_release(t);
	path_of(&file, path, ".tokens");
	enum status status = read_file(&t->arena, file.p, &text, why);
	if (!status)
		status = read_lines(t, text, file.p, why);
	if (status)
		tokens_release(t);
	buf_release(&file);
	return status;
}

void tokens_release(struct tokens *t)
{
	mem_free(t->at);
	arena_release(&t->arena);
	*t = (struct tokens){0};
}

/* ---- using ---- */

void tokens_carry(struct tokens *fresh, const struct tokens *old)
{
	for (size_t i = 0; i < fresh->n; i++) {
		const struct token *before = find_name(old, fresh->at[i].name);
		if (before)
			fresh->at[i].bucket = before->bucket;
	}
}

struct token *tokens_find(const struct tokens *t, struct str bearer, int64_t now_us)
{
	struct token *found = NULL;
	struct hash256 hash = hash_sha256(bearer.p, bearer.len);
	for (size_t i = 0; i < t->n; i++)
		if (sodium_memcmp(t->at[i].hash.b, hash.b, sizeof(hash.b)) == 0)
			found = &t->at[i];
	if (!found || now_us >= found->expires || now_us >= found->revoked)
		return NULL;
	return found;
}

bool token_sees(const struct token *k, struct str county)
{
	for (size_t i = 0; i < k->n; i++)
		if (str_eq(k->counties[i], county))
			return true;
	return k->n == 0;
}

bool token_names(const struct token *k, struct str subject, struct str source)
{
	return str_starts(subject, k->subject) && str_starts(source, k->source);
}

/* ---- changing ---- */

static void write_time(struct buf *b, int64_t us)
{
	buf_char(b, ' ');
	if (us == TIME_NEVER)
		buf_char(b, '-');
	else
		time_text(b, zone_utc(), us);
}

static void write_token(struct buf *b, const struct token *k)
{
	char hex[2 * sizeof(k->hash.b)];
	hash_hex(k->hash.b, sizeof(k->hash.b), hex);
	buf_str(b, k->name);
	buf_char(b, ' ');
	buf_str(b, role_name(k->role));
	buf_char(b, ' ');
	for (size_t i = 0; i < k->n; i++) {
		buf_c(b, i ? "," : "");
		buf_str(b, k->counties[i]);
	}
	buf_c(b, k->n ? " " : "* ");
	buf_bytes(b, hex, sizeof(hex));
	write_time(b, k->created);
	write_time(b, k->expires);
	write_time(b, k->revoked);
	if (k->rate.per_s)
		buf_fmt(b, " %u/%u", k->rate.per_s, k->rate.burst);
	if (k->subject.len)
		buf_fmt(b, " subject=" STR_FMT, STR_ARG(k->subject));
	if (k->source.len)
		buf_fmt(b, " source=" STR_FMT, STR_ARG(k->source));
	if (k->has_certificate) {
		hash_hex(k->certificate.b, sizeof(k->certificate.b), hex);
		buf_c(b, " certificate=");
		buf_bytes(b, hex, sizeof(hex));
	}
	buf_char(b, '\n');
}

static enum status store(const struct tokens *t, const char *path, struct buf *why)
{
	struct buf text = {0}, file = {0}, fresh = {0};
	buf_c(&text, HEAD);
	for (size_t i = 0; i < t->n; i++)
		write_token(&text, &t->at[i]);
	path_of(&file, path, ".tokens");
	path_of(&fresh, path, ".tokens.new");
	enum status status = file_replace(file.p, fresh.p, 0600, buf_view(&text), why);
	buf_release(&text);
	buf_release(&file);
	buf_release(&fresh);
	return status;
}

/* Changes are made one at a time: waits for another that is under way. -1: cannot. */
static int lock_changes(const char *path, struct buf *why)
{
	struct buf file = {0};
	path_of(&file, path, ".tokens.lock");
	int fd = open(file.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		buf_fmt(why, "cannot lock %s: %m", file.p);
		if (fd >= 0)
			close(fd);
		fd = -1;
	}
	buf_release(&file);
	return fd;
}

static void make_secret(struct buf *out, struct hash256 *hash)
{
	unsigned char bytes[SECRET_BYTES];
	char text[64];
	size_t start = out->len;
	randombytes_buf(bytes, sizeof(bytes));
	sodium_bin2base64(text, sizeof(text), bytes, sizeof(bytes),
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	buf_c(out, "wm_");
	buf_c(out, text);
	*hash = hash_sha256(out->p + start, out->len - start);
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
}

static enum status check_new(const struct tokens *t, const struct token *k, struct buf *why)
{
	if (!is_word(k->name)) {
		buf_fmt(why,
			"\"" STR_FMT "\" is not a name for a token: letters, digits, '_', '-' "
			"and '.', at most %u",
			STR_ARG(k->name), LIMIT_NAME_BYTES);
		return STATUS_INVALID;
	}
	for (size_t i = 0; i < k->n; i++) {
		if (is_word(k->counties[i]))
			continue;
		buf_fmt(why, "\"" STR_FMT "\" is not the name of a county",
			STR_ARG(k->counties[i]));
		return STATUS_INVALID;
	}
	if (find_name(t, k->name)) {
		buf_fmt(why, "there is a token called " STR_FMT " already", STR_ARG(k->name));
		return STATUS_CONFLICT;
	}
	return STATUS_OK;
}

static enum status add_locked(const char *path, struct token *k, struct buf *secret,
			      struct buf *why)
{
	struct tokens t = {0};
	size_t start = secret->len;
	enum status status = tokens_load(&t, path, why);
	if (!status)
		status = check_new(&t, k, why);
	if (!status) {
		make_secret(secret, &k->hash);
		add(&t, k);
		status = store(&t, path, why);
		if (status)
			secret->len = start;
	}
	tokens_release(&t);
	return status;
}

enum status token_add(const char *path, const struct token *wanted, struct buf *secret,
		      struct buf *why)
{
	if (sodium_init() < 0) {
		buf_c(why, "libsodium finds no source of randomness");
		return STATUS_IO;
	}
	int lock = lock_changes(path, why);
	if (lock < 0)
		return STATUS_IO;
	struct token k = *wanted;
	k.revoked = TIME_NEVER;
	enum status status = add_locked(path, &k, secret, why);
	close(lock);
	return status;
}

static enum status revoke_locked(const char *path, struct str name, int64_t now_us, struct buf *why)
{
	struct tokens t = {0};
	enum status status = tokens_load(&t, path, why);
	struct token *k = status ? NULL : find_name(&t, name);
	if (!status && !k) {
		buf_fmt(why, "there is no token called " STR_FMT, STR_ARG(name));
		status = STATUS_NOT_FOUND;
	}
	if (k && k->revoked == TIME_NEVER) {
		k->revoked = now_us;
		status = store(&t, path, why);
	}
	tokens_release(&t);
	return status;
}

enum status token_revoke(const char *path, struct str name, int64_t now_us, struct buf *why)
{
	int lock = lock_changes(path, why);
	if (lock < 0)
		return STATUS_IO;
	enum status status = revoke_locked(path, name, now_us, why);
	close(lock);
	return status;
}
