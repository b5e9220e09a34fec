/*
 * Any text as a script: compiled, its manifest read, its load called, in both trust
 * classes.
 */
#include "script/script.h"

static const struct script_limits limits = {
    .fuel = 200000,
    .deadline_ms = 100,
    .heap_bytes = 2 << 20,
    .largest_bytes = 256 << 10,
    .result_bytes = 64 << 10,
};

static struct script_worker *worker;
static struct arena *arena; /* of one input */
static struct val context;

static void push_context(lua_State *L, void *host)
{
    (void)host;
    script_push(L, context);
}

static void run(str source, enum script_trust trust)
{
    struct script *script;
    struct val v;
    struct err err;
    if (!script_open(source, STR("fuzz.lua"), trust, &script, &err))
        return;
    struct script_call call = {
        .script = script,
        .entry = STR("load"),
        .limits = &limits,
        .push_argument = push_context,
        .arena = arena,
    };
    if (script_manifest(worker, script, &limits, arena, &v, &err))
        (void)doc_text(arena, v, DOC_SORTED);
    if (script_call(worker, &call, &v, NULL, &err))
        (void)doc_text(arena, v, DOC_SORTED);
    script_drop(script);
}

static void open_worker(void)
{
    static struct arena *keep;
    struct err err;
    arena = arena_open();
    keep = arena_open();
    if (!doc_parse(
            keep, STR("{\"title\":\"t\",\"items\":[{\"id\":1,\"name\":\"a\"},null,[1]]}"),
            &context, &err)
        || !script_worker_open(NULL, &worker, &err))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!worker)
        open_worker();
    run((str){ (const char *)data, size }, SCRIPT_TRUSTED);
    run((str){ (const char *)data, size }, SCRIPT_TENANT);
    arena_reset(arena);
    return 0;
}
