/* What the files of edit share. */
#pragma once
#include "edit/edit.h"

struct editor {
    struct store *store;
    struct packages *packages;
    struct layouts *layouts;
    struct directory *directory;
    struct schema *verbs;        /* of a command */
    struct store_reader *reader; /* of edit_publish_due */
    struct seats *seats;         /* who has which layer open */
};

/* A layer with its draft at one moment; all of it in an arena. */
struct state {
    struct tenant_path path;
    str id;
    str page;
    str specialty;
    struct val record;    /* the published layer, or absent */
    struct val published; /* its verbs */
    int64_t revision;     /* its number; 0: it was imported, or is not there */
    struct val draft;     /* the record, or absent */
    struct val verbs;     /* of the draft, on top of what is published now */
    int64_t version;
    int64_t waiting; /* the revision that waits; 0: none */
    struct layer chain[STORE_MAX_CHAIN * 2];
    str ids[STORE_MAX_CHAIN * 2];           /* of their records */
    int64_t revisions[STORE_MAX_CHAIN * 2]; /* that are published, as `revision` */
    size_t n;            /* the last one is this layer; its verbs are the draft's */
    struct reads *reads; /* where looks are noted; NULL: nowhere */
};

/* ---- state.c ---- */

/* Reads without asking who may. */
bool state_read(struct snap *snap, str tenant, str layer, struct arena *arena,
                struct state *ret, struct err *err) MUST_CHECK;
/* The same for whoever edits, who must have the right. */
bool state_open(struct edit *edit, enum auth_right right, struct state *ret,
                struct err *err) MUST_CHECK;
/* Notes what is read for a layer of that unit, its path in `ret`; asks nobody. */
bool state_follow(struct edit *edit, str tenant, str layer, struct reads *reads,
                  struct state *ret, struct err *err) MUST_CHECK;
bool state_may(struct edit *edit, struct snap *snap, const struct state *state,
               enum auth_right right, struct err *err) MUST_CHECK;
bool state_is_open(const struct state *state, struct arena *arena);
void state_resolve(const struct state *state, struct val verbs, struct arena *arena,
                   struct resolved *ret);
/* { layer, tenant, page, … } that starts every answer. */
struct val state_head(const struct state *state, struct arena *arena);
struct val state_draft(const struct state *state, struct arena *arena);
/* Writes in one transaction, when nothing of the layer has changed since `state` was
 * read; otherwise edit.moved. The right is asked for again. */
struct state_write {
    struct edit *edit;
    const struct state *state;
    const struct state *now; /* for `write`: the same, read in the transaction */
    enum auth_right right;
    bool (*write)(struct txn *txn, struct state_write *w, struct err *err);
    void *data;
};
bool state_commit(struct state_write *w, struct err *err) MUST_CHECK;
/* The draft's record, one version on. Where it says the same as `base` it keeps no verbs,
 * so that a layer that was published is no matter of the draft's room. One that says
 * otherwise has the verbs of both and its log in one record: what is too much for that
 * cannot be said in a draft, though as a layer it would fit. */
struct val state_draft_record(const struct state *state, struct val base,
                              struct val verbs, struct val log, struct arena *arena);
bool state_put(struct txn *txn, const struct state *state, const char *collection,
               struct val record, struct err *err) MUST_CHECK;
bool state_is_version(const struct state *state, int64_t version,
                      struct err *err) MUST_CHECK;
/* No revision waits. Errors: edit.waiting. */
bool state_is_free(const struct state *state, struct err *err) MUST_CHECK;
bool edit_moved(const struct err *err);

/* ---- verbs.c: sets of verbs ---- */

struct val verbs_joined(struct arena *arena, struct val a, struct val b);
/* Those of `a` that `b` lacks; who and when do not count. */
struct val verbs_without(struct arena *arena, struct val a, struct val b);
bool verbs_hold(struct val verbs, struct val verb);
/* `mine`, made on top of `base`, on top of `theirs`. */
struct val verbs_rebased(struct arena *arena, struct val base, struct val mine,
                         struct val theirs);
struct val verbs_stamped(struct arena *arena, struct val verbs, str name, str value);
/* Of what differs between them, the verbs that none of the differences shows. */
struct val verbs_unseen(struct arena *arena, struct val from, struct val to,
                        struct val differences);

/* ---- delta.c ---- */

/* What the draft says anew or no more. A block that the layer adds with other properties
 * than before stays where it is: then only the values are in it, as if they were set. */
struct val verbs_delta(struct arena *arena, struct val published, struct val draft);

/* ---- absorb.c: one verb of a command into the verbs of a layer ---- */

struct val verbs_absorb(struct arena *arena, struct val verbs, struct val verb);

/* ---- publish.c ---- */

bool reason_check(str reason, struct err *err);
/* The layer is not what the revision was made to follow: it was imported since. */
bool revision_is_overtaken(const struct state *s, struct val revision);
/* "home.000012": by id they stand in their order, too. */
str revision_id(struct arena *arena, str layer, int64_t number);
bool revision_read(struct snap *snap, const struct state *s, int64_t number,
                   struct arena *arena, struct val *ret, struct err *err);
/* The newest first, from below the number `before`; 0: from the last. */
bool revision_list(struct snap *snap, const struct state *s, int64_t before, size_t limit,
                   struct arena *arena, struct val *ret, struct err *err);
