/* Who may do what, and where. */
#include "inside.h"

#define RIGHT(right) (1u << (right))

static const str rights[] = { [AUTH_READ_LAYER] = STR_INIT("read_layer"),
                              [AUTH_EDIT_LAYER] = STR_INIT("edit_layer"),
                              [AUTH_PUBLISH_LAYER] = STR_INIT("publish_layer"),
                              [AUTH_GRANT] = STR_INIT("grant"),
                              [AUTH_SEE_AS] = STR_INIT("see_as_person"),
                              [AUTH_READ_DATA] = STR_INIT("read_data"),
                              [AUTH_WRITE_DATA] = STR_INIT("write_data"),
                              [AUTH_FEED_DATA] = STR_INIT("feed_data"),
                              [AUTH_READ_AUDIT] = STR_INIT("read_audit"),
                              [AUTH_READ_USAGE] = STR_INIT("read_usage") };

/* An employee sees and arranges her own page, which needs no right. */
static const struct {
    str name;
    unsigned rights;
} roles[] = {
    { STR_INIT("employee"), 0 },
    { STR_INIT("editor"), RIGHT(AUTH_READ_DATA) | RIGHT(AUTH_WRITE_DATA) },
    { STR_INIT("designer"),
      RIGHT(AUTH_READ_LAYER) | RIGHT(AUTH_EDIT_LAYER) | RIGHT(AUTH_READ_USAGE) },
    { STR_INIT("publisher"), RIGHT(AUTH_READ_LAYER) | RIGHT(AUTH_EDIT_LAYER)
                                 | RIGHT(AUTH_PUBLISH_LAYER) | RIGHT(AUTH_SEE_AS)
                                 | RIGHT(AUTH_READ_USAGE) },
    { STR_INIT("administrator"), RIGHT(AUTH_READ_LAYER) | RIGHT(AUTH_EDIT_LAYER)
                                     | RIGHT(AUTH_PUBLISH_LAYER) | RIGHT(AUTH_SEE_AS)
                                     | RIGHT(AUTH_GRANT) | RIGHT(AUTH_READ_DATA)
                                     | RIGHT(AUTH_WRITE_DATA) | RIGHT(AUTH_FEED_DATA)
                                     | RIGHT(AUTH_READ_AUDIT) | RIGHT(AUTH_READ_USAGE) },
};

static unsigned rights_of(str role)
{
    for (size_t i = 0; i < COUNT_OF(roles); i++) {
        if (str_equal(roles[i].name, role))
            return roles[i].rights;
    }
    return 0;
}

bool role_gives(str role, enum auth_right right)
{
    return rights_of(role) & RIGHT(right);
}

struct val auth_role_rights(str role, struct arena *arena)
{
    struct val *names = ARENA_ARRAY(arena, struct val, AUTH_RIGHTS);
    size_t n = 0;
    for (size_t i = 0; i < AUTH_RIGHTS; i++) {
        if (role_gives(role, (enum auth_right)i))
            names[n++] = val_str(rights[i]);
    }
    return val_list(names, n);
}

bool auth_grants(struct snap *snap, str home, str person, struct arena *arena,
                 struct reads *reads, struct val *ret, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct store_collection *grants =
        store_collection(snap_store(snap), STR("grant"));
    struct query query = { .collection = grants,
                           .index = store_index(grants, STR("person")),
                           .equals = { val_str(home), val_str(person) },
                           .equals_count = 2,
                           .limit = STORE_MAX_ROWS };
    struct rows rows;
    if (!snap_query(snap_for(snap, system, 1, arena), &query, arena, reads, &rows, err))
        return false;
    *ret = rows.list;
    return true;
}

static bool gives(struct val grant, const struct auth_question *q)
{
    str specialty = val_get_text(grant, STR("specialty"));
    return role_gives(val_get_text(grant, STR("role")), q->right)
           && tenant_on(q->path, val_get_text(grant, STR("tenant")))
           && (!specialty.n || q->right == AUTH_READ_LAYER || q->right == AUTH_READ_USAGE
               || str_equal(specialty, q->specialty));
}

static bool lists(struct val list, str text)
{
    for (size_t i = 0; i < val_count(list); i++) {
        if (str_equal(val_text(val_at(list, i)), text))
            return true;
    }
    return false;
}

/* A token knows its unit alone, not those below. */
static bool token_gives(struct val token, const struct auth_question *q)
{
    return str_equal(val_get_text(token, STR("tenant")), tenant_of(q->path)->id)
           && lists(val_get(token, STR("rights")), rights[q->right])
           && lists(val_get(token, STR("collections")), q->collection);
}

static bool token_may(struct snap *snap, const struct auth_question *q,
                      struct arena *arena, struct err *err)
{
    struct val token;
    if (!auth_token_read(snap, q->token, arena, &token, err))
        return false;
    return token_gives(token, q)
           || err_at(err, ERR_FORBIDDEN, "auth.right", rights[q->right],
                     "the token does not give %.*s for %.*s in %.*s",
                     STR_ARG(rights[q->right]), STR_ARG(q->collection),
                     STR_ARG(tenant_of(q->path)->id));
}

bool auth_may(struct snap *snap, const struct auth_question *question,
              struct arena *arena, struct reads *reads, struct err *err)
{
    struct val grants;
    if (question->token.n)
        return token_may(snap, question, arena, err);
    if (!auth_grants(snap, question->home, question->person, arena, reads, &grants, err))
        return false;
    for (size_t i = 0; i < val_count(grants); i++) {
        if (gives(val_at(grants, i), question))
            return true;
    }
    return err_at(err, ERR_FORBIDDEN, "auth.right", rights[question->right],
                  "this needs the right %.*s in %.*s", STR_ARG(rights[question->right]),
                  STR_ARG(tenant_of(question->path)->id));
}
