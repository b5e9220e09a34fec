/*
 * Any text as a page's token: what we did not seal is never good. Any bytes as what a
 * page shows: it comes back from its token, and from no token in which a character was
 * changed or which is another's.
 */
#include "render/render.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
    if (!good)
        abort();
}

static const struct page_owner owner = { 3, STR_INIT("wang"), STR_INIT("home") };

static bool is_good(const struct renderer *renderer, const struct page_owner *whose,
                    str token, struct arena *a, struct page_state *ret)
{
    return render_token_read(renderer, whose, token, a, ret) == TOKEN_GOOD;
}

/* Two bytes are one hash: enough to have every number of blocks and every first byte. */
static struct page_state state_of(str bytes)
{
    struct page_state state = { .outline = str_hash(bytes, 0) };
    for (size_t i = 0; i + 2 <= bytes.n && state.n < LIMIT_PAGE_BLOCKS; i += 2)
        state.hashes[state.n++] = str_hash((str){ bytes.p + i, 2 }, 0) & RENDER_HASH_MASK;
    return state;
}

static bool same_state(const struct page_state *a, const struct page_state *b)
{
    return a->outline == b->outline && a->n == b->n
           && memcmp(a->hashes, b->hashes, a->n * sizeof *a->hashes) == 0;
}

static void check_comes_back(const struct renderer *renderer, struct arena *a, str bytes)
{
    static const struct page_owner others[] = {
        { 4, STR_INIT("wang"), STR_INIT("home") },
        { 3, STR_INIT("li"), STR_INIT("home") },
        { 3, STR_INIT("wang"), STR_INIT("market") },
        { 3, STR_INIT(""), STR_INIT("homewang") },
    };
    struct page_state state = state_of(bytes);
    struct page_state back = { 0 };
    struct buf token;
    buf_init(&token, RENDER_MAX_TOKEN);
    render_token_write(renderer, &owner, &state, a, &token);
    check(!token.full && is_good(renderer, &owner, buf_view(&token), a, &back));
    check(same_state(&state, &back));
    for (size_t i = 0; i < COUNT_OF(others); i++)
        check(!is_good(renderer, &others[i], buf_view(&token), a, &back));
    char *changed = &token.p[state.outline % token.n];
    *changed = *changed == 'A' ? 'B' : 'A';
    check(!is_good(renderer, &owner, buf_view(&token), a, &back));
    buf_done(&token);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct renderer *renderer;
    struct arena *a = arena_open();
    str text = { (const char *)data, size };
    struct page_state state = { 0 };
    if (!renderer)
        renderer =
            renderer_open(&(struct render_config){ .token_key = "a key of tests" });
    check(!is_good(renderer, &owner, text, a, &state));
    check_comes_back(renderer, a, text);
    arena_close(a);
    return 0;
}
