/* What a component looks like, with the records of its example: for the studio's palette.
 * It is tried in a store of its own, like the commands do, so nothing of a unit shows. */
#include "trial.h"

bool example_render(struct val package, str component, enum view_lang lang,
                    struct buf *out, struct err *err)
{
    struct trial t = { .open = false };
    struct world world = { .trial = &t, .query = VAL_ABSENT };
    struct looking how = { "card", out };
    bool good = trial_open(&t, NULL, err);
    if (good) {
        trial_take(&t, package, component);
        good = trial_compile(&t, err)
               && (t.package->component_count == 1
                   || err_set(err, ERR_MISSING, "layout.component",
                              "there is no component %.*s", STR_ARG(component)));
    }
    if (good) {
        struct val person = val_with(t.bench.arena, trial_example(&t, STR("person")),
                                     STR("lang"), val_str(view_lang_name(lang)));
        world.props = trial_example(&t, STR("props"));
        world.data = trial_example(&t, STR("data"));
        world.person = world_person(t.bench.arena, person);
        good = world_make(&world, err) && world_look(&world, &how, err);
    }
    trial_close(&t);
    return good;
}
