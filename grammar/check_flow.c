/* SPDX-License-Identifier: Apache-2.0
 *
 * What engine/analyse/flow finds, said to the author: a service that depends on a consent, and a
 * confidential value that would leave the case.
 */
#include "engine/analyse/flow.h"
#include "grammar/check.h"

static void consent_leak(void *arg, const struct leak *l)
{
	struct book *b = arg;
	struct buf through = {0};
	if (l->through.len)
		buf_fmt(&through, " through `" STR_FMT "`", STR_ARG(l->through));
	struct diag *d =
	    fault(b, W_CONSENT_CONDITION, l->at,
		  "`" STR_FMT "` depends on the consent `" STR_FMT "`" STR_FMT,
		  STR_ARG(span_text(b, l->at)), STR_ARG(l->name), STR_ARG(buf_view(&through)));
	help(b, d,
	     "nobody gets or loses anything by consenting: leave the consent out of the condition, "
	     "or ask for it with `require`");
	if (l->read.len)
		diag_also(b->diags, d, l->read, "read here");
	buf_release(&through);
}

static void confidential_leak(void *arg, const struct leak *l)
{
	struct book *b = arg;
	struct diag *d;
	if (l->into) {
		d = fault(b, W_CONFIDENTIAL, l->at,
			  "`" STR_FMT "` is confidential, but the fact `" STR_FMT
			  "`, which takes its value, is not",
			  STR_ARG(l->name), STR_ARG(l->into->name));
		help(b, d,
		     "declare `" STR_FMT "` confidential as well, or set it to something else",
		     STR_ARG(l->into->name));
		diag_also(b->diags, d, l->into->span, "declared here");
		return;
	}
	d = fault(b, W_CONFIDENTIAL, l->at,
		  "`" STR_FMT "` would show `" STR_FMT "`, which is confidential",
		  STR_ARG(span_text(b, l->at)), STR_ARG(l->name));
	help(b, d,
	     "a condition may decide on it; an amount or a payee would tell it to whoever sees the "
	     "outcome");
	if (l->read.len)
		diag_also(b->diags, d, l->read, "read here");
}

void check_flow(struct book *b)
{
	if (b->diags->errors)
		return;
	flow_consent(b->rb, &b->arena, consent_leak, b);
	flow_confidential(b->rb, &b->arena, confidential_leak, b);
}
