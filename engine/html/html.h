/*
 * html: output that cannot be broken out of. The only place that turns text into HTML.
 *
 * Knows the three places a value may stand in: text, a quoted attribute, a URL in a
 * quoted attribute. There is no fourth: values never stand in script, style or a tag's
 * name.
 */
#pragma once
#include "base/base.h"

/* Appends `s` for text or a quoted attribute: & < > " ' are written as references, NUL as
 * U+FFFD. */
void html_escape(struct buf *out, str s);
/* True for relative addresses and for http, https, mailto and tel. Blanks and control
 * bytes in front or inside the scheme, which browsers skip, do not hide another scheme.
 */
bool html_url_is_safe(str url);
/* Appends `url` for a quoted attribute; an unsafe one becomes "#". */
void html_url(struct buf *out, str url);
/* Appends `s` percent-encoded as one part of a URL (RFC 3986 unreserved bytes stay). */
void html_url_part(struct buf *out, str s);
