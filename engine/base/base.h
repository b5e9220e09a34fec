/*
 * base: what every floor stands on. Strings with a length, errors as values, arenas,
 * buffers with a maximum, an injected clock, one log.
 *
 * Knows nothing of JSON, HTTP, storage or pages. Holds no global but the log's level.
 * Threads: a value belongs to one thread at a time; the log may be called from any.
 * Running out of memory stops the process: every size is bounded at a door before it gets
 * here, and the store survives a stop at any instruction.
 */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define PRINTF(at, first) __attribute__((format(printf, at, first)))
#define MUST_CHECK        __attribute__((warn_unused_result))
#define COUNT_OF(array)   (sizeof(array) / sizeof((array)[0]))

/* ---- str: bytes with a length; not owned, not terminated ---- */

typedef struct str {
    const char *p;
    size_t n;
} str;

#define STR(literal)     ((str){ ("" literal), sizeof(literal) - 1 })
#define STR_ARRAY(chars) ((str){ (chars), sizeof(chars) - 1 }) /* of a char array */
#define STR_INIT(literal)                 \
    {                                     \
        ("" literal), sizeof(literal) - 1 \
    }                                /* in static tables */
#define STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */

static inline str str_of(const char *text)
{
    return (str){ text, text ? strlen(text) : 0 };
}

static inline bool str_equal(str a, str b)
{
    return a.n == b.n && (a.n == 0 || (*a.p == *b.p && memcmp(a.p, b.p, a.n) == 0));
}

static inline bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/* Orders by bytes, the shorter first when one is the start of the other. */
int str_compare(str a, str b);
/* Cuts at the first `mark`: `*rest` gets what follows it, or an empty str with p == NULL.
 */
str str_cut(str s, char mark, str *rest);
/* Removes blanks, tabs and line ends from both sides. */
str str_trim(str s);
/* Reads a whole decimal integer; false when `s` is anything else or does not fit. */
bool str_to_int(str s, int64_t *ret);
/* True when `s` is well-formed UTF-8 without NUL. */
bool str_is_text(str s);
/* One of the words, which have a blank between them: "zh en". */
bool str_is_among(str s, const char *words);
/* Whether `part` stands somewhere in it, great letters of ASCII being like small ones. */
bool str_holds(str s, str part);
/* How many code points of UTF-8: what a schema calls the length of a string. */
size_t str_points(str s);
/* The longest start of `s` with at most `max_graphemes` user-perceived characters. */
str str_clip(str s, size_t max_graphemes);
/* A 64-bit hash that differs from process to process. Never store it. */
uint64_t str_hash(str s, uint64_t seed);
/* A 64-bit name for content, the same in every process: to see whether something has
 * changed. No proof against who wants two contents to have one name. */
uint64_t str_fingerprint(str s, uint64_t seed);

/* ---- err: what went wrong, by value in the caller ---- */

enum err_kind {
    ERR_INPUT,     /* the request is malformed or breaks a rule   400 */
    ERR_SIGNIN,    /* nobody is signed in                         401 */
    ERR_FORBIDDEN, /* signed in, but may not                      403 */
    ERR_MISSING,   /* no such thing, or not for this person       404 */
    ERR_CONFLICT,  /* somebody else was first                     409 */
    ERR_LIMIT,     /* too large, too many, too fast     429, 413, 409, 422 */
    ERR_BUSY,      /* not now, try again                          503 */
    ERR_SYSTEM,    /* our fault                                   500 */
};

struct err {
    enum err_kind kind;
    const char *code; /* stable and documented, "layout.none"; a literal */
    char where[200];  /* JSON pointer, "card.lua:12", "template.html:3:7"; may be empty */
    char text[440];   /* one sentence that says what to do */
};

/* Fills `err` and returns false, so that a caller can `return err_set(…)`. */
bool err_set(struct err *err, enum err_kind kind, const char *code, const char *format,
             ...) PRINTF(4, 5);
/* The same with a place. */
bool err_at(struct err *err, enum err_kind kind, const char *code, str where,
            const char *format, ...) PRINTF(5, 6);
/* Puts a place in front of the place already told; always returns false. */
bool err_in(struct err *err, const char *format, ...) PRINTF(2, 3);

/* Lets compilers and analysers see, too, that they return false. */
static inline bool err_is_false(bool result)
{
    (void)result;
    return false;
}
#define err_set(...) err_is_false(err_set(__VA_ARGS__))
#define err_at(...)  err_is_false(err_at(__VA_ARGS__))
#define err_in(...)  err_is_false(err_in(__VA_ARGS__))

/* Asks for what will be read soon: several waits for memory become one. Only a start of
 * it: what follows a few lines in a row the processor asks for itself. */
static inline void prefetch_bytes(str s)
{
    enum { LINE = 64, MOST = 8 * LINE };
    for (size_t i = 0; i < s.n && i < MOST; i += LINE)
        __builtin_prefetch(s.p + i);
}

/* ---- arena: memory that dies together ---- */

