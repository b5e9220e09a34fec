/* Who is signed in, and how far the studio's guide has led her. */
#include "inside.h"

bool desk_me(struct call *c, struct val *ret, struct err *err)
{
    struct arena *a = c->request->arena;
    const struct viewer *v = c->scope.viewer;
    struct val *units = ARENA_ARRAY(a, struct val, v->path.n + 1);
    (void)err;
    for (size_t i = 0; i < v->path.n; i++)
        units[i] = val_str(v->path.items[i].id);
    struct val me = val_with(a, val_map(NULL, 0), STR("id"), val_str(v->person_id));
    me = val_with(a, me, STR("name"), val_get(v->person, STR("name")));
    me = val_with(a, me, STR("units"), val_list(units, v->path.n));
    if (v->specialty.n)
        me = val_with(a, me, STR("specialty"), val_str(v->specialty));
    int64_t guide = val_as_int(val_get(v->person, STR("guide")), 0);
    *ret = val_with(a, me, STR("guide"), val_int(guide));
    return true;
}

bool desk_me_guide(struct call *c, struct val *ret, struct err *err)
{
    *ret = VAL_ABSENT;
    if (!settings_put_guide(&c->scope, val_as_int(val_get(c->body, STR("guide")), 0),
                            err))
        return false;
    call_send(c, 204, NULL, STR(""));
    return true;
}
