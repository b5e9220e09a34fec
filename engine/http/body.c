/*
 * A shared body and its forms: plain, gzip, brotli. Each form is one MHD response, made
 * when first asked for; MHD counts its users, so a form outlives its body while a slow
 * client still reads. A page is packed quickly because it may change soon: ISA-L's
 * level 0 takes two thirds of the time of its level 1, and two fifths of libdeflate's
 * fastest, for pages a sixth larger. Its codes are fixed: codes of a page's own would be
 * as small as level 1, but a packer that kept them would tell of one person's page in
 * another's. What is immutable is packed tightly because it is sent for a year.
 */
#include "inside.h"

#include <brotli/encode.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

enum form { PLAIN, GZIP, BROTLI, UNCHANGED, FORMS };

enum {
    ETAG = 19,               /* a quoted hash and NUL */
    WORTH_PACKING = 1 << 10, /* bytes that are sent once: fewer fit into one packet */
    ROOM = 64 << 10,         /* bytes: what is larger is seldom */
};

struct http_body {
    int refs;
    bool immutable;
    bool in_room; /* all its forms are that fit */
    str bytes;    /* owned by forms[PLAIN] once that is made */
    size_t packed_bytes;
    const char *type;                /* borrowed */
    const struct http_field *fields; /* borrowed */
    size_t field_count;
    char etag[ETAG];
    pthread_mutex_t lock;              /* protects: the making of forms */
    struct MHD_Response *forms[FORMS]; /* atomic; NULL until made */
};

void body_headers(struct http_body *body, struct MHD_Response *response)
{
    MHD_add_response_header(response, "Content-Type", body->type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < body->field_count; i++)
        MHD_add_response_header(response, body->fields[i].name, body->fields[i].value);
    MHD_add_response_header(response, "Cache-Control",
                            body->immutable ? "public, max-age=31536000, immutable"
                                            : "private, no-cache");
}

static void free_bytes(void *bytes)
{
    mem_free(bytes);
}

/*
 * Bytes that are sent once lie in rooms, which a thread uses again and again: the next
 * reply stands where the last one stood, in memory that the processor still has near, and
 * the heap need not find, cut and join such large pieces for every request.
 */
static char *take_room(void)
{
    struct worker *w = worker_now();
    return w && w->room_count ? w->rooms[--w->room_count] : mem_alloc(ROOM);
}

/* In whatever thread has sent it. */
static void give_room(void *room)
{
    struct worker *w = worker_now();
    if (w && w->room_count < COUNT_OF(w->rooms))
        w->rooms[w->room_count++] = room;
    else
        mem_free(room);
}

static str copy_bytes(const struct http_body *body, str bytes)
{
    if (!body->in_room || bytes.n > ROOM)
        return mem_str(bytes);
    return (str){ memcpy(take_room(), bytes.p, bytes.n), bytes.n };
}

/* How to free what copy_bytes gave. */
static void (*free_of(const struct http_body *body, str bytes))(void *)
{
    return body->in_room && bytes.n <= ROOM ? give_room : free_bytes;
}

/* Takes `bytes` over; those of a body in a room must be of copy_bytes. */
static struct MHD_Response *make_form(struct http_body *body, enum form form, str bytes)
{
    struct MHD_Response *r = MHD_create_response_from_buffer_with_free_callback(
        bytes.n, (void *)(uintptr_t)bytes.p, free_of(body, bytes));
    body_headers(body, r);
    MHD_add_response_header(r, "ETag", body->etag);
    MHD_add_response_header(r, "Vary", "Accept-Encoding");
    if (form == GZIP)
        MHD_add_response_header(r, "Content-Encoding", "gzip");
    if (form == BROTLI)
        MHD_add_response_header(r, "Content-Encoding", "br");
    return r;
}

static void write_etag(char etag[ETAG], uint64_t hash)
{
    *etag++ = '"';
    for (int i = 60; i >= 0; i -= 4)
        *etag++ = "0123456789abcdef"[hash >> i & 15];
    *etag++ = '"';
    *etag = 0;
}

