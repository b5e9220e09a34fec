/* Errors as values: what went wrong, and where. */
#include "base/base.h"

#include <stdio.h>

/* Cuts at a character's end, so that an error never carries half a Chinese character. */
static void PRINTF(3, 0)
    put_text(char *out, size_t size, const char *format, va_list args)
{
    int wanted = vsnprintf(out, size, format, args);
    if (wanted < 0)
        out[0] = 0;
    if ((size_t)(wanted < 0 ? 0 : wanted) < size)
        return;
    size_t n = size - 1;
    size_t back = 0;
    while (back < 3 && back < n && ((unsigned char)out[n - 1 - back] & 0xc0) == 0x80)
        back++;
    unsigned char lead = back < n ? (unsigned char)out[n - 1 - back] : 0;
    size_t needs = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (needs != back + 1)
        out[n - 1 - back] = 0;
}

bool(err_set)(struct err *err, enum err_kind kind, const char *code, const char *format,
              ...)
{
    va_list args;
    va_start(args, format);
    err->kind = kind;
    err->code = code;
    err->where[0] = 0;
    put_text(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool(err_at)(struct err *err, enum err_kind kind, const char *code, str where,
             const char *format, ...)
{
    va_list args;
    va_start(args, format);
    err->kind = kind;
    err->code = code;
    snprintf(err->where, sizeof err->where, "%.*s", STR_ARG(where));
    put_text(err->text, sizeof err->text, format, args);
    va_end(args);
    return false;
}

bool(err_in)(struct err *err, const char *format, ...)
{
    char inner[sizeof err->where];
    memcpy(inner, err->where, sizeof inner);
    va_list args;
    va_start(args, format);
    put_text(err->where, sizeof err->where, format, args);
    va_end(args);
    size_t n = strlen(err->where);
    bool joined = inner[0] == '/' || inner[0] == 0;
    snprintf(err->where + n, sizeof err->where - n, "%s%s", joined ? "" : ", ", inner);
    return false;
}
