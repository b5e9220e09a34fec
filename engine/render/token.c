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
    enum { NUMBERS = 48 };
    size_t size = NUMBERS + owner->page.n + owner->person.n + state.n;
    struct buf all = { .p = arena_alloc(arena, size), .cap = size, .max = size };
    buf_int(&all, owner->space);
    buf_char(&all, ' ');
    buf_int(&all, (int64_t)owner->page.n);
    buf_char(&all, ' ');
    buf_str(&all, owner->page);
    buf_char(&all, ' ');
    buf_str(&all, owner->person);
    buf_char(&all, ' ');
    buf_str(&all, state);
    return crypt_mac(renderer->config.token_key, buf_view(&all));
}

/* As crypt_text, which takes fifty instructions a character so that its time tells
 * nothing: a token tells its bytes to whoever has it. */
static void put_text(struct buf *out, str bytes)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t held = 0;
    int bits = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        held = held << 8 | (unsigned char)bytes.p[i];
        for (bits += 8; bits >= 6; bits -= 6)
            buf_char(out, digits[held >> (bits - 6) & 63]);
    }
    if (bits)
        buf_char(out, digits[held << (6 - bits) & 63]);
}

static size_t token_bytes(size_t blocks)
{
    return HEAD_BYTES + blocks * HASH_BYTES + SEAL_BYTES;
}

size_t render_token_size(size_t blocks)
{
    return (token_bytes(blocks) * 4 + 2) / 3;
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
    size_t size = token_bytes(state->n);
    struct buf bytes = { .p = arena_alloc(arena, size), .cap = size, .max = size };
    put_number(&bytes, TOKEN_VERSION, 1);
    put_number(&bytes, state->outline, 8);
    for (size_t i = 0; i < state->n; i++)
        put_number(&bytes, state->hashes[i], HASH_BYTES);
    put_number(&bytes, seal(renderer, owner, buf_view(&bytes), arena), SEAL_BYTES);
    put_text(out, buf_view(&bytes));
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
