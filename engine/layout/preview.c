/* A page with a draft in it: for those who edit, kept nowhere. */
#include "inside.h"

bool layout_preview(struct layouts *layouts, struct scope *scope,
                    struct script_worker *worker, const struct layout_draft *draft,
                    struct layout **ret, struct val *ret_told, struct err *err)
{
    struct viewing v = { .layouts = layouts,
                         .scope = scope,
                         .worker = worker,
                         .page = draft->page,
                         .draft = draft };
    const struct viewer *viewer = scope->viewer;
    struct stack stack;
    struct resolved resolved;
    if (!look_preview(layouts, scope, &viewer->path, viewer->specialty, draft->theme,
                      &v.look, err))
        return false;
    if (!viewing_open(&v, err)) {
        cached_drop(&v.look->head);
        return false;
    }
    bool good = stack_read(&v, NULL, &stack, err);
    if (good) {
        stack_resolve(&v, &stack, &resolved);
        good = layout_bind(&v, &stack, &resolved, NULL, ret, err);
    }
    if (good)
        *ret_told = explanation(&v, &stack, &resolved, *ret);
    viewing_close(&v);
    cached_drop(&v.look->head);
    return good;
}
