/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule graph as Graphviz dot: events on the left, the parts that they touch inside of their
 * blocks and programs, what a part enters, starts or names on the right.
 */
#include "engine/policy/graph.h"

#include "engine/base/mem.h"
#include "engine/policy/reads.h"

struct picture {
	struct buf *b;
	const struct rulebook *rb;
	const struct graph_block *blocks;
	size_t n;
	bool *events; /* shown */
};

/* dot's strings end lines with \n and know no other control characters. */
static void quoted(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			buf_char(b, '\\');
		buf_char(b, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
	}
}

/* Source text on one line, runs of white space made one. */
static void on_one_line(struct buf *b, struct str s)
{
	bool space = false;
	for (size_t i = 0; i < s.len; i++) {
		bool white = (unsigned char)s.p[i] <= 0x20;
		if (!white && space)
			buf_char(b, ' ');
		if (!white)
			quoted(b, (struct str){s.p + i, 1});
		space = white;
	}
}

static void part_node(struct picture *p, uint32_t i)
{
	const struct part *part = &p->rb->parts[i];
	struct buf *b = p->b;
	buf_fmt(b, "      p%u [label=\"", i);
	if (part->label.len) {
		quoted(b, part->label);
		buf_c(b, "\\n");
	}
	if (part->when.n && part->role != PART_PROMISE) {
		buf_c(b, "when ");
		on_one_line(b, rulebook_text(p->rb, part->when.span));
		buf_c(b, "\\n");
	}
	if (part->role == PART_PROMISE)
		on_one_line(b, rulebook_text(p->rb, part->span));
	for (uint16_t k = 0; k < part->nactions; k++) {
		on_one_line(b, rulebook_text(p->rb, part->actions[k].span));
		buf_c(b, "\\n");
	}
	buf_c(b, "\"");
	buf_c(b, part->role == PART_OVERDUE ? ", style=dashed" : "");
	buf_c(b, "];\n");
}

/* A table as it is written, row by row. */
static void table_node(struct picture *p, uint32_t block)
{
	const struct table *t = &p->rb->tables[p->rb->blocks[block].detail];
	struct buf *b = p->b;
	buf_fmt(b, "      b%u [label=\"", block);
	for (uint16_t i = 0; i < t->ninputs + t->noutputs; i++) {
		bool given = i >= t->ninputs;
		buf_c(b, i ? " | " : "| ");
		buf_c(b, given ? "-> " : "");
		on_one_line(b, given ? t->outputs[i - t->ninputs].name : t->inputs[i].name);
	}
	buf_c(b, " |\\l");
	for (uint16_t i = 0; i < t->nrows; i++) {
		on_one_line(b, rulebook_text(p->rb, t->rows[i].span));
		buf_c(b, "\\l");
	}
	buf_c(b, "\", shape=note, fontname=\"monospace\"];\n");
}

static void block_cluster(struct picture *p, const struct graph_block *g)
{
	const struct block *k = &p->rb->blocks[g->block];
	struct buf *b = p->b;
	buf_fmt(b, "    subgraph cluster_b%u {\n      label=\"", g->block);
	quoted(b, block_kind_name(k->kind));
	buf_char(b, ' ');
	quoted(b, k->name);
	if (k->county != NONE) {
		buf_c(b, " (");
		quoted(b, p->rb->counties[k->county].name);
		buf_char(b, ')');
	}
	buf_c(b, "\";\n");
	for (uint32_t i = 0; i < k->nparts; i++)
		part_node(p, k->first_part + i);
	if (k->kind == BLOCK_TABLE) {
		table_node(p, g->block);
	} else if (!k->nparts) {
		buf_fmt(b, "      b%u [label=\"", g->block);
		on_one_line(b, rulebook_text(p->rb, k->span));
		buf_c(b, "\", shape=octagon];\n");
	}
	buf_c(b, "    }\n");
}

static void program_cluster(struct picture *p, size_t from, size_t to)
{
	uint16_t program = p->rb->blocks[p->blocks[from].block].program;
	struct buf *b = p->b;
	buf_fmt(b, "  subgraph cluster_%u {\n    label=\"", program);
	struct str title = p->rb->programs[program].title;
	quoted(b, title.len ? title : p->rb->programs[program].name);
	buf_c(b, "\";\n");
	for (size_t i = from; i < to; i++)
		block_cluster(p, &p->blocks[i]);
	buf_c(b, "  }\n");
}

static void edge_steps(struct picture *p, const struct block *k, uint32_t i)
{
	const struct part *part = &p->rb->parts[i];
	if (part->role != PART_STEP && part->role != PART_OVERDUE)
		return;
	for (uint32_t j = k->first_part; j < k->first_part + k->nparts; j++) {
		const struct part *before = &p->rb->parts[j];
		bool enters = before->role == PART_STEP || before->role == PART_OVERDUE;
		if (enters && (part->after >> before->step & 1))
			buf_fmt(p->b, "  p%u -> p%u [style=bold];\n", j, i);
	}
}