/* Whether what is published there is proposed first. */
bool asks_approval(const struct tenant_path *path);
/* As it is answered. */
bool revision_tell(struct edit *edit, int64_t number, struct val *ret, struct err *err);
/* The layer's record, without verbs when it is new. */
struct val layer_record(const struct state *s, struct arena *a);
/* In a transaction: it is published to all; its layer was replaced meanwhile. */
bool revision_apply(struct txn *txn, const struct state *s, struct val revision,
                    struct err *err);
bool revision_expire(struct txn *txn, const struct state *s, struct val revision,
                     struct err *err);
/* The draft waits for that revision, or when absent for none. */
bool draft_hold(struct txn *txn, const struct state *s, struct val waiting,
                struct err *err);

/* ---- timetable.c ---- */

bool timetable_add(struct txn *txn, const struct state *s, struct val revision,
                   int64_t due_ms, struct err *err);

/* ---- history.c ---- */

/* The verbs of a number, of "published" or of "draft". Errors: edit.revision. */
bool revision_verbs(struct edit *edit, const struct state *s, str name, struct val *ret,
                    struct err *err) MUST_CHECK;

/* ---- stage.c ---- */

/* The stages of a revision that is to be. Errors: edit.stage. */
bool stages_check(struct edit *edit, const struct state *s, struct val stages,
                  struct val halt, struct err *err);
/* Some have it, or had it until it was halted. */
bool revision_is_staged(struct val revision);
/* In a transaction: to the first stage, or where there is none to all. */
bool revision_begin(struct txn *txn, const struct state *s, struct val revision,
                    struct err *err);
bool stage_due(struct txn *txn, const struct state *s, struct val revision,
               int64_t due_ms, struct err *err);
/* Nobody has it any more. */
bool stage_end(struct txn *txn, const struct state *s, struct val revision,
               struct err *err);
void tallies_forget(struct editor *editor, const struct state *s);
/* The revision with what was counted while it is staged. */
struct val stage_counted(struct edit *edit, const struct state *s, struct val revision);
/* ---- room.c ---- */

/* It says where a block stands: add or move. */
bool verb_places(struct val verb);
/* One of them says where that block stands. */
bool verbs_place(struct val verbs, str block);
/* A verb that was absorbed into a layer's. */
struct placed {
    struct val verbs; /* the layer's, with it */
    struct val verb;
    struct val own;    /* what its author said since she looked, it too … */
    struct val others; /* … and what others said */
};
/* `before` and `after` are the page without and with it. All others of the layer stand
 * where they stood. */
struct val verbs_with_room(struct arena *arena, const struct placed *placed,
                           const struct resolved *before, const struct resolved *after);

/* ---- command.c ---- */

/* A command on its way: what its verbs come to, and which of them each came from. */
struct command {
    struct edit *edit;
    const struct state *state;
    struct snap *snap;
    struct val *verbs;
    size_t *from;
    size_t n;
    struct val own;        /* what its author said since she looked, before it … */
    struct val others;     /* … and what others said */
    struct val merged;     /* the draft with them */
    struct arena *scratch; /* where it lies while they are taken */
};

/* ---- names.c ---- */

/* What people call a unit; absent when it is gone. */
bool unit_name(struct snap *snap, str unit, struct arena *arena, struct val *ret,
               struct err *err) MUST_CHECK;
/* Whoever asks is its author. */
bool revision_is_own(const struct edit *edit, struct val revision);
/* Of all whom a revision names; and `own`, for its author. */
bool revision_names(struct edit *edit, struct snap *snap, struct val *revision,
                    struct err *err) MUST_CHECK;

/* ---- presence.c ---- */

struct seats *seats_open(void);
void seats_close(struct seats *seats);

void issue_add(struct edit *edit, const char *code, str where, str text);

/* ---- expect.c: what is wrong with a command ---- */

/* False when it is no list of verbs at all. */
bool expect_list(struct edit *edit, struct val verbs, struct err *err);
/* The i-th verb is well formed; otherwise it is told what is wrong with it. */
bool expect_shape(struct edit *edit, size_t i, struct val verb);
/* The audience that the i-th verb names, if any, is there for the unit of `house`. */
bool expect_audience(struct edit *edit, struct snap *house, struct val verb, size_t i,
                     struct err *err) MUST_CHECK;
bool expect_audiences(struct command *c, struct err *err);
void expect_resolved(struct command *c, const struct resolved *resolved);
bool expect_props(struct command *c, const struct resolved *resolved, struct err *err);

/* ---- look.c: the layers of the page "theme" ---- */

bool is_theme(const struct state *state);
/* That the verbs belong where they stand, and that tokens, words and offers make sense.
 */
bool expect_look(struct command *c, const struct resolved *resolved, struct err *err);
/* Adds the pairs of colours that cannot be read; `*ret_good` is false when one of them
 * could before. */
bool contrast_issues(struct edit *edit, const struct state *state, struct val *issues,
                     bool *ret_good, struct err *err);

/* ---- of drafts ---- */

/* Of a draft: each verb of this layer that is set aside. */
struct val issues_of(const struct state *state, const struct resolved *resolved,
                     struct arena *arena, bool *ret_good);
str issue_text(const struct state *state, const struct layout_issue *issue,
               struct arena *arena);
