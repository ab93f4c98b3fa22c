/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/wire/correction_read.h"

#include "daemon/wire/event_internal.h"

void correction_reader_init(struct correction_reader *r)
{
	*r = (struct correction_reader){.doc = json_doc_new()};
}

void correction_reader_release(struct correction_reader *r)
{
	json_doc_free(r->doc);
	buf_release(&r->word);
}

bool correction_read(void *arg, const struct rulebook *rb, const struct event *correction,
		     struct event *target, struct arena *a, struct refusal *no)
{
	struct correction_reader *r = arg;
	struct str text = value_as_str(correction->fields[CORRECTED_DATA]);
	struct reading rd = {
	    .rb = rb, .arena = a, .refusal = no, .word = &r->word, .inner = true, .ev = *target};
	const struct json *data;
	uint64_t seen = 0;
	struct buf why = {0}; /* it may quote the text */
	bool read = json_parse(r->doc, text, SIZE_MAX, &data, &why) == STATUS_OK;
	buf_release(&why);
	if (read)
		members_read(&rd, data, &seen);
	else
		bad(&rd, STR("data.data"), "the new fields cannot be read");
	if (!no->slug)
		*target = rd.ev;
	return !no->slug;
}
