/* What is published at its time, and stages that end at theirs: one entry each, of all
 * units. */
#include "inside.h"

bool timetable_add(struct txn *txn, const struct state *s, struct val revision,
                   int64_t due_ms, struct err *err)
{
    struct arena *a = txn_arena(txn);
    struct val v = val_with_text(a, val_map(NULL, 0), "id", txn_new_id(txn));
    v = val_with(a, v, STR("due"), val_int(due_ms));
    v = val_with_text(a, v, "tenant", tenant_of(&s->path)->id);
    v = val_with_text(a, v, "layer", s->id);
    v = val_with(a, v, STR("number"), val_get(revision, STR("number")));
    return txn_put(txn, TENANT_SYSTEM_SPACE,
                   store_collection(txn_store(txn), STR("timetable")), v, PUT_NEW, err);
}

/* An entry of the timetable. */
struct due {
    struct val entry;
    const char *failed; /* the code of what made it impossible, or NULL */
};

static bool due_read(struct snap *snap, struct val entry, struct arena *arena,
                     struct state *ret, struct val *ret_revision, struct err *err)
{
    return state_read(snap, val_get_text(entry, STR("tenant")),
                      val_get_text(entry, STR("layer")), arena, ret, err)
           && revision_read(snap, ret, val_as_int(val_get(entry, STR("number")), 0),
                            arena, ret_revision, err);
}

static bool take_due(struct txn *txn, struct val entry, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct arena *a = txn_arena(txn);
    struct snap *snap = txn_snap(txn, system, 1);
    struct state s;
    struct val revision;
    if (!due_read(snap, entry, a, &s, &revision, err))
        return err->kind == ERR_MISSING; /* its unit is gone, and it with it */
    if (val_is(val_get(revision, STR("state")), "staged"))
        return stage_due(txn, &s, revision, val_as_int(val_get(entry, STR("due")), 0),
                         err);
    if (!val_is(val_get(revision, STR("state")), "scheduled"))
        return true;
    return revision_is_overtaken(&s, revision) ? revision_expire(txn, &s, revision, err)
                                               : revision_begin(txn, &s, revision, err);
}

/* What cannot be published tells why, and its draft waits no longer. */
static bool abandon(struct txn *txn, const struct due *due, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct arena *a = txn_arena(txn);
    struct snap *snap = txn_snap(txn, system, 1);
    struct state s;
    struct val revision;
    if (!due_read(snap, due->entry, a, &s, &revision, err))
        return err->kind == ERR_MISSING;
    revision = val_with_text(a, revision, "failed", str_of(due->failed));
    return stage_end(txn, &s, revision, err) && revision_expire(txn, &s, revision, err);
}

static bool find_due(struct snap *snap, int64_t now_ms, struct arena *arena,
                     struct val *ret, struct err *err)
{
    const struct store_collection *c =
        store_collection(snap_store(snap), STR("timetable"));
    struct query q = { .collection = c,
                       .index = store_index(c, STR("due")),
                       .to = val_int(now_ms + 1),
                       .limit = 1 };
    struct rows rows;
    if (!snap_query(snap, &q, arena, NULL, &rows, err))
        return false;
    *ret = val_copy(arena, rows.list);
    return true;
}

static bool forget_work(struct txn *txn, void *data, struct err *err)
{
    const struct due *due = data;
    return txn_remove(txn, TENANT_SYSTEM_SPACE,
                      store_collection(txn_store(txn), STR("timetable")),
                      val_get_text(due->entry, STR("id")), err);
}

static bool due_work(struct txn *txn, void *data, struct err *err)
{
    const struct due *due = data;
    return take_due(txn, due->entry, err) && forget_work(txn, data, err);
}

static bool abandon_work(struct txn *txn, void *data, struct err *err)
{
    return abandon(txn, data, err) && forget_work(txn, data, err);
}

static bool next_due(struct editor *editor, int64_t now_ms, struct arena *arena,
                     struct val *ret, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    struct snap *snap;
    if (!snap_open(editor->reader, system, 1, &snap, err))
        return false;
    bool good = find_due(snap, now_ms, arena, ret, err);
    snap_close(snap);
    return good;
}

/* The work itself, not the store: it would fail again. */
static bool is_hopeless(const struct err *err)
{
    return err->kind != ERR_SYSTEM && err->kind != ERR_BUSY;
}

/* True when the entry is gone, whatever came of it: others wait behind it. What went
 * wrong stands in `due->failed` and `err`. */
static bool settle(struct editor *editor, struct due *due, struct err *err)
{
    struct err again;
    if (store_write(editor->store, due_work, due, err))
        return true;
    due->failed = err->code;
    return is_hopeless(err)
           && (store_write(editor->store, abandon_work, due, &again)
               || (is_hopeless(&again)
                   && store_write(editor->store, forget_work, due, &again)));
}

bool edit_publish_due(struct editor *editor, int64_t now_ms, size_t *ret, struct err *err)
{
    struct arena *arena = arena_open();
    struct val list;
    bool going = true;
    bool failed = false;
    *ret = 0;
    while (going && (going = next_due(editor, now_ms, arena, &list, err))
           && val_count(list)) {
        struct due due = { .entry = val_at(list, 0) };
        going = settle(editor, &due, err);
        if (going && editor->layouts) /* the stage that was counted is over */
            layout_forget_tallies(editor->layouts, val_get_text(due.entry, STR("tenant")),
                                  val_get_text(due.entry, STR("layer")));
        failed = failed || due.failed;
        *ret += !due.failed;
        arena_reset(arena);
    }
    arena_close(arena);
    return going && !failed;
}
