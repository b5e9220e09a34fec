/* Reading what a request says. */
#include "inside.h"

#include <arpa/inet.h>

static str value_of(const struct http_request *request, enum MHD_ValueKind kind,
                    const char *name)
{
    const char *value = NULL;
    size_t n = 0;
    if (MHD_lookup_connection_value_n(request->exchange->connection, kind, name,
                                      strlen(name), &value, &n)
            != MHD_YES
        || !value)
        return (str){ NULL, 0 };
    return (str){ value, n };
}

str http_header(const struct http_request *request, const char *name)
{
    return value_of(request, MHD_HEADER_KIND, name);
}

str http_cookie(const struct http_request *request, const char *name)
{
    return value_of(request, MHD_COOKIE_KIND, name);
}

str http_query(const struct http_request *request, const char *name)
{
    return value_of(request, MHD_GET_ARGUMENT_KIND, name);
}

static str peer_of(const struct http_request *request)
{
    char room[64];
    const void *at = NULL;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(
        request->exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;
    if (address && address->sa_family == AF_INET)
        at = &((const struct sockaddr_in *)(const void *)address)->sin_addr;
    else if (address && address->sa_family == AF_INET6)
        at = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    if (!at || !inet_ntop(address->sa_family, at, room, sizeof room))
        return STR("");
    return arena_str(request->arena, str_of(room));
}

static enum MHD_Result keep_last_forwarded(void *cls, enum MHD_ValueKind kind,
                                           const char *name, size_t n, const char *value,
                                           size_t value_n)
{
    static const char wanted[] = "X-Forwarded-For";
    str *last = cls;
    (void)kind;
    if (n == strlen(wanted) && strncasecmp(name, wanted, n) == 0)
        *last = value ? (str){ value, value_n } : STR("");
    return MHD_YES;
}

static bool is_address(struct arena *arena, str s)
{
    struct in6_addr room;
    const char *text = arena_str(arena, s).p;
    return inet_pton(AF_INET, text, &room) == 1 || inet_pton(AF_INET6, text, &room) == 1;
}

/* Only the last entry of the last line is the proxy's own; whoever asks may have written
 * those before. */
str http_client(const struct http_request *request)
{
    const char *proxy = request->exchange->server->config.proxy;
    str peer = peer_of(request);
    str said = STR("");
    if (!proxy || !str_equal(peer, str_of(proxy)))
        return peer;
    MHD_get_connection_values_n(request->exchange->connection, MHD_HEADER_KIND,
                                keep_last_forwarded, &said);
    const char *comma = said.n ? memrchr(said.p, ',', said.n) : NULL;
    size_t skip = comma ? (size_t)(comma + 1 - said.p) : 0;
    str last = str_trim((str){ said.p + skip, said.n - skip });
    return is_address(request->arena, last) ? last : peer;
}

struct each_query {
    void (*each)(void *data, str name, str value);
    void *data;
};

static enum MHD_Result one_query(void *cls, enum MHD_ValueKind kind, const char *name,
                                 size_t n, const char *value, size_t value_n)
{
    struct each_query *e = cls;
    (void)kind;
    e->each(e->data, (str){ name, n }, value ? (str){ value, value_n } : STR(""));
    return MHD_YES;
}

void http_each_query(const struct http_request *request,
                     void (*each)(void *data, str name, str value), void *data)
{
    struct each_query e = { each, data };
    MHD_get_connection_values_n(request->exchange->connection, MHD_GET_ARGUMENT_KIND,
                                one_query, &e);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static str form_decode(struct arena *a, str s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.p[i] == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0
                      && hex_digit(s.p[i + 2]) >= 0;
        if (escape) {
            out[n++] = (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));
            i += 2;
        } else {
            out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
        }
    }
    out[n] = 0;
    return (str){ out, n };
}

str http_form(const struct http_request *request, const char *name)
{
    str rest = request->body;
    while (rest.p && rest.n) {
        str value;
        str field = str_cut(rest, '&', &rest);
        str key = str_cut(field, '=', &value);
        if (str_equal(form_decode(request->arena, key), str_of(name)))
            return form_decode(request->arena, value.p ? value : STR(""));
    }
    return (str){ NULL, 0 };
}

void http_each_form(const struct http_request *request,
                    void (*each)(void *data, str name, str value), void *data)
{
    str rest = request->body;
    while (rest.p && rest.n) {
        str value;
        str field = str_cut(rest, '&', &rest);
        str key = str_cut(field, '=', &value);
        each(data, form_decode(request->arena, key),
             form_decode(request->arena, value.p ? value : STR("")));
    }
}