struct arena;

struct arena *arena_open(void);
/* For what is small and kept: takes memory in small steps. */
struct arena *arena_open_small(void);
void arena_close(struct arena *a);
/* Runs what was deferred, newest first, and forgets every object. Keeps one chunk for
 * reuse. */
void arena_reset(struct arena *a);
/* `size` bytes, aligned to 16, not zeroed. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_zero(struct arena *a, size_t size);
/* A copy with a closing NUL behind it. */
str arena_str(struct arena *a, str s);
str arena_format(struct arena *a, const char *format, ...) PRINTF(2, 3);
/* The parts one after the other: where a format would cost more than what is made. */
str arena_join(struct arena *a, const str *parts, size_t n);
#define ARENA_JOIN(a, ...)                        \
    arena_join((a), (const str[]){ __VA_ARGS__ }, \
               sizeof((const str[]){ __VA_ARGS__ }) / sizeof(str))
/* `fn(data)` runs when the arena is reset or closed. */
void arena_defer(struct arena *a, void (*fn)(void *), void *data);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type)          ((type *)arena_zero((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_zero((a), sizeof(type) * (count)))

/* ---- memory outside arenas: counted things, caches, buffers ---- */

void *mem_alloc(size_t size);
void *mem_zero(size_t size);
void *mem_grow(void *p, size_t size);
void mem_free(const void *p);
str mem_str(str s); /* a copy with a closing NUL; free it with mem_free(s.p) */

/* ---- buf: bytes that grow up to a maximum ---- */

struct buf {
    char *p;
    size_t n;
    size_t cap;
    size_t max; /* bytes; more is refused */
    bool full;  /* something was refused */
};

void buf_init(struct buf *b, size_t max_bytes);
void buf_done(struct buf *b);
void buf_clear(struct buf *b);
/* Makes room for `n` more bytes; false (and `full`) past the maximum. */
bool buf_reserve(struct buf *b, size_t n);
void buf_format(struct buf *b, const char *format, ...) PRINTF(2, 3);
void buf_int(struct buf *b, int64_t i);
/* The last `width` digits of `n`, with zeros in front. */
void digits_write(char *at, unsigned width, uint64_t n);

static inline void buf_add(struct buf *b, const void *p, size_t n)
{
    if (b->cap - b->n < n && !buf_reserve(b, n))
        return;
    if (n)
        memcpy(b->p + b->n, p, n);
    b->n += n;
}

enum { BUF_PADDING = 64 };

/* The same for bytes behind which BUF_PADDING more may be read: short ones cost no call.
 */
static inline void buf_add_padded(struct buf *b, const char *p, size_t n)
{
    if (n > BUF_PADDING || b->cap - b->n < BUF_PADDING) {
        buf_add(b, p, n);
        return;
    }
    memcpy(b->p + b->n, p, BUF_PADDING);
    b->n += n;
}

static inline void buf_str(struct buf *b, str s)
{
    buf_add(b, s.p, s.n);
}

static inline void buf_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

/* A part of a key, of at most 255 bytes: what follows cannot be taken for its end. */
static inline void buf_part(struct buf *b, str s)
{
    buf_char(b, (char)s.n);
    buf_str(b, s);
}

static inline str buf_view(const struct buf *b)
{
    return (str){ b->p, b->n };
}

/* ---- clock: milliseconds since 1970 UTC, injected ---- */

struct clock {
    int64_t (*now_ms)(void *data);
    void *data;
};

extern const struct clock clock_system;

static inline int64_t clock_now(const struct clock *c)
{
    return c->now_ms(c->data);
}

/* A counter of microseconds that never goes back; for budgets and timings. */
int64_t clock_ticks_us(void);
/* Processor time of this thread; a system call. */
int64_t clock_thread_us(void);

/* ---- date: the civil calendar ---- */

struct date {
    int year;
    int month;   /* 1–12 */
    int day;     /* 1–31 */
    int weekday; /* 1 Monday – 7 Sunday */
    int hour, minute, second, ms;
};

#define DAY_MS INT64_C(86400000)

/* `offset_min`: minutes east of UTC. */
struct date date_at(int64_t at_ms, int offset_min);
int64_t date_ms(const struct date *d, int offset_min);
/* Reads "2026-11-22", "2026-11-22T09:30", "…:05.250" and a closing "Z" or "+08:00".
 * Without a zone, `offset_min` counts. */
bool date_parse(str s, int offset_min, int64_t *ret_ms);
/* Minutes east of UTC at that moment in the IANA zone `name`; false when there is no such
 * zone. */
bool date_zone(str name, int64_t at_ms, int *ret_offset_min);

/* ---- log: one line an event, `event key=value …`, on standard error ---- */

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_SILENT };

void log_set_level(enum log_level lowest);
void log_event(enum log_level level, const char *event, const char *format, ...)
    PRINTF(3, 4);
/* `s` quoted, bounded, control bytes escaped; lives in `a`. For what people wrote. */
const char *log_quote(struct arena *a, str s);
