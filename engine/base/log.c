/* The log: one line an event, on standard error. */
#include "base/base.h"

#include <stdio.h>
#include <unistd.h>

static enum log_level lowest_level = LOG_INFO;

void log_set_level(enum log_level lowest)
{
    __atomic_store_n(&lowest_level, lowest, __ATOMIC_RELAXED);
}

/* One write a line, so that lines of several threads never mix. */
void log_event(enum log_level level, const char *event, const char *format, ...)
{
    static const char *const names[] = { "debug", "info", "warn", "error", "" };
    if (level < __atomic_load_n(&lowest_level, __ATOMIC_RELAXED))
        return;
    char line[1024];
    struct date d = date_at(clock_now(&clock_system), 0);
    int head =
        snprintf(line, sizeof line, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s %s ", d.year,
                 d.month, d.day, d.hour, d.minute, d.second, d.ms, names[level], event);
    va_list args;
    va_start(args, format);
    int tail = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, args);
    va_end(args);
    size_t n = strnlen(line, sizeof line - 2);
    (void)tail;
    line[n++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, n);
    (void)ignored;
}

const char *log_quote(struct arena *a, str s)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = s.n > 80 ? 80 : s.n;
    char *out = arena_alloc(a, n * 4 + 3);
    char *at = out;
    *at++ = '"';
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 0x20 || c == 0x7f || c == '"' || c == '\\') {
            *at++ = '\\';
            *at++ = 'x';
            *at++ = hex[c >> 4];
            *at++ = hex[c & 15];
        } else {
            *at++ = (char)c;
        }
    }
    *at++ = '"';
    *at = 0;
    return out;
}
