/*
 * Any bytes in the three places html knows: nothing gets out, and a browser reads back
 * what was meant.
 */
#include "oracle/markup.h"

#include "html/html.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_reads_back(str escaped, str meant)
{
    char *text = malloc(escaped.n + 1);
    size_t n = markup_decode(escaped, text);
    size_t at = 0;
    for (size_t i = 0; i < meant.n; i++) {
        if (meant.p[i]) {
            check(at < n && text[at++] == meant.p[i]);
        } else {
            check(at + 3 <= n && memcmp(text + at, "\xef\xbf\xbd", 3) == 0);
            at += 3;
        }
    }
    check(at == n);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char why[200];
    struct buf out;
    str s = { (const char *)data, size };
    buf_init(&out, 1 << 22);
    html_escape(&out, s);
    check_reads_back(buf_view(&out), s);
    buf_clear(&out);
    buf_str(&out, STR("<p title=\""));
    html_escape(&out, s);
    buf_str(&out, STR("\">"));
    html_escape(&out, s);
    buf_str(&out, STR("</p><a href=\""));
    html_url(&out, s);
    buf_str(&out, STR("\">1</a><a href=\"/q?x="));
    html_url_part(&out, s);
    buf_str(&out, STR("\">2</a>"));
    check(markup_is_tame(buf_view(&out), why));
    buf_done(&out);
    return 0;
}
