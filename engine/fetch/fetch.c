/* GET by libcurl. Redirects are followed here, not by libcurl: each is a URL like the
 * first, and a secret goes to its own origin only. */
#include "inside.h"

#include <curl/curl.h>
#include <pthread.h>
#include <unistd.h>

struct fetch {
    struct sources *sources;
};

static pthread_once_t library = PTHREAD_ONCE_INIT;

static void open_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

bool fetch_open(str sources, struct fetch **ret, struct err *err)
{
    struct fetch *fetch = mem_zero(sizeof *fetch);
    pthread_once(&library, open_library);
    if (!sources_open(sources, &fetch->sources, err)) {
        fetch_close(fetch);
        return false;
    }
    *ret = fetch;
    return true;
}

void fetch_close(struct fetch *fetch)
{
    if (!fetch)
        return;
    sources_close(fetch->sources);
    mem_free(fetch);
}

/* ---- URLs, as libcurl reads them ---- */

static void free_url(void *url)
{
    curl_url_cleanup(url);
}

static str part_of(CURLU *url, CURLUPart what, struct arena *a)
{
    char *text = NULL;
    if (curl_url_get(url, what, &text, CURLU_DEFAULT_PORT) != CURLUE_OK)
        return STR("");
    str part = arena_str(a, str_of(text));
    curl_free(text);
    return part;
}

static bool read_url(str text, struct arena *a, CURLU **ret, struct err *err)
{
    CURLU *url = curl_url();
    arena_defer(a, free_url, url);
    bool good = text.n <= FETCH_MAX_URL && str_is_text(text)
                && curl_url_set(url, CURLUPART_URL, arena_str(a, text).p, 0) == CURLUE_OK;
    str scheme = good ? part_of(url, CURLUPART_SCHEME, a) : STR("");
    good = good && (str_equal(scheme, STR("http")) || str_equal(scheme, STR("https")))
           && !part_of(url, CURLUPART_USER, a).n
           && !part_of(url, CURLUPART_PASSWORD, a).n;
    *ret = url;
    return good
           || err_set(err, ERR_INPUT, "fetch.url",
                      "an http or https URL without a name and password is wanted");
}

/* An IPv6 address stands in brackets. */
static str host_of(CURLU *url, struct arena *a)
{
    str host = part_of(url, CURLUPART_HOST, a);
    bool brackets = host.n > 2 && host.p[0] == '[';
    return brackets ? (str){ host.p + 1, host.n - 2 } : host;
}

static bool admits(const struct fetch *fetch, CURLU *url, struct arena *a,
                   struct err *err)
{
    str host = host_of(url, a);
    return sources_admit(fetch->sources, host)
           || err_at(err, ERR_FORBIDDEN, "fetch.host", host,
                     "this host is not among the server's sources");
}

bool fetch_may(const struct fetch *fetch, str url, struct err *err)
{
    struct arena *a = arena_open_small();
    CURLU *read;
    bool good = read_url(url, a, &read, err) && admits(fetch, read, a, err);
    arena_close(a);
    return good;
}

static str origin_of(CURLU *url, struct arena *a)
{
    return arena_format(a, "%.*s://%.*s:%.*s", STR_ARG(part_of(url, CURLUPART_SCHEME, a)),
                        STR_ARG(part_of(url, CURLUPART_HOST, a)),
                        STR_ARG(part_of(url, CURLUPART_PORT, a)));
}

bool fetch_origin(str url, struct arena *arena, str *ret, struct err *err)
{
    CURLU *read;
    if (!read_url(url, arena, &read, err))
        return false;
    *ret = origin_of(read, arena);
    return true;
}

/* ---- one exchange ---- */

struct exchange {
    const struct fetch *fetch;
    struct arena *arena;
    struct buf body;
    str etag;
    str modified;
    str location;
    bool refused; /* an address that may not be asked */
};

/* The last word: what the name led to, right before connecting. */
static curl_socket_t open_socket(void *data, curlsocktype purpose,
                                 struct curl_sockaddr *to)
{
    struct exchange *x = data;
    struct address address;
    bool may =
        purpose == CURLSOCKTYPE_IPCXN && address_of(&to->addr, &address)
        && (address_is_public(&address) || sources_list(x->fetch->sources, &address));
    x->refused = !may;
    return may ? socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol)
               : CURL_SOCKET_BAD;
}

static size_t take_body(char *bytes, size_t size, size_t n, void *data)
{
    struct exchange *x = data;
    buf_add(&x->body, bytes, size * n);
    return x->body.full ? 0 : size * n;
}

static bool field_is(str line, str name, struct arena *a, str *ret)
{
    str value;
    str said = str_cut(line, ':', &value);
    if (!value.p || said.n != name.n || strncasecmp(said.p, name.p, name.n) != 0)
        return false;
    value = str_trim(value);
    if (value.n <= FETCH_MAX_URL)
        *ret = arena_str(a, value);
    return true;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *data)
{
    struct exchange *x = data;
    str line = { bytes, size * n };
    (void)(field_is(line, STR("ETag"), x->arena, &x->etag)
           || field_is(line, STR("Last-Modified"), x->arena, &x->modified)
           || field_is(line, STR("Location"), x->arena, &x->location));
    return size * n;
}

