/* Jobs of a package: jobs/NAME.lua. */
#include "inside.h"

static bool is_job(str path)
{
    return str_starts(path, STR("jobs/")) && path.n > 9
           && str_equal((str){ path.p + path.n - 4, 4 }, STR(".lua"));
}

static bool read_manifest(struct compile *c, str path, struct val manifest,
                          struct package_job *ret)
{
    str missed = val_get_text(manifest, STR("missed"));
    struct val run = val_get(manifest, STR("run"));
    ret->title = val_get(manifest, STR("title"));
    ret->schedule = val_get_text(manifest, STR("schedule"));
    ret->zone = val_get_text(manifest, STR("zone"));
    ret->skips = str_equal(missed, STR("skip"));
    ret->needs = val_get(manifest, STR("needs"));
    if (ret->needs.kind != VAL_LIST)
        ret->needs = val_list(NULL, 0);
    if (!ret->schedule.n)
        return file_fail(c, path, "package.job", "a job wants a schedule of five fields");
    if (!val_as_bool(val_get(run, STR("function")), false))
        return file_fail(c, path, "package.job", "a job wants a function run");
    if (missed.n && !ret->skips && !str_equal(missed, STR("run")))
        return file_fail(c, path, "package.job", "missed is \"run\" or \"skip\"");
    return true;
}

static bool job_compile(struct compile *c, str path, struct package_job *ret)
{
    enum script_trust trust = c->trusted ? SCRIPT_TRUSTED : SCRIPT_TENANT;
    struct val manifest;
    ret->name = (str){ path.p + 5, path.n - 5 - 4 };
    return script_open(file_text(c, path), path, trust, &ret->script, c->err)
           && script_manifest(c->worker, ret->script, &script_limits_publish,
                              c->package->arena, &manifest, c->err)
           && read_manifest(c, path, manifest, ret);
}

bool jobs_compile(struct compile *c)
{
    struct package *p = c->package;
    p->jobs = ARENA_ARRAY(p->arena, struct package_job, val_count(c->files) + 1);
    for (size_t i = 0; i < val_count(c->files); i++) {
        str path;
        val_member(c->files, i, &path);
        if (is_job(path) && !job_compile(c, path, &p->jobs[p->job_count++]))
            return false;
    }
    return true;
}

void jobs_done(struct package *package)
{
    for (size_t i = 0; i < package->job_count; i++)
        script_drop(package->jobs[i].script);
}
