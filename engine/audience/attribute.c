/* What is known of a person: the one place that says how her record is read. */
#include "inside.h"

const struct attribute_kind attributes[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_TENANT] = { "tenant", NULL, TYPE_UNIT, 0, "the id of a unit" },
    [ATTRIBUTE_SUBTREE] = { "subtree", NULL, TYPE_UNIT, 0, "the id of a unit" },
    [ATTRIBUTE_SPECIALTY] = { "specialty", "specialty", TYPE_TEXT, 0, "a text" },
    [ATTRIBUTE_POST] = { "post", "post", TYPE_TEXTS, 0, "a text" },
    [ATTRIBUTE_GROUP] = { "group", "groups", TYPE_TEXTS, 0, "a text" },
    [ATTRIBUTE_TAG] = { "tag", "tags", TYPE_TEXTS, 0, "a text" },
    [ATTRIBUTE_PERSON] = { "person", "id", TYPE_TEXT, 0, "the id of a person" },
    [ATTRIBUTE_GRADE] = { "grade", "grade", TYPE_NUMBER, 7, "a whole number, 0 to 127" },
    [ATTRIBUTE_JOINED] = { "joined", "joined", TYPE_NUMBER, 16,
                           "a day such as \"2026-11-22\", of 1900 to 2078" },
};

/* Days are counted from 1900, so that sixteen bits hold them. */
static bool day_number(str text, uint32_t *ret)
{
    const int64_t first = INT64_C(-25567); /* 1900-01-01 */
    int64_t ms;
    if (text.n != STR("2026-11-22").n || !date_parse(text, 0, &ms))
        return false;
    int64_t day = ms / DAY_MS - first;
    if (day < 0 || str_compare(text, STR("2079")) >= 0)
        return false;
    *ret = (uint32_t)day;
    return true;
}

bool attribute_number(enum attribute attribute, struct val v, uint32_t *ret)
{
    if (attribute == ATTRIBUTE_JOINED)
        return day_number(val_text(v), ret);
    if (v.kind != VAL_INT || v.i < 0 || v.i > AUDIENCE_MAX_GRADE)
        return false;
    *ret = (uint32_t)v.i;
    return true;
}

bool attribute_named(str name, enum attribute *ret)
{
    for (unsigned i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (str_equal(name, str_of(attributes[i].name))) {
            *ret = (enum attribute)i;
            return true;
        }
    }
    return false;
}

struct val attribute_of(enum attribute attribute, struct val person)
{
    return val_get(person, str_of(attributes[attribute].member));
}

bool attribute_text(enum attribute attribute, struct val v, size_t i, str *ret)
{
    str name;
    if (v.kind == VAL_LIST || v.kind == VAL_MAP) {
        bool many = attributes[attribute].type == TYPE_TEXTS;
        struct val item = v.kind == VAL_LIST ? val_at(v, i) : val_member(v, i, &name);
        *ret = val_text(item);
        return many && i < v.n;
    }
    *ret = val_text(v);
    return i == 0;
}
