/* SPDX-License-Identifier: Apache-2.0
 *
 * A case goes on under another version of the policy: written as JSON, read back by name.
 */
#ifndef WAYMARK_TESTS_CARRY_H
#define WAYMARK_TESTS_CARRY_H

#include "daemon/wire/case_read.h"
#include "engine/case/json.h"
#include "tests/support/case_rig.h"

/* As JSON says it; *status is case_read's, and *why the reason. The case belongs to `to`. */
static inline struct case_state *carry(struct rig *from, const struct case_state *cs,
				       struct rig *to, enum status *status, struct buf *why)
{
	struct buf json = {0};
	struct case_state *read = NULL;
	struct json_doc *doc = json_doc_new();
	const struct json *root;
	case_json(&json, from->rb, cs, true);
	assert_int_equal(json_parse(doc, buf_view(&json), SIZE_MAX, &root, why), STATUS_OK);
	*status = case_read(to->rb, root, &read, why);
	if (*status == STATUS_OK)
		to->cases[to->ncases++] = read;
	json_doc_free(doc);
	buf_release(&json);
	return *status == STATUS_OK ? read : NULL;
}

static inline struct case_state *carried_over(struct rig *from, const struct case_state *cs,
					      struct rig *to)
{
	struct buf why = {0};
	enum status status;
	struct case_state *read = carry(from, cs, to, &status, &why);
	if (!read)
		fail_msg(STR_FMT, STR_ARG(buf_view(&why)));
	buf_release(&why);
	return read;
}

#endif