static void add_field(struct curl_slist **list, struct arena *a, const char *name,
                      str value)
{
    if (value.n)
        *list =
            curl_slist_append(*list, arena_format(a, "%s: %.*s", name, STR_ARG(value)).p);
}

static struct curl_slist *fields_of(const struct fetch_request *r, struct arena *a,
                                    bool own_origin)
{
    struct curl_slist *list = NULL;
    add_field(&list, a, "Accept", STR("application/json"));
    if (r->header.n && own_origin)
        add_field(&list, a, arena_str(a, r->header).p, r->secret);
    add_field(&list, a, "If-None-Match", r->etag);
    add_field(&list, a, "If-Modified-Since", r->modified);
    return list;
}

static void set_options(CURL *curl, struct exchange *x, CURLU *url,
                        struct curl_slist *fields, int64_t timeout_ms)
{
    curl_easy_setopt(curl, CURLOPT_CURLU, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_MAX_CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Pinban");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, fields);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
}

static bool failed(const struct exchange *x, CURLcode code, struct err *err)
{
    if (x->refused)
        return err_set(err, ERR_FORBIDDEN, "fetch.address",
                       "the host lies at an address that is not public; the server's "
                       "sources must list it");
    if (code == CURLE_OPERATION_TIMEDOUT)
        return err_set(err, ERR_BUSY, "fetch.time", "the source takes too long");
    if (x->body.full)
        return err_set(err, ERR_LIMIT, "fetch.large", "the source sends more than %d MiB",
                       FETCH_MAX_BYTES >> 20);
    return err_set(err, ERR_BUSY, "fetch.failed", "the source cannot be reached: %s",
                   curl_easy_strerror(code));
}

static bool exchange(struct exchange *x, CURLU *url, struct curl_slist *fields,
                     int64_t timeout_ms, long *ret_status, struct err *err)
{
    CURL *curl = curl_easy_init();
    if (!curl)
        return err_set(err, ERR_SYSTEM, "fetch.failed", "libcurl cannot start");
    set_options(curl, x, url, fields, timeout_ms);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_status);
    curl_easy_cleanup(curl);
    return code == CURLE_OK || failed(x, code, err);
}

/* ---- a request with its redirects ---- */

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307
           || status == 308;
}

static bool keep_reply(const struct exchange *x, long status, struct fetch_reply *ret,
                       struct err *err)
{
    if (status != 200 && status != 304)
        return err_set(err, ERR_BUSY, "fetch.status", "the source answered %ld", status);
    *ret = (struct fetch_reply){ .unchanged = status == 304,
                                 .body = arena_str(x->arena, buf_view(&x->body)),
                                 .etag = x->etag,
                                 .modified = x->modified };
    return true;
}

static bool follow(const struct exchange *x, CURLU *url, int tries, struct err *err)
{
    bool good = tries < FETCH_MAX_REDIRECTS && x->location.n
                && curl_url_set(url, CURLUPART_URL, x->location.p, 0) == CURLUE_OK;
    return good
           || err_set(err, ERR_BUSY, "fetch.redirect",
                      "the source sends us on more than %d times, or to nowhere",
                      FETCH_MAX_REDIRECTS);
}

static bool ask_once(const struct fetch_request *request, struct exchange *x, CURLU *url,
                     bool own_origin, int64_t until_us, long *ret_status, struct err *err)
{
    int64_t left_ms = (until_us - clock_ticks_us()) / 1000;
    struct curl_slist *fields = fields_of(request, x->arena, own_origin);
    x->location = x->etag = x->modified = STR("");
    buf_clear(&x->body);
    bool good = exchange(x, url, fields, left_ms > 1 ? left_ms : 1, ret_status, err);
    curl_slist_free_all(fields);
    return good;
}

static bool ask(const struct fetch *fetch, const struct fetch_request *request,
                struct exchange *x, struct fetch_reply *ret, struct err *err)
{
    CURLU *url;
    CURLU *first;
    long status = 0;
    int timeout_ms = request->timeout_ms ? request->timeout_ms : FETCH_MAX_MS;
    int64_t until_us = clock_ticks_us() + timeout_ms * INT64_C(1000);
    if (!read_url(request->url, x->arena, &url, err)
        || !read_url(request->url, x->arena, &first, err))
        return false;
    str origin = origin_of(first, x->arena);
    for (int tries = 0;; tries++) {
        str here = part_of(url, CURLUPART_URL, x->arena);
        CURLU *checked;
        if (!read_url(here, x->arena, &checked, err) || !admits(fetch, url, x->arena, err)
            || !ask_once(request, x, url, str_equal(origin, origin_of(url, x->arena)),
                         until_us, &status, err))
            return false;
        if (!is_redirect(status))
            return keep_reply(x, status, ret, err);
        if (!follow(x, url, tries, err))
            return false;
    }
}

bool fetch_get(struct fetch *fetch, const struct fetch_request *request,
               struct arena *arena, struct fetch_reply *ret, struct err *err)
{
    struct exchange x = { .fetch = fetch, .arena = arena };
    buf_init(&x.body, FETCH_MAX_BYTES);
    bool good = ask(fetch, request, &x, ret, err);
    buf_done(&x.body);
    return good;
}
