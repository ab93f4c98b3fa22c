/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares what the parser makes of each policy in a folder with what is expected beside it:
 * NAME.way with errors has NAME.diag, one without has NAME.ast and NAME.fmt.
 *
 *     syntax_goldens FOLDER           compare; fails on a difference, or when there is no case
 *     syntax_goldens --write FOLDER   write the expected files anew
 */
#include "grammar/ast_dump.h"
#include "grammar/diagnostics.h"
#include "grammar/format.h"
#include "grammar/parse.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct runner {
	const char *folder;
	bool write;
	unsigned cases, failures;
};

static bool read_file(const char *path, struct buf *out)
{
	char block[4096];
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	for (size_t n; (n = fread(block, 1, sizeof(block), f)) > 0;)
		buf_bytes(out, block, n);
	fclose(f);
	return true;
}

static void path_of(struct buf *path, const struct runner *r, struct str name, const char *suffix)
{
	buf_clear(path);
	buf_fmt(path, "%s/" STR_FMT "%s%c", r->folder, STR_ARG(name), suffix, 0);
}

static void write_file(struct runner *r, const char *path, struct str want)
{
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(want.p, 1, want.len, f) != want.len || fclose(f) != 0) {
		fprintf(stderr, "cannot write %s\n", path);
		r->failures++;
	}
}

/* An expected file that should not be there counts as a difference too. */
static void settle(struct runner *r, struct str name, const char *suffix, const struct buf *got)
{
	struct buf path = {0}, want = {0};
	path_of(&path, r, name, suffix);
	bool there = read_file(path.p, &want);
	if (r->write && got)
		write_file(r, path.p, buf_view(got));
	else if (r->write && there)
		unlink(path.p);
	else if (!r->write &&
		 (there != (got != NULL) || (got && !str_eq(buf_view(got), buf_view(&want))))) {
		fprintf(stderr, "%s differs; got\n" STR_FMT, path.p, got ? (int)got->len : 0,
			got ? got->p : "");
		r->failures++;
	}
	buf_release(&path);
	buf_release(&want);
}

static void run_case(struct runner *r, struct str name)
{
	struct buf path = {0}, text = {0}, diag = {0}, tree = {0}, layout = {0};
	struct arena arena = {0};
	struct diag_list diags;
	path_of(&path, r, name, ".way");
	if (!read_file(path.p, &text))
		r->failures++;
	struct source source = {str_from(strrchr(path.p, '/') + 1), buf_view(&text)};
	diag_init(&diags, &arena);
	const struct ast_file *file = parse(&arena, &source, 0, &diags);
	diag_sort(&diags);
	diagnostics_text(&diag, &diags, &source, 1, STR(""), false);
	ast_dump(&tree, file);
	if (!diags.n)
		format(file, buf_view(&text), &layout);
	settle(r, name, ".diag", diags.n ? &diag : NULL);
	settle(r, name, ".ast", diags.n ? NULL : &tree);
	settle(r, name, ".fmt", diags.n ? NULL : &layout);
	r->cases++;
	diag_release(&diags);
	arena_release(&arena);
	struct buf *all[] = {&path, &text, &diag, &tree, &layout};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_release(all[i]);
}

static int run_folder(struct runner *r)
{
	struct dirent **names;
	int n = scandir(r->folder, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		struct str name = str_from(names[i]->d_name);
		if (name.len > 4 && strcmp(name.p + name.len - 4, ".way") == 0) {
			name.len -= 4;
			run_case(r, name);
		}
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	printf("%s: %u cases, %u differences\n", r->folder, r->cases, r->failures);
	return r->cases && !r->failures ? 0 : 1;
}

int main(int argc, char **argv)
{
	struct runner r = {.write = argc > 2 && strcmp(argv[1], "--write") == 0};
	if (argc != 2 + r.write) {
		fprintf(stderr, "usage: syntax_goldens [--write] FOLDER\n");
		return 2;
	}
	r.folder = argv[1 + r.write];
	return run_folder(&r);
}
