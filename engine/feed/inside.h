/* What the files of feed share. */
#pragma once
#include "feed/feed.h"

#include "crypt/crypt.h"
#include "fetch/fetch.h"

struct feeds {
    struct feed_config config;
    struct fetch *fetch;
    unsigned char key[CRYPT_KEY];
};

const struct store_collection *feed_connectors(struct store *store);
/* Errors: feed.none. */
bool feed_read(struct snap *house, str id, struct arena *arena, struct val *ret,
               struct err *err);
