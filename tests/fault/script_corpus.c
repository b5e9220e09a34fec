#include "script_corpus.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static const char canary_source[] =
    "local greeting = 'hello'\n"
    "return { load = function(ctx)\n"
    "  assert(leak == nil and canary_leak == nil)\n"
    "  leak = true\n"
    "  local t = {}\n"
    "  for k, v in pairs({ b = 2, a = 1, c = 3 }) do t[#t + 1] = k .. v end\n"
    "  for i, item in ipairs(ctx.items) do t[#t + 1] = item.name:upper() end\n"
    "  local Class = {}\n"
    "  Class.__index = Class\n"
    "  function Class.name(self) return self.n end\n"
    "  t[#t + 1] = setmetatable({ n = ('x'):rep(3) }, Class):name()\n"
    "  table.sort(t, function(a, b) return a < b end)\n"
    "  return { greeting, (table.concat(t, ' '):gsub('a', '%0%0')), utf8.len('é'),\n"
    "           string.format('%05.1f', math.pi), select('#', 1, 2), pcall(error) }\n"
    "end }\n";
static const char canary_answer[] =
    "[\"hello\",\"A B aa1 b2 c3 xxx\",1,\"003.1\",2,false]";

struct script_limits corpus_patient(void)
{
    struct script_limits limits = script_limits_render;
    limits.deadline_ms = 60000;
    return limits;
}

void corpus_open(struct corpus *c)
{
    struct err err;
    struct val v;
    struct buf packed;
    str text = STR("{\"title\":\"待办\",\"count\":2,\"none\":null,"
                   "\"items\":[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":\"b\"}]}");
    *c = (struct corpus){ .arena = arena_open(), .limits = corpus_patient() };
    buf_init(&packed, 1 << 20);
    if (!doc_parse(c->arena, text, &v, &err) || !doc_pack(&packed, v, &err)
        || !script_worker_open(NULL, &c->worker, &err))
        fail_msg("%s: %s", err.code, err.text);
    c->bytes = packed.p;
    c->context = doc_unpack(buf_view(&packed));
    arena_reset(c->arena);
}

void corpus_close(struct corpus *c)
{
    script_worker_close(c->worker);
    mem_free(c->bytes);
    arena_close(c->arena);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t corpus_list(struct corpus *c, const char *folder, const char **ret)
{
    str path = arena_format(c->arena, "%s/tests/corpus/script/%s",
                            getenv("PINBAN_SOURCE"), folder);
    DIR *dir = opendir(path.p);
    size_t n = 0;
    if (!dir) {
        fail_msg("%s is missing", path.p);
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 4, ".lua") != 0)
            continue;
        assert_true(n < CORPUS_MOST);
        ret[n++] = arena_format(c->arena, "%s/%s", path.p, entry->d_name).p;
    }
    closedir(dir);
    qsort((void *)ret, n, sizeof *ret, by_name);
    return n;
}

str corpus_read(struct corpus *c, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        fail_msg("%s is missing", path);
        return STR("");
    }
    char *bytes = arena_alloc(c->arena, 1 << 18);
    size_t n = fread(bytes, 1, 1 << 18, file);
    fclose(file);
    return (str){ bytes, n };
}

const char *corpus_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void push_context(lua_State *L, void *host)
{
    const struct corpus *c = host;
    script_push(L, c->context);
}

str corpus_run(struct corpus *c, str source, const char *name, enum script_trust trust,
               struct val *ret, struct err *err)
{
    struct script *script;
    if (!script_open(source, str_of(name), trust, &script, err))
        return str_of(err->code + strlen("script."));
    struct script_call call = {
        .script = script,
        .entry = STR("load"),
        .limits = &c->limits,
        .push_argument = push_context,
        .host = c,
        .arena = c->arena,
    };
    bool ok = script_call(c->worker, &call, ret, NULL, err);
    script_drop(script);
    return ok ? STR("ok") : str_of(err->code + strlen("script."));
}

void corpus_canary(struct corpus *c, const char *after, enum script_trust trust)
{
    struct val v = VAL_ABSENT;
    struct err err;
    str verdict = corpus_run(c, str_of(canary_source), "canary.lua", trust, &v, &err);
    if (!str_equal(verdict, STR("ok")))
        fail_msg("after %s: %s %s %s", after, err.code, err.where, err.text);
    str said = doc_text(c->arena, v, DOC_PLAIN);
    if (!str_equal(said, str_of(canary_answer)))
        fail_msg("after %s: %s", after, said.p);
}
