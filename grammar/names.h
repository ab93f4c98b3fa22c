/* SPDX-License-Identifier: Apache-2.0
 *
 * What is named where: an index that a compilation fills when it is asked to, for editors. Whatever
 * looks a name up says so with name_used (resolve.h), and so every construct that finds its names
 * with the functions of resolve_names.c can be navigated; without an index that costs one test.
 *
 *     struct names names = {0};
 *     struct compile_env env = {.zone_bytes = …, .names = &names};
 *     compile(sources, n, &env, &diags, &rb);            // also when the policy has errors
 *     const struct name_use *u = names_at(&names, source, off);
 *     if (u) go_to(u->decl), show(names_decl(&names, u->decl));
 *     names_release(&names);
 *
 * The index keeps the trees of the files, and the texts that they point into, as long as it lives.
 */
#ifndef WAYMARK_GRAMMAR_NAMES_H
#define WAYMARK_GRAMMAR_NAMES_H

#include "engine/base/vec.h"
#include "grammar/ast.h"

/* A word of the policy, and the word that declares what it names (itself where it declares). */
struct name_use {
	struct span at, decl;
};

/* What a declaring word declares. */
enum name_role {
	NAME_DECL,    /* decl */
	NAME_SLOT,    /* a fact or a field: slot, of decl */
	NAME_SECTION, /* a step: section, of decl */
	NAME_CHOICE,  /* one of the words of slot's type, of decl */
	NAME_COLUMN,  /* what a table gives, in decl */
	NAME_LINE,    /* what `assess … as LINE` names first, in decl */
	NAME_GIVEN,   /* a case of the scenario decl */
};

struct name_decl {
	struct span name;
	enum name_role role;
	const struct ast_decl *decl;
	const struct ast_decl *in; /* the program or county that decl belongs to, or NULL */
	const struct ast_slot *slot;
	const struct ast_section *section;
	const struct ast_given *given;
};

/* A question about a place: which names and words of the language can stand there (complete.h).
 * The word ASKED_WORD stands there in the text; no policy has a name like that. */
#define ASKED_WORD STR("what_can_stand_here")

struct asked {
	uint32_t source;
	VEC(struct str) names; /* what the look-up of the word there would have found */
	VEC(int) tokens;       /* the words of the language that can stand there */
	bool money;            /* the name asked about is to be of money */
};

struct names {
	struct rulebook *rb;       /* holds the texts; sealed only if the policy has no error */
	struct arena arena;        /* holds the trees */
	struct ast_file *files;    /* in order of the sources; NULL when there were too many */
	VEC(struct name_use) uses; /* in order of place, each once */
	VEC(struct name_decl) decls;
	struct asked *asked; /* or NULL */
};

void names_release(struct names *n);

/* The use whose word holds the place, its end included; NULL when there is none. */
const struct name_use *names_at(const struct names *n, uint32_t source, uint32_t off);
/* What the word at `name` declares; NULL when it declares nothing. */
const struct name_decl *names_decl(const struct names *n, struct span name);
/* Where in the sources a text stands that points into them; len 0: it does not. */
struct span names_place(const struct rulebook *rb, struct str s);
/* "stipend", "amount", "kind of case", "fact": what somebody calls it. */
const char *names_sort(const struct name_decl *d);

/* ---- for the compiler ---- */

void names_use(struct names *n, const struct rulebook *rb, const struct ast_word *w,
	       struct str declared);
/* Takes the trees over, gathers what they declare and puts everything in order. */
void names_finish(struct names *n, struct rulebook *rb, struct arena *arena,
		  struct ast_file *files);

#endif
