/* What units call differently: words laid over those of the files. */
#include "inside.h"

static struct val word_at(struct val words, str key)
{
    str rest = key;
    while (rest.p && val_exists(words))
        words = val_get(words, str_cut(rest, '.', &rest));
    return words;
}

bool package_has_word(const struct val words[VIEW_LANGS], str key)
{
    return word_at(words[VIEW_ZH], key).kind == VAL_STR;
}

static struct val with_word(struct arena *a, struct val words, str key, struct val text)
{
    str rest;
    str name = str_cut(key, '.', &rest);
    if (!rest.p)
        return val_with(a, words, name, text);
    return val_with(a, words, name, with_word(a, val_get(words, name), rest, text));
}

/* A word that is not there any more is not made. */
struct val words_renamed(const struct compile *c, str component, enum view_lang lang,
                         struct val words)
{
    struct val mine = val_get(c->renamed, component);
    for (size_t i = 0; i < val_count(mine); i++) {
        str key;
        struct val text = val_get(val_member(mine, i, &key), view_lang_name(lang));
        if (text.kind == VAL_STR && word_at(words, key).kind == VAL_STR)
            words = with_word(c->package->arena, words, key, text);
    }
    return words;
}

/* In one order, so that equal words are equal texts. */
struct val words_for(struct val words, str package, struct arena *arena)
{
    struct val kept = val_map(NULL, 0);
    for (size_t i = 0; i < val_count(words); i++) {
        str component;
        struct val renamed = val_member(words, i, &component);
        str name;
        str of = package_of_ref(component, &name);
        if (str_equal(of, package) || str_equal(of, STR("ui")))
            kept = val_with(arena, kept, component, renamed);
    }
    return kept;
}
