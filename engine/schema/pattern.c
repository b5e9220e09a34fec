/*
 * Patterns on PCRE2. A match may take more steps than there are atoms in the world, so it
 * is tried with few at first and with more when they were not enough; what the larger
 * tries cost is taken from a budget of the whole check.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "check.h"

#include <pcre2.h>

enum {
    PATTERN_MAX_BYTES = 8192,
    MATCH_FIRST_STEPS = 1 << 12,
    MATCH_MAX_STEPS = 1 << 20, /* of one match */
    MATCH_ALL_STEPS = 1 << 22, /* of the larger tries of one check */
    MATCH_MAX_HEAP_KIB = 32 << 10,
};

struct pattern {
    pcre2_code *code;
    str text; /* as it was written */
};

/* What is compiled lives and dies with the schema. */
static void *from_arena(size_t size, void *arena)
{
    return arena_alloc(arena, size);
}

static void to_arena(void *p, void *arena)
{
    (void)p;
    (void)arena;
}

static void *from_heap(size_t size, void *unused)
{
    (void)unused;
    return mem_alloc(size);
}

static void to_heap(void *p, void *unused)
{
    (void)unused;
    mem_free(p);
}

static const char *problem_text(struct arena *a, int code)
{
    PCRE2_UCHAR text[160];
    if (pcre2_get_error_message(code, text, sizeof text) < 0)
        return "it is malformed";
    return arena_str(a, str_of((const char *)text)).p;
}

static pcre2_code *compile_words(struct arena *a, str words, int *ret_code)
{
    const uint32_t options = PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_ALLOW_EMPTY_CLASS
                             | PCRE2_MATCH_UNSET_BACKREF | PCRE2_NEVER_BACKSLASH_C;
    pcre2_general_context *memory = pcre2_general_context_create(from_arena, to_arena, a);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    PCRE2_SIZE at;
    return pcre2_compile((PCRE2_SPTR)words.p, words.n, options, ret_code, &at, context);
}

bool schema_pattern_compile(struct compiler *c, str keyword, str text,
                            const struct pattern **ret)
{
    struct buf words;
    int code = 0;
    struct pattern *pattern = ARENA_NEW(c->arena, struct pattern);
    buf_init(&words, (size_t)64 * PATTERN_MAX_BYTES);
    const char *problem = text.n > PATTERN_MAX_BYTES
                              ? "it is too long"
                              : schema_ecma_translate(&words, text);
    pattern->text = text;
    if (!problem)
        pattern->code = compile_words(c->arena, buf_view(&words), &code);
    buf_done(&words);
    *ret = pattern;
    if (pattern->code)
        return true;
    str sentence =
        arena_format(c->arena, "%.*s is not a regular expression: %s", STR_ARG(text),
                     problem ? problem : problem_text(c->arena, code));
    return schema_compile_fails(c, c->node->where, keyword, sentence.p);
}

str schema_pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}

bool schema_pattern_is_sound(str text)
{
    struct buf words;
    int code = 0;
    struct arena *a = arena_open();
    buf_init(&words, (size_t)64 * PATTERN_MAX_BYTES);
    bool sound = !schema_ecma_translate(&words, text)
                 && (compile_words(a, buf_view(&words), &code)
                     || code == PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH);
    buf_done(&words);
    arena_close(a);
    return sound;
}

void schema_matcher_done(struct matcher *m)
{
    pcre2_match_data_free(m->data);
    pcre2_match_context_free(m->context);
}

static void open_matcher(struct matcher *m)
{
    pcre2_general_context *memory =
        pcre2_general_context_create(from_heap, to_heap, NULL);
    pcre2_match_context *context = pcre2_match_context_create(memory);
    pcre2_set_heap_limit(context, MATCH_MAX_HEAP_KIB);
    m->context = context;
    m->data = pcre2_match_data_create(1, memory);
    m->left = MATCH_ALL_STEPS;
    pcre2_general_context_free(memory);
}

enum match schema_pattern_match(struct matcher *m, const struct pattern *pattern,
                                str text)
{
    if (!m->data)
        open_matcher(m);
    for (uint32_t steps = MATCH_FIRST_STEPS;; steps *= 16) {
        pcre2_set_match_limit(m->context, steps);
        int got = pcre2_match(pattern->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n,
                              0, 0, m->data, m->context);
        if (got == PCRE2_ERROR_HEAPLIMIT || got == PCRE2_ERROR_NOMEMORY)
            return MATCH_TOO_LONG;
        if (got != PCRE2_ERROR_MATCHLIMIT)
            return got >= 0 ? MATCH_YES : MATCH_NO;
        m->left -= steps;
        if (steps >= MATCH_MAX_STEPS || m->left < 0)
            return MATCH_TOO_LONG;
    }
}
