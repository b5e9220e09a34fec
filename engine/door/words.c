/* What errors are called for who reads Chinese. Their own texts are English, and say
 * more: names, numbers, limits. */
#include "inside.h"

extern const unsigned char door_words_json[];
extern const size_t door_words_json_size;

struct words {
    struct arena *arena;
    struct val texts; /* by code */
};

struct words *words_open(void)
{
    struct words *words = mem_zero(sizeof *words);
    struct err err;
    words->arena = arena_open();
    if (!doc_parse(words->arena,
                   (str){ (const char *)door_words_json, door_words_json_size },
                   &words->texts, &err))
        words->texts = VAL_ABSENT; /* a test sees to it that it is JSON */
    return words;
}

void words_close(struct words *words)
{
    arena_close(words->arena);
    mem_free(words);
}

str words_of(const struct words *words, const struct scope *scope, str code)
{
    bool reads_chinese = scope->viewer && scope->viewer->lang == SCOPE_ZH;
    return reads_chinese ? val_get_text(words->texts, code) : STR("");
}
