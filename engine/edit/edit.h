/*
 * edit: changing layers. A *draft* is what a layer is to become; *commands* change it; a
 * *revision* is what was published, or waits to be, with its author and reason.
 *
 * Knows the collections "draft" and "revision" in the unit's space, "visit" in that of
 * whoever looked, and "timetable" in the system's; who may, it asks auth, again inside
 * each transaction. Nothing of HTTP. Two people edit side by side: a command names the
 * version of the draft its author saw and is applied to the draft of now. It is refused
 * as a whole when somebody else changed the same property of the same block meanwhile
 * (edit.conflict), or when anything in it makes no sense (edit.refused); then `issues`
 * lists all that is wrong. Besides the verbs of a layer a command may hold
 * - patch (block, patch): a JSON Patch (RFC 6902) of the block's properties,
 * - restore (block, at?): what is inherited of it, or of that property, shows again.
 *
 * A draft follows its layer: what is published meanwhile lies below its
 * differences. While a revision waits for approval or its time, or is staged, the draft
 * cannot change. A *staged* revision is for some people first; where components fail more
 * often there than elsewhere it is halted: everybody has the old one again. Results are
 * documents in the scope's arena. Threads: an editor is shared; a `struct edit` belongs
 * to one. No call holds a snapshot while it waits for the writer.
 */
#pragma once
#include "audience/audience.h"
#include "layout/layout.h"

enum {
    EDIT_MAX_LOG_BYTES = 256 << 10, /* of the commands a draft remembers, packed; the last
                                       one is remembered in any case */

    EDIT_MAX_COMMAND = 500,    /* verbs of a command; the largest paste has 200 blocks */
    EDIT_MAX_LOG = 64,         /* commands a draft remembers */
    EDIT_MAX_AUDIENCES = 200,  /* that are offered to a unit */
    EDIT_MAX_LOOKED_AT = 5000, /* people, when one is looked for */
    EDIT_MAX_NAMED = 100,      /* people, asked for by their ids */
    EDIT_MAX_VALUES = 50,      /* … of an attribute, for a rule */
    EDIT_MAX_PUBLISHED = 20, /* revisions that are told together, of a layer and in all */
    EDIT_MAX_LISTED = 100,   /* units or verbs that an impact names */
    EDIT_MAX_STAGES = 10,    /* of a revision, before all */
    EDIT_MAX_STAGE_UNITS = 100, /* that one stage names */
    EDIT_MAX_PAGES = 200,       /* of a unit, with those above */
    EDIT_MAX_EVENTS = 64,       /* of its stages that a revision remembers */
    EDIT_SCREEN_S = 15,         /* a screen that was silent longer has gone */
    EDIT_MAX_SCREENS = 1024,    /* of all; the one that was silent longest goes first */
    EDIT_MAX_OWN_SCREENS = 8,   /* of one person */
    EDIT_MAX_PRESENT = 32,      /* at one layer that are told */
    EDIT_MAX_TRIES = 32, /* times a command is made again because another was first */
};

struct editor;

struct edit_config {
    struct store *store;
    struct packages *packages;
    struct directory *directory; /* NULL: people are not counted */
    struct layouts *layouts;     /* NULL: nothing is previewed, no stage is halted */
};

/* Defines the collections; again is free. */
bool edit_setup(struct store *store, struct err *err) MUST_CHECK;
bool editor_open(const struct edit_config *config, struct editor **ret,
                 struct err *err) MUST_CHECK;
void editor_close(struct editor *editor);

/* One thing that is wrong with a command or a draft. */
struct edit_issue {
    const char *code;
    str where; /* JSON pointer, "/verbs/3/value" */
    str text;
    struct val mine;   /* edit.conflict: what the command says, … */
    struct val theirs; /* … and what the draft says since; a lock: who set it */
};

/* Whoever is signed in, at one layer. */
struct edit {
    struct editor *editor;
    struct scope *scope;
    struct script_worker *worker;
    str tenant;
    str layer; /* "home", or "home:marketing" for one specialty */
    str key;   /* of a command, so that it is done once; "": as often as it is asked */
    struct edit_issue *issues;
    size_t issue_count;
    bool may_change; /* out, of edit_preview: the layer, where it is looked at */
};

