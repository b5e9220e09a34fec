/* pinban component new: a component to begin with, and a package around it. */
#include "inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_file(const char *path, const char *format, const char *name)
{
    FILE *file = fopen(path, "wx");
    if (!file)
        return false;
    for (const char *p = format; *p; p++) {
        if (*p == '~')
            fputs(name, file);
        else
            fputc(*p, file);
    }
    return fclose(file) == 0;
}

/* What a new component starts with; ~ stands for its name. */
static const struct {
    const char *file;
    const char *text;
} starters[] = {
    { "component.lua",
      "return {\n"
      "  name = \"~\",\n"
      "  title = { zh = \"我的组件\", en = \"My component\" },\n"
      "  icon = \"checklist\",\n"
      "  sizes = { default = \"full\", min = \"half\" },\n"
      "  needs = { \"read:task\" },\n"
      "  props = { type = \"object\", properties = {\n"
      "    limit = { type = \"integer\", minimum = 1, maximum = 20, default = 5,\n"
      "              title = { zh = \"条数\", en = \"How many\" } } } },\n"
      "  load = {\n"
      "    items = { query = \"task\", by = \"assignee\", equals = { \"$actor.id\", "
      "\"open\" },\n"
      "              limit = \"$props.limit\" },\n"
      "  },\n"
      "  example = {\n"
      "    props = { limit = 3 },\n"
      "    data = { task = {\n"
      "      { id = \"1\", title = \"220kV 城西变检修申请\", assignee = \"wangfang\", "
      "state = "
      "\"open\",\n"
      "        due = \"@day+1 18:00\" },\n"
      "    } },\n"
      "  },\n"
      "}\n" },
    { "view.html", "<ui-card title=\"{{words.title}}\">\n"
                   "  <ui-list if=\"items\">\n"
                   "    <ui-row each=\"item in items\">\n"
                   "      {{item.title}}\n"
                   "      <ui-chip slot=\"end\">{{item.due | due}}</ui-chip>\n"
                   "    </ui-row>\n"
                   "  </ui-list>\n"
                   "  <ui-empty unless=\"items\">{{words.nothing}}</ui-empty>\n"
                   "</ui-card>\n" },
    { "words/zh.json",
      "{\n  \"title\": \"我的组件\",\n  \"nothing\": \"现在没有要做的事\"\n}\n" },
    { "words/en.json",
      "{\n  \"title\": \"My component\",\n  \"nothing\": \"Nothing to do now\"\n}\n" },
    { "spec.lua",
      "return {\n"
      "  { name = \"shows what is to be done\", shows = { \"城西变\", \"明天到期\" } },\n"
      "  { name = \"says that nothing is to be done\", data = { task = {} },\n"
      "    shows = \"现在没有要做的事\" },\n"
      "}\n" },
};

static bool make_starters(const char *name, const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    mkdir(folder, 0777);
    if (mkdir(path, 0777) != 0)
        return false;
    snprintf(path, sizeof path, "%s/%s/words", folder, name);
    mkdir(path, 0777);
    for (size_t i = 0; i < COUNT_OF(starters); i++) {
        snprintf(path, sizeof path, "%s/%s/%s", folder, name, starters[i].file);
        if (!write_file(path, starters[i].text, name))
            return false;
    }
    return true;
}

static bool name_is_good(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return n && n < 48 && name[n] == 0 && name[0] >= 'a';
}

/* A folder without a package gets one, with the standard collections to look things up
 * in. */
static void make_package(const char *folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/package.lua", folder);
    write_file(path,
               "return { name = \"mine\", version = \"0.1.0\",\n"
               "         title = { zh = \"我的组件包\", en = \"My components\" } }\n",
               "");
    snprintf(path, sizeof path, "%s/collections", folder);
    mkdir(path, 0777);
    char from[4096];
    snprintf(from, sizeof from, "%s/components/standard/collections/task.json",
             home_dir());
    struct arena *arena = arena_open();
    str text = read_file(arena, from);
    snprintf(path, sizeof path, "%s/collections/task.json", folder);
    FILE *file = text.p ? fopen(path, "wx") : NULL;
    if (file) {
        fwrite(text.p, 1, text.n, file);
        fclose(file);
    }
    arena_close(arena);
}

int command_component_new(int argc, char **argv)
{
    struct args args;
    if (!args_read(&args, "component new", argc, argv, "", "") || args.word_count < 1
        || args.word_count > 2) {
        fprintf(stderr, "usage: pinban component new NAME [FOLDER]\n");
        return EXIT_USAGE;
    }
    const char *name = args.words[0];
    const char *folder = args.word_count > 1 ? args.words[1] : "components/mine";
    struct err err;
    if (!name_is_good(name)) {
        err_set(&err, ERR_INPUT, "component.name",
                "a name is a-z, 0-9 and -, at most 47 of them");
        print_error(&err);
        return EXIT_USAGE;
    }
    if (!make_starters(name, folder)) {
        err_at(&err, ERR_INPUT, "component.new", str_of(folder),
               "%s is there already, or the folder cannot be written", name);
        print_error(&err);
        return EXIT_NO;
    }
    make_package(folder);
    printf("%s/%s: edit view.html, then pinban component test %s/%s\n", folder, name,
           folder, name);
    return EXIT_DONE;
}
