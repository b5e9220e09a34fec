/*
 * picture: the images that people put on pages. A unit keeps its own, for itself and all
 * below; each is named after its content, so the same file again is the same picture.
 *
 * Knows the collections "picture" (what is said of it) and "picture_bytes" in the unit's
 * space, and what a file is by its bytes; nothing of HTTP or who may. Accepted are PNG,
 * JPEG, GIF and WebP: formats that hold no script. What the file was called or said to
 * be does not matter. Threads: as the store's.
 */
#pragma once
#include "store/store.h"

enum {
    PICTURE_MAX_BYTES = 768 << 10, /* of one file */
    PICTURE_MAX_SIDE = 8192,       /* pixels */
    PICTURE_MAX_AREA = 24 << 20,   /* pixels: what a phone can unpack */
    PICTURE_MAX_OF_UNIT = 200,
};

struct picture_form {
    const char *type; /* "image/png" */
    int width;        /* pixels */
    int height;
};

/* What the bytes are. Errors: picture.kind (none of the four), picture.broken (its head
 * is cut off or makes no sense), picture.large (too many pixels or bytes). */
bool picture_read(str bytes, struct picture_form *ret, struct err *err) MUST_CHECK;

/* Defines the collections; again is free. */
bool picture_setup(struct store *store, struct err *err) MUST_CHECK;

/* Who brings a picture; another unit may have another person of that id. */
struct picture_bringer {
    str home;
    str person;
};

/* A picture of the space: { "id", "type", "width", "height", "bytes", "alt", "home",
 * "by", "at" }. One that is there already stays as it is and is given. Errors: those of
 * picture_read, picture.many (the unit has PICTURE_MAX_OF_UNIT). */
bool picture_put(struct txn *txn, store_space space, str bytes,
                 const struct picture_bringer *by, struct val *ret,
                 struct err *err) MUST_CHECK;
/* Whether the snapshot's own space has that picture, and she brought it. */
bool picture_is_of(struct snap *snap, str id, const struct picture_bringer *by, bool *ret,
                   struct err *err) MUST_CHECK;
/* Says anew what stands for it: { "zh"?, "en"? }. Errors: picture.none. */
bool picture_describe(struct txn *txn, store_space space, str id, struct val alt,
                      struct val *ret, struct err *err) MUST_CHECK;
/* Errors: picture.none. */
bool picture_remove(struct txn *txn, store_space space, str id,
                    struct err *err) MUST_CHECK;
/* Those of a snapshot's own space, newest first; valid until snap_close. */
bool picture_list(struct snap *snap, struct arena *arena, struct val *ret,
                  struct err *err) MUST_CHECK;
/* Its type and bytes, of the snapshot's own space; valid until snap_close. Errors:
 * picture.none. */
bool picture_find(struct snap *snap, str id, str *ret_type, str *ret_bytes,
                  struct err *err) MUST_CHECK;