struct http_body *http_body_open(const struct http_body_config *config)
{
    struct http_body *body = mem_zero(sizeof *body);
    body->refs = 1;
    body->immutable = config->immutable;
    body->in_room = config->once;
    body->bytes = config->once ? copy_bytes(body, config->bytes) : config->bytes;
    body->type = config->type;
    body->fields = config->fields;
    body->field_count = config->field_count;
    write_etag(body->etag,
               config->version ? config->version : str_hash(config->bytes, 0));
    pthread_mutex_init(&body->lock, NULL);
    return body;
}

struct http_body *http_body_hold(struct http_body *body)
{
    __atomic_add_fetch(&body->refs, 1, __ATOMIC_RELAXED);
    return body;
}

void http_body_drop(struct http_body *body)
{
    if (!body || __atomic_sub_fetch(&body->refs, 1, __ATOMIC_ACQ_REL))
        return;
    for (int i = 0; i < FORMS; i++) {
        if (body->forms[i])
            MHD_destroy_response(body->forms[i]);
    }
    if (!body->forms[PLAIN])
        free_of(body, body->bytes)((void *)(uintptr_t)body->bytes.p);
    pthread_mutex_destroy(&body->lock);
    mem_free(body);
}

str http_body_bytes(const struct http_body *body)
{
    return body->bytes;
}

size_t http_body_size(const struct http_body *body)
{
    return sizeof *body + body->bytes.n
           + __atomic_load_n(&body->packed_bytes, __ATOMIC_RELAXED);
}

/* ---- forms ---- */

struct packer {
    struct isal_zstream stream;
    struct buf out; /* what was packed last */
};

static struct packer *packer_of(struct worker *worker)
{
    if (!worker->packer) {
        worker->packer = mem_alloc(sizeof *worker->packer);
        buf_init(&worker->packer->out, SIZE_MAX / 2);
    }
    buf_clear(&worker->packer->out);
    return worker->packer;
}

void packer_close(struct packer *packer)
{
    if (packer)
        buf_done(&packer->out);
    mem_free(packer);
}

static void pack_gzip_tightly(struct buf *out, str bytes)
{
    struct libdeflate_compressor *packer = libdeflate_alloc_compressor(9);
    buf_reserve(out, libdeflate_gzip_compress_bound(packer, bytes.n));
    out->n = libdeflate_gzip_compress(packer, bytes.p, bytes.n, out->p, out->cap);
    libdeflate_free_compressor(packer);
}

/* What does not become smaller does not fit into its room, and is left to the other. */
static void pack_gzip(struct packer *packer, str bytes)
{
    struct isal_zstream *stream = &packer->stream;
    buf_reserve(&packer->out, bytes.n);
    isal_deflate_stateless_init(stream); /* level 0 */
    stream->gzip_flag = IGZIP_GZIP;
    stream->end_of_stream = 1;
    stream->next_in = (uint8_t *)(uintptr_t)bytes.p;
    stream->avail_in = (uint32_t)bytes.n;
    stream->next_out = (uint8_t *)packer->out.p;
    stream->avail_out = (uint32_t)bytes.n;
    if (isal_deflate_stateless(stream) == COMP_OK)
        packer->out.n = stream->total_out;
    else
        pack_gzip_tightly(&packer->out, bytes);
}

static void pack_brotli(struct buf *out, str bytes, bool tightly)
{
    buf_reserve(out, BrotliEncoderMaxCompressedSize(bytes.n) + 1);
    size_t n = out->cap;
    BrotliEncoderCompress(tightly ? 10 : 1, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT,
                          bytes.n, (const uint8_t *)bytes.p, &n, (uint8_t *)out->p);
    out->n = n;
}

