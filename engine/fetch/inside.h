/* What the files of fetch share. */
#pragma once
#include "fetch/fetch.h"

#include <sys/socket.h>

/* ---- sources.c ---- */

struct address {
    uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
};

struct sources;

bool sources_open(str list, struct sources **ret, struct err *err);
void sources_close(struct sources *sources);
bool address_read(str text, struct address *ret);
bool address_of(const struct sockaddr *from, struct address *ret);
bool address_is_public(const struct address *address);
/* The address lies in a listed range. */
bool sources_list(const struct sources *sources, const struct address *address);
/* The host, a name or an address, is listed. */
bool sources_admit(const struct sources *sources, str host);