/* All calls fail with tenant.none, edit.layer (that is no layer's name), auth.right. */

/* The unit, for whoever may read its layers: its path, and a moment of it. */
bool edit_house(struct edit *edit, struct tenant_path *ret_path, struct snap **ret,
                struct err *err) MUST_CHECK;
/* The layers of a unit: of each its name, revision and the state of its draft. */
bool edit_layers(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* The pages that its people can open, by its own layers and those above:
 * { items: [{ page, title? }] }. */
bool edit_pages(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* { layer, page, revision, verbs, … } as published. */
bool edit_layer(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* { version, changed, approval?, verbs, … }; `approval`: publishing it proposes it. */
bool edit_draft(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* Whether one may see that unit's pages as people of it do. Errors: auth.right,
 * tenant.none. */
bool edit_may_see_as(struct edit *edit, str tenant, struct err *err) MUST_CHECK;

/* Who looks at a draft, and how; what is empty is as the layer and the viewer have it. */
struct edit_look {
    str tenant; /* of the person; the layer's */
    str person; /* nobody: the viewer, as if she stood in that unit */
    str lang;   /* zh, en */
    str scheme; /* auto, light, dark */
    str size;   /* normal, large */
    str theme;  /* a layer of the page "theme" of the unit, its draft is worn; or none */
    str revision; /* in place of the draft: its number, or "published" */
    str at; /* a moment, any that date_parse reads; without a zone it is of that unit */
};

/* When it is looked at: `look->at` where the scope is, or now. Errors: edit.time. */
bool edit_moment(const struct scope *scope, const struct edit_look *look, int64_t *ret,
                 struct err *err) MUST_CHECK;

/* The page with the draft in it. The edit's scope becomes that of whoever looks; then
 * nothing else can be asked of the edit. `ret_told` is as of layout_explain, with the
 * draft's version. Errors: auth.right (also to see as somebody else, or in another
 * unit), scope.person, layout.none, edit.time. */
bool edit_preview(struct edit *edit, const struct edit_look *look, struct layout **ret,
                  struct val *ret_told, struct err *err) MUST_CHECK;
/* The design tokens of whoever looks, with the draft of the layer `look->theme`, appended
 * as a style sheet; otherwise as edit_preview. */
bool edit_style(struct edit *edit, const struct edit_look *look, struct buf *out,
                struct err *err) MUST_CHECK;
/* Notes what the page of edit_preview is made of: the draft, its layer and those above,
 * those of the unit it is looked at in, and the draft of the theme. */
bool edit_follow(struct edit *edit, const struct edit_look *look, struct reads *reads,
                 struct err *err) MUST_CHECK;
/* The audiences that a unit's layers may name, its own and from above: { items: [{ id,
 * name, people }] }, the people of this unit and below who are in it now. */
bool edit_audiences(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* One of them: { id, name, people?, own, rule, warnings? }; `own` is whether the unit may
 * change it, a rule that is wrong now has no warnings. `ret_etag` names its content.
 * Errors: audience.none. */
bool edit_audience(struct edit *edit, str id, struct val *ret, str *ret_etag,
                   struct err *err) MUST_CHECK;
/* Whom a rule would hold for if the audience `id` had it: { people?, of?, warnings }, the
 * people of this unit and below who are meant and who there are. For whoever may change
 * audiences. Errors: edit.refused as edit_audience_put. */
bool edit_audience_preview(struct edit *edit, str id, struct val rule, struct val *ret,
                           struct err *err) MUST_CHECK;
/* What people of this unit and below have as an attribute of rules that is a text, and
 * how many: { items: [{ value, name?, people }] }, most first, at most EDIT_MAX_VALUES;
 * only those that contain `part`, or whose name does. For whoever may change audiences.
 */
bool edit_attribute(struct edit *edit, str attribute, str part, struct val *ret,
                    struct err *err) MUST_CHECK;
/* Makes or changes one of the unit's own by { name, rule }, at once, for all pages: it
 * needs the right to publish. `etag` is of what was seen; empty: there is none yet.
 * Errors: audience.none, audience.changed, edit.refused (then `issues` lists all that is
 * wrong with the rule). */
bool edit_audience_put(struct edit *edit, str id, str etag, struct val content,
                       struct val *ret, str *ret_etag, struct err *err) MUST_CHECK;
/* Errors: audience.none, audience.changed, audience.used (`issues` lists the layers,
 * drafts, revisions that wait, and audiences of the unit and below that name it). */
bool edit_audience_remove(struct edit *edit, str id, str etag,
                          struct err *err) MUST_CHECK;
struct edit_screen {
    str id;      /* made up by the window of her browser */
    str block;   /* selected there; may be empty */
    bool leaves; /* it shows the layer no more */
};

/* Says that her screen shows the layer; gives who else has it open: { version, revision,
 * waiting?, items: [{ home, person, name?, screen, since, block?, own? }] }. Nobody whose
 * screen was silent for EDIT_SCREEN_S is among them. */
bool edit_present(struct edit *edit, const struct edit_screen *screen, struct val *ret,
                  struct err *err) MUST_CHECK;
/* What the layers above made different on the page since she said that she has seen it: {
 * revisions, since?, differences } as of layout_diff; without `since` she never did.
 * `revisions` is what is published there now, a number by UNIT/LAYER; a layer that was
 * imported, or is not there, has none. */
bool edit_above(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* She has seen those `revisions`, and what was before them; names of other layers do not
 * matter. Gives what is above as edit_above does. Errors: edit.future. */
bool edit_seen(struct edit *edit, struct val revisions, struct val *ret,
               struct err *err) MUST_CHECK;
/* A person is gone: what she has seen is forgotten. */
bool edit_forget(struct txn *txn, store_space space, str person,
                 struct err *err) MUST_CHECK;
/* The people of a unit, for whoever may look at its pages as them or at its records:
 * { items: [{ id, name, post?, specialty? }], next? }; only those whose id or name
 * contains `part`, which are looked for among EDIT_MAX_LOOKED_AT: then `next` may stand
 * beside fewer than `limit`. */
bool edit_people(struct edit *edit, str part, str after, size_t limit, struct val *ret,
                 struct err *err) MUST_CHECK;
/* The same of those whom `ids` names, with commas between; who is gone is left out, and
 * what comes after EDIT_MAX_NAMED. */
bool edit_people_named(struct edit *edit, str ids, struct val *ret,
                       struct err *err) MUST_CHECK;
/* Applies verbs to the draft; `base` is the version their author saw. Gives the draft.
 * The same key again, from the same person, gives the draft and changes nothing.
 * Errors: edit.base, edit.refused, edit.conflict, edit.waiting, edit.busy. */
bool edit_command(struct edit *edit, int64_t base, struct val verbs, struct val *ret,
                  struct err *err) MUST_CHECK;
/* The draft is the published layer again. Errors: edit.version, edit.waiting. */
bool edit_discard(struct edit *edit, int64_t version, struct val *ret,
                  struct err *err) MUST_CHECK;
/* What of the draft would be set aside, and whether it may be published. */
bool edit_check(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* How the unit would look with the draft of a layer of the page "theme": { tokens: [{
 * set, name, type, value, css, inherited?, by }], words: [{ component, key, lang, text,
 * by }], offers, themes: [{ id, title }], locks, contrasts: [{ scheme, text, ground, is,
 * needs
 * }] }. Errors: edit.layer. */
bool edit_look(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;
/* Whom it would reach, and what it would do to the layers below. */
bool edit_impact(struct edit *edit, struct val *ret, struct err *err) MUST_CHECK;

struct edit_publishing {
    int64_t version; /* of the draft that was seen */
    str reason;
    int64_t due_ms; /* 0: now */
    /* A list of { "percent"?, "tenants"?, "minutes"? }, or absent: all at once. Each
     * holds all people of the one before; after `minutes`, or when advanced, the next
     * begins, after the last all have it. */
    struct val stages;
    /* { "above"?, "renders"? }: halted when a component failed in so many of a hundred
     * renders more than outside the stage, with at least so many renders; or absent. */
    struct val halt;
};

/* Makes a revision of the draft; gives it. It is published, or scheduled, or where the
 * unit asks for approval (`approval` in its record or the next above that says) proposed.
 * Errors: edit.version, edit.nothing, edit.refused, edit.past, edit.waiting, edit.reason,
 * edit.stage. */
bool edit_publish(struct edit *edit, const struct edit_publishing *what, struct val *ret,
                  struct err *err) MUST_CHECK;
/* Publishes the verbs of an old revision again, by the same rules. `version` is of the
 * draft that was seen; -1: whatever it is. Errors: edit.revision, edit.version,
 * edit.waiting, edit.nothing, edit.refused (an audience that it names is gone). */
bool edit_rollback(struct edit *edit, int64_t number, int64_t version, str reason,
                   struct val *ret, struct err *err) MUST_CHECK;
/* Errors: edit.revision, edit.state (it is not proposed), edit.author (one's own),
 * edit.stale (the layer was replaced meanwhile), edit.reason. */
bool edit_approve(struct edit *edit, int64_t number, str reason, struct val *ret,
                  struct err *err) MUST_CHECK;
/* Ends the waiting, or the stages: the draft can change again. Errors: edit.revision,
 * edit.state. */
bool edit_withdraw(struct edit *edit, int64_t number, str reason, struct val *ret,
                   struct err *err) MUST_CHECK;

/* A staged revision goes to the next stage, back to nobody until it is resumed, on again.
 * `version`: of the revision that was seen. Errors: edit.revision, edit.version,
 * edit.state, edit.stale, edit.reason. */
bool edit_advance(struct edit *edit, int64_t number, int64_t version, str reason,
                  struct val *ret, struct err *err) MUST_CHECK;
bool edit_halt(struct edit *edit, int64_t number, int64_t version, str reason,
               struct val *ret, struct err *err) MUST_CHECK;
bool edit_resume(struct edit *edit, int64_t number, int64_t version, str reason,
                 struct val *ret, struct err *err) MUST_CHECK;

/* { items, next? }: revisions, newest first, without their verbs. `before`: 0, or the
 * number where the last page ended. */
bool edit_history(struct edit *edit, int64_t before, size_t limit, struct val *ret,
                  struct err *err) MUST_CHECK;
/* Those of all layers of the unit that were published since, a list, newest first; at
 * most EDIT_MAX_PUBLISHED, of each layer's last so many. */
bool edit_published(struct edit *edit, int64_t from_ms, struct val *ret,
                    struct err *err) MUST_CHECK;
bool edit_revision(struct edit *edit, int64_t number, struct val *ret,
                   struct err *err) MUST_CHECK;
/* What differs on the page: `differences` as layout_diff has them, and behind them, as
 * "verb", the verbs that differ and do nothing there. `from` and `to`: a number,
 * "published" or "draft". Errors: edit.revision. */
bool edit_diff(struct edit *edit, str from, str to, struct val *ret,
               struct err *err) MUST_CHECK;

/* The same list for verbs that lie elsewhere; asks nobody who may. */
struct edit_comparing {
    str tenant;
    str layer;
    struct val from; /* verbs */
    struct val to;
};
bool edit_compare(struct snap *snap, const struct edit_comparing *what,
                  struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;

/* What a layer as it lies in the store says that would be set aside: a list of { "code",
 * "verb", "member", "text" }, `member` is what of the verb is wrong, "/block". What it
 * said before may be so: a level above has changed since. Asks nobody who may. */
struct edit_examining {
    str tenant;
    str layer;
    struct val before; /* verbs */
};
bool edit_examine(struct snap *snap, const struct edit_examining *what,
                  struct arena *arena, struct val *ret, struct err *err) MUST_CHECK;

/* Publishes what is due; to be called every second or so by one thread. `ret` is how
 * many, also when it fails. What cannot be published, however often it is tried, goes
 * stale and tells why (`failed`), and the others are published all the same. */
bool edit_publish_due(struct editor *editor, int64_t now_ms, size_t *ret,
                      struct err *err) MUST_CHECK;
/* Halts the stages in which a component fails too often; as often as the above. One
 * that cannot be halted does not keep the others. Errors: edit.tallies (too many are
 * counted: newer stages are not watched). */
bool edit_halt_failing(struct editor *editor, size_t *ret, struct err *err) MUST_CHECK;
