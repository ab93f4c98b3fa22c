/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/commands/explain_out.h"

#include "daemon/commands/cli.h"
#include "engine/page/html.h"

/* Documents of their own stand apart. */
static void put_prose(struct explain_out *o, const struct prose *p)
{
	if (o->html) {
		prose_html(&o->page, p);
		return;
	}
	if (o->out.len)
		buf_str(&o->out, STR("\n"));
	audience_text(&o->out, o->who, p);
}

static void put_json(struct explain_out *o, const struct account *a, const struct prose *p)
{
	if (o->who == FOR_AUDITOR) {
		explain_json(&o->out, a);
	} else {
		buf_fmt(&o->out,
			"{\"for\":\"" STR_FMT "\",\"event\":", STR_ARG(audience_name(o->who)));
		buf_json(&o->out, a->decision->event.id);
		buf_str(&o->out, STR(",\"case\":"));
		buf_json(&o->out, a->decision->event.subject);
		buf_str(&o->out, STR(",\"pieces\":"));
		prose_json(&o->out, p);
		buf_char(&o->out, '}');
	}
	buf_char(&o->out, '\n');
}

void explain_out_decision(struct explain_out *o, const struct account *a)
{
	struct prose p = {0};
	if (audience_prose(&p, o->who, a, o->places)) {
		o->told++;
		if (o->json)
			put_json(o, a, &p);
		else
			put_prose(o, &p);
	} else {
		o->passed_over++;
	}
	prose_release(&p);
}

void explain_out_next(struct explain_out *o, const struct next *n)
{
	struct prose p = {0};
	next_prose(&p, n);
	if (!o->json) {
		put_prose(o, &p);
	} else if (n->who == FOR_AUDITOR) {
		buf_str(&o->out, STR("{\"next\":"));
		next_json(&o->out, n);
		buf_str(&o->out, STR("}\n"));
	} else {
		buf_fmt(&o->out,
			"{\"for\":\"" STR_FMT "\",\"next\":", STR_ARG(audience_name(n->who)));
		prose_json(&o->out, &p);
		buf_str(&o->out, STR("}\n"));
	}
	prose_release(&p);
}

void explain_out_text(struct explain_out *o, struct str text)
{
	buf_str(&o->out, text);
}

static struct str page_title(enum audience who)
{
	switch (who) {
	case FOR_AUDITOR:
		return STR("Why it was decided so");
	case FOR_WORKER:
		return STR("What was decided, and what to do");
	case FOR_PERSON:
		return STR("A letter about your case");
	}
	return STR("");
}

int explain_out_write(struct explain_out *o)
{
	struct buf page = {0};
	if (!o->html)
		return cli_write("explain", stdout, &o->out);
	html_begin(&page, page_title(o->who));
	buf_str(&page, buf_view(&o->page));
	html_end(&page);
	int status = cli_write_file("explain", o->html, &page);
	buf_release(&page);
	return status ? status : cli_write("explain", stdout, &o->out);
}

void explain_out_release(struct explain_out *o)
{
	buf_release(&o->out);
	buf_release(&o->page);
}
