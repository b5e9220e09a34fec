/*
 * pinban person remove: whoever is gone leaves nothing that is hers alone. Her
 * arrangement of pages, her names to sign in with, sessions and grants go in the same
 * transaction as she, so nobody who gets her id later gets any of it.
 */
#include "inside.h"

#include <stdio.h>

struct removal {
    str tenant;
    str person;
};

static bool removal_work(struct txn *txn, void *data, struct err *err)
{
    static const store_space system[] = { TENANT_SYSTEM_SPACE };
    const struct removal *r = data;
    const struct store_collection *people =
        store_collection(txn_store(txn), STR("person"));
    struct tenant_path path;
    struct val person;
    if (!tenant_path_read(txn_snap(txn, system, 1), r->tenant, txn_arena(txn), NULL,
                          &path, err))
        return false;
    store_space space = tenant_of(&path)->space;
    if (!snap_get(txn_snap(txn, &space, 1), people, r->person, NULL, &person, err))
        return false;
    if (!val_exists(person))
        return err_at(err, ERR_MISSING, "scope.person", r->person,
                      "the unit %.*s has no such person", STR_ARG(r->tenant));
    return txn_remove(txn, space, people, r->person, err)
           && layout_forget(txn, space, r->person, err)
           && edit_forget(txn, space, r->person, err)
           && usage_forget(txn, space, r->person, err)
           && auth_forget(txn, r->tenant, r->person, err);
}

int command_person_remove(int argc, char **argv)
{
    struct tool t = { .args = { 0 } };
    struct err err;
    if (!args_read(&t.args, "person remove", argc, argv, "data store-mib", ""))
        return EXIT_USAGE;
    if (t.args.word_count != 2) {
        fprintf(stderr, "usage: pinban person remove TENANT PERSON [--data DIR]\n");
        return EXIT_USAGE;
    }
    if (!tool_open(&t, &err))
        return tool_cannot_open(&err);
    struct removal r = { str_of(t.args.words[0]), str_of(t.args.words[1]) };
    return tool_close(&t, store_write(t.engine.store, removal_work, &r, &err), &err);
}
