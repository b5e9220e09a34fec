/* A developer's folder that is followed: what is wrong with it, and being told when that
 * or a package has changed. For who edits pages of the unit. */
#include "inside.h"

void folder_open(struct folder *folder)
{
    pthread_mutex_init(&folder->lock, NULL);
}

void folder_close(struct folder *folder)
{
    mem_free(folder->complaint.p);
    pthread_mutex_destroy(&folder->lock);
}

void studio_complain(struct studio *studio, str complaint)
{
    struct folder *folder = &studio->folder;
    pthread_mutex_lock(&folder->lock);
    mem_free(folder->complaint.p);
    folder->complaint = mem_str(complaint);
    pthread_mutex_unlock(&folder->lock);
    bells_ring(&studio->bells);
}

static str complaint_of(struct visit *v)
{
    struct folder *folder = &v->studio->folder;
    pthread_mutex_lock(&folder->lock);
    str copy = folder->complaint.p ? arena_str(v->request->arena, folder->complaint)
                                   : STR("null");
    pthread_mutex_unlock(&folder->lock);
    return copy;
}

void send_folder(struct visit *v)
{
    struct edit edit = studio_edit(v);
    struct tenant_path path;
    struct snap *house;
    struct err err;
    unsigned long long strokes = bells_count(&v->studio->bells);
    unsigned long long revision = scope_revision(&v->scope);
    if (!edit_house(&edit, &path, &house, &err)) {
        studio_fail(v, &err);
        return;
    }
    str text = arena_format(v->request->arena,
                            "{\"revision\":%llu,\"strokes\":%llu,\"complaint\":%.*s}",
                            revision, strokes, STR_ARG(complaint_of(v)));
    http_send(v->request, 200, "application/json", text);
}

static bool number_asked(const struct visit *v, const char *name, uint64_t *ret)
{
    int64_t n;
    bool good = str_to_int(studio_asked(v, name), &n) && n >= 0;
    if (good)
        *ret = (uint64_t)n;
    return good;
}

static bool note_packages(struct visit *v, struct reads *reads, struct err *err)
{
    struct edit edit = studio_edit(v);
    struct tenant_path path;
    struct snap *house;
    struct rows rows;
    if (!edit_house(&edit, &path, &house, err))
        return false;
    struct query all = { .collection =
                             store_collection(snap_store(house), STR("package")),
                         .up = true,
                         .limit = PACKAGE_MAX_INSTALLED };
    return snap_query(house, &all, v->request->arena, reads, &rows, err);
}

void send_folder_changes(struct visit *v)
{
    const struct viewer *viewer = v->scope.viewer;
    struct reads reads = { .arena = v->request->arena };
    struct bell_wish wish = { .who = arena_format(v->request->arena, "%.*s/%.*s",
                                                  STR_ARG(tenant_of(&viewer->path)->id),
                                                  STR_ARG(viewer->person_id)),
                              .reads = &reads,
                              .until_ms =
                                  v->scope.now_ms + LIMIT_PASS_S * INT64_C(1000) };
    struct err err;
    if (!number_asked(v, "since", &wish.revision))
        wish.revision = scope_revision(&v->scope);
    if (!number_asked(v, "strokes", &wish.strokes))
        wish.strokes = bells_count(&v->studio->bells);
    if (!note_packages(v, &reads, &err)
        || !bell_hang(&v->studio->bells, v->request, &wish, &err))
        studio_fail(v, &err);
}
