#pragma once
#include "doc/doc.h"
#include "store/store.h"
bool theme_css(const struct val *themes, size_t n, struct arena *arena, struct buf *out,
               struct err *err) MUST_CHECK;
bool theme_check(struct val theme, struct arena *arena, struct err *err);
bool theme_setup(struct store *store, struct err *err);
str theme_color(const struct val *themes, size_t n, str path, struct arena *arena);
