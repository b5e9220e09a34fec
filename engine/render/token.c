/*
 * What a page shows as a short text: a version, the outline, 48 bits of each fragment's
 * hash in the order of the blocks, and a seal over these, the viewer and the page. The
 * server keeps nothing of it: who comes back with a token gets what differs.
 */
#include "inside.h"

enum { TOKEN_VERSION = 1, HASH_BYTES = 6, SEAL_BYTES = 8, HEAD_BYTES = 9 };

static void put_number(struct buf *out, uint64_t x, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        buf_char(out, (char)(x >> (8 * i)));
}

static uint64_t take_number(str bytes, size_t at, size_t n)
{
    uint64_t x = 0;
    for (size_t i = 0; i < n; i++)
        x |= (uint64_t)(unsigned char)bytes.p[at + i] << (8 * i);
    return x;
}

/* The page's name has a length before it, so that no other viewer and page give the same
 * bytes. */
static uint64_t seal(const struct renderer *renderer, const struct page_owner *owner,
                     str state, struct arena *arena)
{
    str text = arena_format(arena, "%u %zu %.*s %.*s ", owner->space, owner->page.n,
                            STR_ARG(owner->page), STR_ARG(owner->person));
    char *all = arena_alloc(arena, text.n + state.n);
    memcpy(all, text.p, text.n);
    memcpy(all + text.n, state.p, state.n);
    return crypt_mac(renderer->config.token_key, (str){ all, text.n + state.n });
}

struct page_owner render_owner(const struct viewer *viewer, str page)
{
    return (struct page_owner){ tenant_of(&viewer->path)->space, viewer->person_id,
                                page };
}

void render_token_write(const struct renderer *renderer, const struct page_owner *owner,
                        const struct page_state *state, struct arena *arena,
                        struct buf *out)
{
    size_t size = HEAD_BYTES + state->n * HASH_BYTES + SEAL_BYTES;
    struct buf bytes = { .p = arena_alloc(arena, size), .cap = size, .max = size };
    put_number(&bytes, TOKEN_VERSION, 1);
    put_number(&bytes, state->outline, 8);
    for (size_t i = 0; i < state->n; i++)
        put_number(&bytes, state->hashes[i], HASH_BYTES);
    put_number(&bytes, seal(renderer, owner, buf_view(&bytes), arena), SEAL_BYTES);
    buf_str(out, crypt_text(arena, buf_view(&bytes)));
}

enum token_use render_token_read(const struct renderer *renderer,
                                 const struct page_owner *owner, str token,
                                 struct arena *arena, struct page_state *ret)
{
    str bytes = token.n <= RENDER_MAX_TOKEN ? crypt_bytes(arena, token) : STR("");
    if (bytes.n && bytes.p[0] != TOKEN_VERSION)
        return TOKEN_OTHER_VERSION;
    size_t fixed = HEAD_BYTES + SEAL_BYTES;
    if (bytes.n < fixed || (bytes.n - fixed) % HASH_BYTES)
        return TOKEN_FOREIGN;
    str state = { bytes.p, bytes.n - SEAL_BYTES };
    if (take_number(bytes, state.n, SEAL_BYTES) != seal(renderer, owner, state, arena))
        return TOKEN_FOREIGN;
    ret->n = (bytes.n - fixed) / HASH_BYTES;
    ret->outline = take_number(bytes, 1, 8);
    for (size_t i = 0; i < ret->n && i < LIMIT_PAGE_BLOCKS; i++)
        ret->hashes[i] = take_number(bytes, HEAD_BYTES + i * HASH_BYTES, HASH_BYTES);
    return TOKEN_GOOD;
}
