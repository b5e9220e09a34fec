/*
 * Any bytes as a form: a field is found or not, never longer than what was sent, and what
 * is encoded comes back.
 */
#include "http/http.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static void check_comes_back(struct arena *a, str value)
{
    struct buf body;
    buf_init(&body, 1 << 22);
    buf_str(&body, STR("x=1&na%6De="));
    for (size_t i = 0; i < value.n; i++)
        buf_format(&body, "%%%02x", (unsigned char)value.p[i]);
    buf_str(&body, STR("&name=2"));
    struct http_request request = { .arena = a, .body = buf_view(&body) };
    check(str_equal(http_form(&request, "name"), value));
    buf_done(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "name", "a", "", "%" };
    struct arena *a = arena_open();
    str body = { (const char *)data, size };
    struct http_request request = { .arena = a, .body = body };
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        str found = http_form(&request, names[i]);
        check(found.n <= size && (found.p || !found.n));
    }
    check_comes_back(a, body);
    arena_close(a);
    return 0;
}
