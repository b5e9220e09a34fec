/* What a file is, by its first bytes alone: nothing is unpacked. */
#include "picture/picture.h"

#include <string.h>

static bool broken(struct err *err, const char *what)
{
    return err_set(err, ERR_INPUT, "picture.broken", "this %s file is damaged", what);
}

static unsigned byte_at(str s, size_t i)
{
    return (unsigned char)s.p[i];
}

static int big16(str s, size_t i)
{
    return (int)(byte_at(s, i) << 8 | byte_at(s, i + 1));
}

static int little16(str s, size_t i)
{
    return (int)(byte_at(s, i) | byte_at(s, i + 1) << 8);
}

static int little24(str s, size_t i)
{
    return (int)(byte_at(s, i) | byte_at(s, i + 1) << 8 | byte_at(s, i + 2) << 16);
}

static bool has(str s, size_t at, const char *word, size_t n)
{
    return s.n >= at + n && memcmp(s.p + at, word, n) == 0;
}

static bool read_png(str s, struct picture_form *ret, struct err *err)
{
    ret->type = "image/png";
    if (s.n < 33 || !has(s, 12, "IHDR", 4) || byte_at(s, 16) || byte_at(s, 17)
        || byte_at(s, 20) || byte_at(s, 21))
        return broken(err, "PNG");
    ret->width = big16(s, 18);
    ret->height = big16(s, 22);
    return true;
}

static bool read_gif(str s, struct picture_form *ret, struct err *err)
{
    ret->type = "image/gif";
    if (s.n < 13)
        return broken(err, "GIF");
    ret->width = little16(s, 6);
    ret->height = little16(s, 8);
    return true;
}

/* A frame's head: all markers C0 to CF but the tables DHT, JPG and DAC. */
static bool is_frame(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8
           && marker != 0xCC;
}

static bool read_jpeg(str s, struct picture_form *ret, struct err *err)
{
    size_t at = 2;
    ret->type = "image/jpeg";
    while (at + 9 <= s.n && byte_at(s, at) == 0xFF) {
        unsigned marker = byte_at(s, at + 1);
        if (marker == 0xFF) { /* padding */
            at++;
            continue;
        }
        if (is_frame(marker)) {
            ret->height = big16(s, at + 5);
            ret->width = big16(s, at + 7);
            return true;
        }
        at += 2 + (size_t)big16(s, at + 2);
    }
    return broken(err, "JPEG");
}

static bool read_webp(str s, struct picture_form *ret, struct err *err)
{
    ret->type = "image/webp";
    if (s.n < 30)
        return broken(err, "WebP");
    if (has(s, 12, "VP8X", 4)) {
        ret->width = little24(s, 24) + 1;
        ret->height = little24(s, 27) + 1;
    } else if (has(s, 12, "VP8L", 4) && byte_at(s, 20) == 0x2F) {
        ret->width = (little16(s, 21) & 0x3FFF) + 1;
        ret->height = (little24(s, 22) >> 6 & 0x3FFF) + 1;
    } else if (has(s, 12, "VP8 ", 4) && has(s, 23, "\x9D\x01\x2A", 3)) {
        ret->width = little16(s, 26) & 0x3FFF;
        ret->height = little16(s, 28) & 0x3FFF;
    } else {
        return broken(err, "WebP");
    }
    return true;
}

/* An SVG or a page is the usual stranger: it gets a word of its own. */
static bool unknown(str s, struct err *err)
{
    bool marked = memmem(s.p, s.n < 1024 ? s.n : 1024, "<", 1) && str_is_text(s);
    return err_set(err, ERR_INPUT, "picture.kind", "%s",
                   marked
                       ? "this is a drawing or a page, which may hold scripts; use PNG, "
                         "JPEG, GIF or WebP"
                       : "this is no PNG, JPEG, GIF or WebP");
}

static bool read_form(str s, struct picture_form *ret, struct err *err)
{
    if (has(s, 0, "\x89PNG\r\n\x1A\n", 8))
        return read_png(s, ret, err);
    if (has(s, 0, "\xFF\xD8\xFF", 3))
        return read_jpeg(s, ret, err);
    if (has(s, 0, "GIF87a", 6) || has(s, 0, "GIF89a", 6))
        return read_gif(s, ret, err);
    if (has(s, 0, "RIFF", 4) && has(s, 8, "WEBP", 4))
        return read_webp(s, ret, err);
    return unknown(s, err);
}

bool picture_read(str bytes, struct picture_form *ret, struct err *err)
{
    struct picture_form form = { .type = NULL };
    if (bytes.n > PICTURE_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "picture.large",
                       "a picture has at most %d KiB; make it smaller",
                       PICTURE_MAX_BYTES >> 10);
    if (!read_form(bytes, &form, err))
        return false;
    if (form.width < 1 || form.height < 1)
        return err_set(err, ERR_INPUT, "picture.broken", "this picture has no size");
    if (form.width > PICTURE_MAX_SIDE || form.height > PICTURE_MAX_SIDE
        || form.width * form.height > PICTURE_MAX_AREA)
        return err_set(err, ERR_LIMIT, "picture.large",
                       "a picture of %d × %d pixels is too large for phones", form.width,
                       form.height);
    *ret = form;
    return true;
}