static void edge_starts(struct picture *p, uint32_t i)
{
	const struct part *part = &p->rb->parts[i];
	for (uint16_t a = 0; a < part->nactions; a++) {
		const struct action *act = &part->actions[a];
		if (act->kind != ACTION_START && act->kind != ACTION_STOP)
			continue;
		uint16_t target = p->rb->schedules[act->schedule].block;
		if (target == part->block || !p->rb->blocks[target].nparts)
			continue;
		buf_fmt(p->b, "  p%u -> p%u [label=\"%s\"];\n", i, p->rb->blocks[target].first_part,
			act->kind == ACTION_START ? "start" : "stop");
	}
}

static void node_name(struct picture *p, uint32_t block)
{
	const struct block *k = &p->rb->blocks[block];
	buf_fmt(p->b, "%c%u", k->nparts ? 'p' : 'b', k->nparts ? k->first_part : block);
}

/* From the block to what stands in the picture for each that it overrides: the program's own or a
 * county's replacement. */
static void edge_overrides(struct picture *p, uint32_t block)
{
	const struct precedence *over = graph_overrides(p->rb, block);
	for (size_t g = 0; over && g < p->n; g++)
		for (uint16_t i = 0; i < over->nover; i++) {
			if (p->rb->blocks[p->blocks[g].block].first != over->over[i])
				continue;
			buf_c(p->b, "  ");
			node_name(p, block);
			buf_c(p->b, " -> ");
			node_name(p, p->blocks[g].block);
			buf_c(p->b, " [style=dotted, label=\"overrides\"];\n");
		}
}

/* From whatever else enters a stage to the parts by which it is entered otherwise. */
static void edge_enters(struct picture *p, uint32_t i)
{
	const struct part *part = &p->rb->parts[i];
	const struct action *a;
	for (uint16_t n = 0; (a = part_action(part, n)); n++) {
		if (a->kind != ACTION_ENTER || a->escalation == part->escalation)
			continue;
		const struct block *k = &p->rb->blocks[p->rb->escalations[a->escalation].block];
		for (uint32_t j = k->first_part; j < k->first_part + k->nparts; j++)
			if (p->rb->parts[j].step == a->step)
				buf_fmt(p->b, "  p%u -> p%u [label=\"enter\"];\n", i, j);
	}
}

struct lookups {
	struct picture *p;
	uint32_t part;
	uint16_t last; /* drawn: several columns of a table are often read in turn */
};

/* From a table to what looks it up; a county's replacement stands in its place. */
static void edge_lookup(void *arg, const struct code *c)
{
	struct lookups *l = arg;
	const struct rulebook *rb = l->p->rb;
	for (uint32_t i = 0; i < c->n; i++) {
		if (c->at[i].op != OP_TABLE || c->at[i].a == l->last)
			continue;
		l->last = c->at[i].a;
		for (size_t g = 0; g < l->p->n; g++) {
			const struct block *k = &rb->blocks[l->p->blocks[g].block];
			if (k->kind == BLOCK_TABLE && rb->tables[k->detail].first == l->last)
				buf_fmt(l->p->b, "  b%u -> p%u [style=dotted];\n",
					l->p->blocks[g].block, l->part);
		}
	}
}

static void edges(struct picture *p)
{
	for (size_t g = 0; g < p->n; g++) {
		const struct block *k = &p->rb->blocks[p->blocks[g].block];
		edge_overrides(p, p->blocks[g].block);
		for (uint32_t i = k->first_part; i < k->first_part + k->nparts; i++) {
			const struct part *part = &p->rb->parts[i];
			p->events[part->event] = true;
			buf_fmt(p->b, "  e%u -> p%u%s;\n", part->event, i,
				part->role == PART_OVERDUE ? " [style=dashed, label=\"missing\"]"
							   : "");
			edge_steps(p, k, i);
			edge_starts(p, i);
			edge_enters(p, i);
			part_reads(p->rb, part,
				   &(struct part_reader){edge_lookup, NULL,
							 &(struct lookups){p, i, NONE}});
		}
	}
}

void graph_dot(struct buf *b, const struct rulebook *rb, const struct graph_view *v)
{
	struct picture p = {.b = b, .rb = rb};
	struct graph_block *blocks = graph_blocks(rb, v, &p.n);
	p.blocks = blocks;
	p.events = mem_alloc(rb->nevents + 1u);
	buf_c(b, "digraph policy {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  node [shape=box, "
		 "fontname=\"sans-serif\"];\n");
	for (size_t i = 0, to; i < p.n; i = to) {
		for (to = i + 1; to < p.n && rb->blocks[blocks[to].block].program ==
						 rb->blocks[blocks[i].block].program;)
			to++;
		program_cluster(&p, i, to);
	}
	edges(&p);
	for (uint16_t e = 0; e < rb->nevents; e++) {
		if (!p.events[e])
			continue;
		buf_fmt(b, "  e%u [label=\"", e);
		quoted(b, rb->events[e].name);
		buf_c(b, "\", shape=ellipse];\n");
	}
	buf_c(b, "}\n");
	mem_free(p.events);
	mem_free(blocks);
}
