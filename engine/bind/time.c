/* ctx.time: the calendar of the viewer's unit. Moments are ISO 8601 texts in UTC. */
#include "inside.h"

static int offset_of(struct render_call *call)
{
    scope_note(call->scope, VARY_ZONE);
    return scope_offset_min(call->scope);
}

static int64_t moment(lua_State *L, int index)
{
    int64_t ms;
    struct render_call *call = bind_call(L);
    if (!date_parse(bind_text(L, index, "moment"), offset_of(call), &ms))
        bind_usage(L, "a moment is a text like 2026-11-22T01:30:00Z");
    return ms;
}

static int push_moment(lua_State *L, int64_t ms)
{
    str text = scope_iso(script_arena(L), ms);
    lua_pushlstring(L, text.p, text.n);
    return 1;
}

static void set_field(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

BIND(time_parts, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "time.parts(moment: string): {year: integer, month: integer, day: integer, weekday: "
     "integer, "
     "hour: integer, minute: integer, date: string}",
     "The moment on the unit's calendar and clock; weekday 1 is Monday, date is "
     "\"2026-11-22\".")
{
    struct date d = date_at(moment(L, 1), offset_of(bind_call(L)));
    str date = arena_format(script_arena(L), "%04d-%02d-%02d", d.year, d.month, d.day);
    lua_createtable(L, 0, 7);
    set_field(L, "year", d.year);
    set_field(L, "month", d.month);
    set_field(L, "day", d.day);
    set_field(L, "weekday", d.weekday);
    set_field(L, "hour", d.hour);
    set_field(L, "minute", d.minute);
    lua_pushlstring(L, date.p, date.n);
    lua_setfield(L, -2, "date");
    return 1;
}

BIND(time_day, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "time.day(moment: string, days?: integer): string",
     "Midnight of the moment's day in the unit's zone, moved by `days`. A date like "
     "\"2026-11-22\" "
     "is a moment too.")
{
    int offset = offset_of(bind_call(L));
    struct date d = date_at(moment(L, 1), offset);
    lua_Integer days = lua_tointeger(L, 2);
    if (days < -100000 || days > 100000)
        return bind_usage(L, "days is -100000 to 100000");
    d.hour = d.minute = d.second = d.ms = 0;
    return push_moment(L, date_ms(&d, offset) + days * DAY_MS);
}

BIND(time_since, PHASE_RENDER | PHASE_ACTION | PHASE_JOB,
     "time.since(from: string, to: string): integer",
     "Seconds from one moment to another; negative when `to` is earlier.")
{
    lua_pushinteger(L, (moment(L, 2) - moment(L, 1)) / 1000);
    return 1;
}

const struct binding *const bind_time[] = { &binding_time_parts, &binding_time_day,
                                            &binding_time_since, NULL };