/* Lies with the packer until it packs again. */
static str pack(struct http_body *body, enum form form, struct packer *packer)
{
    if (form == BROTLI)
        pack_brotli(&packer->out, body->bytes, body->immutable);
    else if (form == GZIP && body->immutable)
        pack_gzip_tightly(&packer->out, body->bytes);
    else if (form == GZIP)
        pack_gzip(packer, body->bytes);
    return buf_view(&packer->out);
}

static struct MHD_Response *new_form(struct http_body *body, enum form form,
                                     const struct http_request *request)
{
    if (form == PLAIN)
        return make_form(body, form, body->bytes);
    struct worker *worker = worker_here(request->exchange->server);
    str packed = copy_bytes(body, pack(body, form, packer_of(worker)));
    __atomic_add_fetch(&body->packed_bytes, packed.n, __ATOMIC_RELAXED);
    return make_form(body, form, packed);
}

static struct MHD_Response *form_of(struct http_body *body, enum form form,
                                    const struct http_request *request)
{
    struct MHD_Response *r = __atomic_load_n(&body->forms[form], __ATOMIC_ACQUIRE);
    if (r)
        return r;
    pthread_mutex_lock(&body->lock);
    if (!body->forms[form])
        __atomic_store_n(&body->forms[form], new_form(body, form, request),
                         __ATOMIC_RELEASE);
    r = body->forms[form];
    pthread_mutex_unlock(&body->lock);
    return r;
}

/* Whether an Accept-Encoding list admits `coding` (RFC 9110, 12.5.3; q=0 forbids). */
static bool admits(str list, str coding)
{
    while (list.p && list.n) {
        str item = str_cut(list, ',', &list);
        str parameters;
        str name = str_trim(str_cut(item, ';', &parameters));
        if (!str_equal(name, coding))
            continue;
        str q = str_trim(parameters);
        return !(str_equal(q, STR("q=0")) || str_starts(q, STR("q=0.0")));
    }
    return false;
}

/* A page is packed with gzip where both will do: it takes half the time of brotli's
 * fastest level. What is packed once for a year is smaller in brotli. */
static enum form choose(const struct http_body *body, str accepted)
{
    bool gzip = admits(accepted, STR("gzip"));
    bool brotli = admits(accepted, STR("br"));
    if (body->bytes.n < 256)
        return PLAIN;
    if (gzip && !(brotli && body->immutable))
        return GZIP;
    return brotli ? BROTLI : PLAIN;
}

static bool is_text(const char *type)
{
    return type
           && (str_starts(str_of(type), STR("text/"))
               || str_starts(str_of(type), STR("application/json")));
}

static struct MHD_Response *packed_response(const struct http_request *request, str bytes)
{
    struct packer *packer = packer_of(worker_here(request->exchange->server));
    pack_gzip(packer, bytes);
    struct MHD_Response *r = MHD_create_response_from_buffer(packer->out.n, packer->out.p,
                                                             MHD_RESPMEM_MUST_COPY);
    MHD_add_response_header(r, "Content-Encoding", "gzip");
    return r;
}

struct MHD_Response *own_response(const struct http_request *request, const char *type,
                                  str bytes)
{
    bool worth = bytes.n >= WORTH_PACKING && is_text(type);
    struct MHD_Response *r =
        worth && admits(http_header(request, "Accept-Encoding"), STR("gzip"))
            ? packed_response(request, bytes)
            : MHD_create_response_from_buffer(bytes.n, (void *)(uintptr_t)bytes.p,
                                              MHD_RESPMEM_MUST_COPY);
    if (worth)
        MHD_add_response_header(r, "Vary", "Accept-Encoding");
    return r;
}

struct MHD_Response *body_response(struct http_body *body,
                                   const struct http_request *request, int *status)
{
    str known = http_header(request, "If-None-Match");
    if (*status == 200 && known.n
        && memmem(known.p, known.n, body->etag, strlen(body->etag))) {
        *status = 304;
        return form_of(body, UNCHANGED, request);
    }
    str accepted = http_header(request, "Accept-Encoding");
    return form_of(body, accepted.n ? choose(body, accepted) : PLAIN, request);
}
