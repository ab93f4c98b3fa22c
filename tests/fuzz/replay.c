/* SPDX-License-Identifier: Apache-2.0
 *
 * A main for fuzz targets built without libFuzzer: gives them every file of the folders named, in
 * order of name, and fails when there was none. A target that breaks ends the process.
 */
#include "engine/base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	buf_clear(b);
	for (size_t n = 1; n;) {
		buf_reserve(b, 65536);
		n = fread(b->p + b->len, 1, 65536, f);
		b->len += n;
	}
	bool fine = !ferror(f);
	fclose(f);
	return fine;
}

/* An exact copy on the heap, so that a sanitizer sees a read past its end. */
static void replay(const struct buf *b)
{
	uint8_t *copy = malloc(b->len ? b->len : 1);
	if (!copy)
		abort();
	if (b->len)
		memcpy(copy, b->p, b->len);
	LLVMFuzzerTestOneInput(copy, b->len);
	free(copy);
}

/* Returns how many files were replayed, -1 when something could not be read. */
static int replay_folder(const char *folder)
{
	struct dirent **names;
	struct buf path = {0}, content = {0};
	int replayed = 0, n = scandir(folder, &names, NULL, alphasort);
	if (n < 0) {
		fprintf(stderr, "replay: cannot read the folder %s\n", folder);
		return -1;
	}
	for (int i = 0; i < n; i++) {
		buf_clear(&path);
		buf_fmt(&path, "%s/%s%c", folder, names[i]->d_name, 0);
		bool hidden = names[i]->d_name[0] == '.';
		free(names[i]);
		if (hidden || replayed < 0)
			continue;
		if (!read_file(path.p, &content)) {
			fprintf(stderr, "replay: cannot read %s\n", path.p);
			replayed = -1;
			continue;
		}
		replay(&content);
		replayed++;
	}
	free(names);
	buf_release(&path);
	buf_release(&content);
	return replayed;
}

int main(int argc, char **argv)
{
	int total = 0;
	for (int i = 1; i < argc; i++) {
		int n = replay_folder(argv[i]);
		if (n < 0)
			return 1;
		total += n;
	}
	printf("%s: %d files replayed\n",
	       strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0], total);
	return total ? 0 : 1;
}
