/* The list of what may be asked, and which addresses are nobody's business. */
#include "inside.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>

struct range {
    struct address from;
    int bits; /* of 128 */
};

struct sources {
    str list; /* owned: what names point into */
    str names[FETCH_MAX_SOURCES];
    size_t name_count;
    struct range ranges[FETCH_MAX_SOURCES];
    size_t range_count;
};

/* ---- addresses ---- */

static struct address mapped(const struct in_addr *v4)
{
    struct address a = { .bytes = { [10] = 0xff, [11] = 0xff } };
    memcpy(a.bytes + 12, v4, 4);
    return a;
}

static bool is_v4(const struct address *a)
{
    static const uint8_t head[12] = { [10] = 0xff, [11] = 0xff };
    return memcmp(a->bytes, head, sizeof head) == 0;
}

bool address_read(str text, struct address *ret)
{
    char room[64];
    struct in_addr v4;
    if (!text.n || text.n >= sizeof room)
        return false;
    memcpy(room, text.p, text.n);
    room[text.n] = 0;
    if (inet_pton(AF_INET, room, &v4) == 1) {
        *ret = mapped(&v4);
        return true;
    }
    return inet_pton(AF_INET6, room, ret->bytes) == 1;
}

bool address_of(const struct sockaddr *from, struct address *ret)
{
    if (from->sa_family == AF_INET) {
        *ret = mapped(&((const struct sockaddr_in *)(const void *)from)->sin_addr);
        return true;
    }
    if (from->sa_family != AF_INET6)
        return false;
    memcpy(ret->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    return true;
}

static bool lies_in(const struct address *a, const struct range *range)
{
    int whole = range->bits / 8;
    int rest = range->bits % 8;
    if (memcmp(a->bytes, range->from.bytes, (size_t)whole) != 0)
        return false;
    return !rest || !((a->bytes[whole] ^ range->from.bytes[whole]) >> (8 - rest));
}

/* IANA's special-purpose registries: what is not globally reachable. */
static bool is_special_v4(const struct address *a)
{
    static const struct {
        uint8_t bytes[4];
        int bits;
    } special[] = { { { 0 }, 8 },
                    { { 10 }, 8 },
                    { { 100, 64 }, 10 },
                    { { 127 }, 8 },
                    { { 169, 254 }, 16 },
                    { { 172, 16 }, 12 },
                    { { 192, 0, 0 }, 24 },
                    { { 192, 0, 2 }, 24 },
                    { { 192, 88, 99 }, 24 },
                    { { 192, 168 }, 16 },
                    { { 198, 18 }, 15 },
                    { { 198, 51, 100 }, 24 },
                    { { 203, 0, 113 }, 24 },
                    { { 224 }, 3 } };
    for (size_t i = 0; i < COUNT_OF(special); i++) {
        struct in_addr v4;
        memcpy(&v4, special[i].bytes, 4);
        struct range range = { mapped(&v4), 96 + special[i].bits };
        if (lies_in(a, &range))
            return true;
    }
    return false;
}

/* Of IPv6 only what is given out for the whole world counts, without the ranges that
 * carry IPv4 addresses inside (6to4, Teredo) and those for documents. */
static bool is_global_v6(const struct address *a)
{
    static const struct range global = { { { 0x20 } }, 3 };
    static const struct range inside[] = { { { { 0x20, 0x02 } }, 16 },
                                           { { { 0x20, 0x01, 0x00 } }, 23 },
                                           { { { 0x20, 0x01, 0x0d, 0xb8 } }, 32 },
                                           { { { 0x3f, 0xff } }, 20 } };
    for (size_t i = 0; i < COUNT_OF(inside); i++) {
        if (lies_in(a, &inside[i]))
            return false;
    }
    return lies_in(a, &global);
}

bool address_is_public(const struct address *address)
{
    return is_v4(address) ? !is_special_v4(address) : is_global_v6(address);
}

/* ---- the list ---- */

static bool read_range(str text, struct range *ret)
{
    str bits;
    int64_t n = 128;
    str head = str_cut(text, '/', &bits);
    if (!address_read(head, &ret->from))
        return false;
    int above = is_v4(&ret->from) && !memchr(head.p, ':', head.n) ? 96 : 0;
    if (bits.p && (!str_to_int(bits, &n) || n < 0 || n > 128 - above))
        return false;
    ret->bits = bits.p ? (int)n + above : 128;
    return true;
}

static bool is_name(str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
                     || (c >= '0' && c <= '9') || c == '-' || c == '.';
        if (!plain && !(c == '*' && i == 0 && text.n > 2 && text.p[1] == '.'))
            return false;
    }
    return text.n > 0;
}

static bool add_source(struct sources *s, str text, struct err *err)
{
    if (s->name_count + s->range_count == FETCH_MAX_SOURCES)
        return err_set(err, ERR_INPUT, "fetch.source", "there are more than %d sources",
                       FETCH_MAX_SOURCES);
    if (read_range(text, &s->ranges[s->range_count])) {
        s->range_count++;
        return true;
    }
    s->names[s->name_count++] = text;
    return is_name(text)
           || err_at(err, ERR_INPUT, "fetch.source", text,
                     "a name, *.name, an address or a range is wanted");
}

bool sources_open(str list, struct sources **ret, struct err *err)
{
    struct sources *s = mem_zero(sizeof *s);
    s->list = mem_str(list);
    str rest = s->list;
    while (rest.p && rest.n) {
        if (!add_source(s, str_trim(str_cut(rest, ',', &rest)), err)) {
            sources_close(s);
            return false;
        }
    }
    *ret = s;
    return true;
}

void sources_close(struct sources *sources)
{
    if (!sources)
        return;
    mem_free(sources->list.p);
    mem_free(sources);
}

bool sources_list(const struct sources *sources, const struct address *address)
{
    for (size_t i = 0; i < sources->range_count; i++) {
        if (lies_in(address, &sources->ranges[i]))
            return true;
    }
    return false;
}

static bool same_name(str a, str b)
{
    return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* "*.grid.cn" is every name below grid.cn, not itself. */
static bool names(str pattern, str host)
{
    if (pattern.p[0] != '*')
        return same_name(pattern, host);
    str tail = { pattern.p + 1, pattern.n - 1 };
    return host.n > tail.n && same_name(tail, (str){ host.p + host.n - tail.n, tail.n });
}

bool sources_admit(const struct sources *sources, str host)
{
    struct address address;
    if (address_read(host, &address))
        return sources_list(sources, &address);
    for (size_t i = 0; i < sources->name_count; i++) {
        if (names(sources->names[i], host))
            return true;
    }
    return false;
}
