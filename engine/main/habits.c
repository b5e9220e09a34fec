/* What people of a folder have done in the days before it is brought in: a demo whose
 * figures begin today has nothing to show. */
#include "inside.h"

enum {
    WEEKDAYS = 7,
    MOST_VIEWS = 50,  /* of a day */
    FIRST_MONDAY = 4, /* days since 1970 */
};

static bool is_whole(struct val v, int64_t least, int64_t most)
{
    return v.kind == VAL_INT && v.i >= least && v.i <= most;
}

static bool are_whole(struct val list, int64_t most)
{
    for (size_t i = 0; i < val_count(list); i++) {
        if (!is_whole(val_at(list, i), 0, most))
            return false;
    }
    return list.kind == VAL_LIST;
}

static bool are_texts(struct val list, bool or_null)
{
    for (size_t i = 0; i < val_count(list); i++) {
        struct val v = val_at(list, i);
        if (!val_text(v).n && !(or_null && v.kind == VAL_NULL))
            return false;
    }
    return list.kind == VAL_LIST && list.n;
}

bool habit_check(struct val habit, struct err *err)
{
    struct val views = val_get(habit, STR("views"));
    struct val hours = val_get(habit, STR("hours"));
    const char *wrong = NULL;
    if (!is_whole(val_get(habit, STR("days")), 1, USAGE_DAYS - 1))
        wrong = "`days` is how many days ago it began, 1 to 91";
    else if (!are_whole(views, MOST_VIEWS) || !views.n || views.n % WEEKDAYS)
        wrong = "`views` is how many pages are opened on each day of one week or more, "
                "from Monday, 0 to 50";
    else if (!are_whole(hours, 23) || !hours.n)
        wrong = "`hours` is a list of hours, 0 to 23";
    else if (!are_texts(val_get(habit, STR("pages")), false))
        wrong = "`pages` is a list of pages";
    else if (!are_texts(val_get(habit, STR("components")), true))
        wrong = "`components` is a list of components, null where none is used";
    return !wrong || err_set(err, ERR_INPUT, "import.habit", "%s", wrong);
}

/* The list again and again. */
static struct val turn_of(struct val list, size_t turn)
{
    return val_at(list, (uint32_t)(turn % val_count(list)));
}

/* The turn of a page and what is used on it; those of one day at different hours. */
static void note_turn(struct usage *usage, struct val habit, size_t turn, int64_t at_ms)
{
    struct usage_note note = { .kind = USAGE_VIEW,
                               .tenant = val_get_text(habit, STR("tenant")),
                               .person = val_get_text(habit, STR("person")),
                               .what =
                                   val_text(turn_of(val_get(habit, STR("pages")), turn)),
                               .at_ms = at_ms };
    usage_note(usage, &note);
    note.kind = USAGE_USE;
    note.what = val_text(turn_of(val_get(habit, STR("components")), turn));
    if (note.what.n)
        usage_note(usage, &note);
}

void habit_note(struct usage *usage, struct val habit, int offset_min, int64_t now_ms)
{
    struct val views = val_get(habit, STR("views"));
    struct val hours = val_get(habit, STR("hours"));
    int64_t offset_ms = offset_min * INT64_C(60000);
    int64_t today = (now_ms + offset_ms) / DAY_MS;
    int64_t first = today - val_as_int(val_get(habit, STR("days")), 0);
    size_t turn = 0;
    for (int64_t day = first; day <= today; day++) {
        int64_t n = val_as_int(turn_of(views, (size_t)(day - FIRST_MONDAY)), 0);
        for (int64_t i = 0; i < n; i++, turn++) {
            int64_t hour = val_as_int(turn_of(hours, (size_t)i), 0);
            int64_t at_ms = day * DAY_MS - offset_ms + hour * (DAY_MS / 24);
            if (at_ms <= now_ms)
                note_turn(usage, habit, turn, at_ms);
        }
    }
}
