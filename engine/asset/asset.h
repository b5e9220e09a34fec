/*
 * asset: the files that browsers load besides pages: scripts, and what they load. They
 * are bundled into the program (cmake/studio.cmake), each named after its content, so a
 * browser may keep it for ever and a new version has new names.
 *
 * Knows HTTP bodies; nothing of pages or people. Immutable once open.
 */
#pragma once
#include "http/http.h"

/* One bundled file. A table of them ends with name == NULL. */
struct asset_file {
    const char *name;  /* "workbench-1A2B3C4D.js" */
    const char *entry; /* what it was made from, "workbench"; NULL: others load it */
    const unsigned char *bytes;
    size_t size;
    bool is_immutable; /* its name tells its content */
};

struct assets;

/* `fields` are those of every reply; borrowed. */
struct assets *assets_open(const struct http_field *fields, size_t field_count);
void assets_close(struct assets *assets);

/* The file of that name; NULL: there is none. Borrowed. */
struct http_body *assets_find(const struct assets *assets, str name);
/* The name of the file made from an entry point that there is. */
str assets_entry(const struct assets *assets, str entry);
/* Where it is served. */
str assets_address(const struct assets *assets, struct arena *arena, const char *entry);
