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

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <malloc.h>

enum form { PLAIN, GZIP, BROTLI, UNCHANGED, FORMS };

enum {
    ETAG = 19,               /* a quoted hash and NUL */
    WORTH_PACKING = 1 << 10, /* bytes that are sent once: fewer fit into one packet */
    ROOM = 64 << 10,         /* bytes: what is larger is seldom */
    RESPONSE = 1000,         /* what MHD takes for one, with our fields */
    IDLE = 2 << 20,          /* bytes of shed forms that may lie idle in the heap, … */
    IDLE_PART = 16,          /* … besides this part of all */
};

struct made {
    str bytes; /* the response's, once there is one; p == NULL: not made, or shed */
    struct MHD_Response *response; /* NULL: nobody asked for it yet */
};

struct http_body {
    int refs;
    bool immutable;
    bool in_room;     /* all its forms are that fit */
    bool sheds;       /* it keeps one form */
    size_t n;         /* of its bytes, not packed */
    size_t held;      /* atomic: bytes in all its forms, with their responses */
    const char *type; /* borrowed */
    const struct http_field *fields; /* borrowed */
    size_t field_count;
    char etag[ETAG];
    pthread_mutex_t lock; /* protects: forms */
    struct made forms[FORMS];
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

/* Kept bodies come and go by the thousand, in pieces that the heap does not give back by
 * itself: it is told to when it has much to give, which takes it one to four ms. */
static void count_held(struct http_body *body, ptrdiff_t more)
{
    static size_t all;
    static size_t most; /* of `all` since memory was given back */
    __atomic_add_fetch(&body->held, (size_t)more, __ATOMIC_RELAXED);
    if (!body->sheds)
        return;
    size_t now = __atomic_add_fetch(&all, (size_t)more, __ATOMIC_RELAXED);
    size_t before = __atomic_load_n(&most, __ATOMIC_RELAXED);
    if (now < before && before - now < IDLE + before / IDLE_PART)
        return;
    __atomic_store_n(&most, now, __ATOMIC_RELAXED);
    if (now < before)
        malloc_trim(0);
}

struct http_body *http_body_open(const struct http_body_config *config)
{
    struct http_body *body = mem_zero(sizeof *body);
    body->refs = 1;
    body->immutable = config->immutable;
    body->in_room = config->once;
    body->sheds = !config->immutable && !config->once;
    body->n = config->bytes.n;
    body->forms[PLAIN].bytes =
        config->once ? copy_bytes(body, config->bytes) : config->bytes;
    body->type = config->type;
    body->fields = config->fields;
    body->field_count = config->field_count;
    write_etag(body->etag,
               config->version ? config->version : str_hash(config->bytes, 0));
    pthread_mutex_init(&body->lock, NULL);
    count_held(body, (ptrdiff_t)body->n);
    return body;
}

struct http_body *http_body_hold(struct http_body *body)
{
    __atomic_add_fetch(&body->refs, 1, __ATOMIC_RELAXED);
    return body;
}

/* A client that still reads it holds the response. */
static void drop_form(struct http_body *body, struct made *form)
{
    size_t n = form->bytes.n + (form->response ? RESPONSE : 0);
    if (form->response)
        MHD_destroy_response(form->response);
    else if (form->bytes.p)
        free_of(body, form->bytes)((void *)(uintptr_t)form->bytes.p);
    *form = (struct made){ 0 };
    if (n)
        count_held(body, -(ptrdiff_t)n);
}

void http_body_drop(struct http_body *body)
{
    if (!body || __atomic_sub_fetch(&body->refs, 1, __ATOMIC_ACQ_REL))
        return;
    for (int i = 0; i < FORMS; i++)
        drop_form(body, &body->forms[i]);
    pthread_mutex_destroy(&body->lock);
    mem_free(body);
}

size_t body_length(const struct http_body *body)
{
    return body->n;
}

size_t http_body_size(const struct http_body *body)
{
    return sizeof *body + __atomic_load_n(&body->held, __ATOMIC_RELAXED);
}

/* ---- forms ---- */

struct packer {
    struct isal_zstream stream;
    struct buf out;   /* what was packed last */
    struct buf plain; /* and what was unpacked */
};

static struct packer *packer_of(struct worker *worker)
{
    if (!worker->packer) {
        worker->packer = mem_alloc(sizeof *worker->packer);
        buf_init(&worker->packer->out, SIZE_MAX / 2);
        buf_init(&worker->packer->plain, SIZE_MAX / 2);
    }
    buf_clear(&worker->packer->out);
    return worker->packer;
}

void packer_close(struct packer *packer)
{
    if (packer) {
        buf_done(&packer->out);
        buf_done(&packer->plain);
    }
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

/* Writes the bytes, as many as the body is long, from the form that is left. */
static void unpack(const struct http_body *body, char *to)
{
    str gzip = body->forms[GZIP].bytes;
    str brotli = body->forms[BROTLI].bytes;
    size_t n = body->n;
    if (gzip.p) {
        struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
        libdeflate_gzip_decompress(d, gzip.p, gzip.n, to, n, NULL);
        libdeflate_free_decompressor(d);
    } else if (brotli.p) {
        BrotliDecoderDecompress(brotli.n, (const uint8_t *)brotli.p, &n, (uint8_t *)to);
    }
}

/* With the lock held; lies with the packer when it had to be unpacked. */
static str plain_bytes(const struct http_body *body, struct packer *packer)
{
    if (body->forms[PLAIN].bytes.p)
        return body->forms[PLAIN].bytes;
    buf_clear(&packer->plain);
    buf_reserve(&packer->plain, body->n);
    unpack(body, packer->plain.p);
    return (str){ packer->plain.p, body->n };
}

str http_body_bytes(struct http_body *body, struct arena *arena)
{
    if (!body->sheds)
        return body->forms[PLAIN].bytes;
    char *copy = arena_alloc(arena, body->n + 1);
    pthread_mutex_lock(&body->lock);
    if (body->forms[PLAIN].bytes.p)
        memcpy(copy, body->forms[PLAIN].bytes.p, body->n);
    else
        unpack(body, copy);
    pthread_mutex_unlock(&body->lock);
    return (str){ copy, body->n };
}

/* Lies with the packer until it packs again. */
static str pack(const struct http_body *body, enum form form, struct packer *packer)
{
    if (form == UNCHANGED)
        return STR("");
    str bytes = plain_bytes(body, packer);
    if (form == PLAIN)
        return bytes;
    if (form == BROTLI)
        pack_brotli(&packer->out, bytes, body->immutable);
    else if (body->immutable)
        pack_gzip_tightly(&packer->out, bytes);
    else
        pack_gzip(packer, bytes);
    return buf_view(&packer->out);
}

static void new_form(struct http_body *body, enum form form,
                     const struct http_request *request)
{
    struct made *made = &body->forms[form];
    size_t before = made->bytes.n;
    if (!made->bytes.p) {
        struct worker *worker = worker_here(request->exchange->server);
        made->bytes = copy_bytes(body, pack(body, form, packer_of(worker)));
    }
    made->response = make_form(body, form, made->bytes);
    count_held(body, (ptrdiff_t)(made->bytes.n - before + RESPONSE));
}

/* With the lock held. One hold is the owner's, one this request's; a third is of somebody
 * who may be about to send another form, and it stays until the next request. */
static void shed_others(struct http_body *body, enum form form)
{
    if (!body->sheds || form == UNCHANGED
        || __atomic_load_n(&body->refs, __ATOMIC_ACQUIRE) > 2)
        return;
    for (enum form i = PLAIN; i < UNCHANGED; i++) {
        if (i != form)
            drop_form(body, &body->forms[i]);
    }
}

static struct MHD_Response *form_of(struct http_body *body, enum form form,
                                    const struct http_request *request)
{
    pthread_mutex_lock(&body->lock);
    if (!body->forms[form].response)
        new_form(body, form, request);
    shed_others(body, form);
    struct MHD_Response *r = body->forms[form].response;
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
    if (body->n < 256)
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
