#include "view/view.h"

#include <setjmp.h>
#include <stdlib.h>
/* after the headers it needs */
#include <cmocka.h>

static struct arena *arena;
static struct view_elements *elements;

static const char ui[] =
    "<ui-def element=\"ui-chip\" kind=\"normal\"><span class=\"chip "
    "chip-{{kind}}\"><ui-slot/>"
    "</span></ui-def>\n"
    "<ui-def element=\"ui-card\" title count href>\n"
    "  <section class=\"card\">\n"
    "    <h2 if=\"title\">{{title}}<b if=\"count\">{{count}}</b></h2>\n"
    "    <ui-slot/>\n"
    "    <a if=\"href\" href=\"{{href}}\">{{ui.more}}</a>\n"
    "  </section>\n"
    "</ui-def>\n"
    "<ui-def element=\"ui-row\" href item><li><ui-slot name=\"start\"/><a "
    "href=\"{{href}}\">"
    "<ui-slot/></a></li></ui-def>\n"
    "<ui-def element=\"ui-do\" action with><ui-act "
    "class=\"act\"><ui-slot/></ui-act></ui-def>\n"
    "<ui-def element=\"ui-list\" items><ul><li each=\"item in "
    "items\"><ui-slot/>{{item}}</li></ul>"
    "</ui-def>";

static struct val json(const char *text)
{
    struct val v;
    struct err err;
    if (!doc_parse(arena, str_of(text), &v, &err))
        fail_msg("%s in %s", err.text, text);
    return v;
}

static int open_all(void **state)
{
    (void)state;
    arena = arena_open();
    struct err err;
    struct view_source source = { STR("ui.html"), str_of(ui) };
    if (!view_elements_open(&source, 1, &elements, &err))
        fail_msg("%s %s", err.where, err.text);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    view_elements_drop(elements);
    arena_close(arena);
    return 0;
}

static bool open_view(const char *text, enum view_lang lang, struct view **ret,
                      struct err *err)
{
    struct view_config config = {
        .source = { STR("t.html"), str_of(text) },
        .elements = elements,
        .lang = lang,
        .actions = json("{\"done\":{\"input\":{\"properties\":{\"id\":{},\"n\":{}}}},"
                        "\"plain\":{}}"),
        .constants =
            json(lang == VIEW_EN
                     ? "{\"words\":{\"hi\":\"Hi\",\"left\":\"{#items} left of "
                       "{total|number}\","
                       "\"state\":{\"open\":\"Open\"}},\"ui\":{\"more\":\"More\"}}"
                     : "{\"words\":{\"hi\":\"您好\",\"left\":\"共 {total} 项，余 "
                       "{#items} 项\","
                       "\"state\":{\"open\":\"待办\"}},\"ui\":{\"more\":\"更多\"}}"),
    };
    return view_open(&config, ret, err);
}

static struct view_run last_run;
static struct view_hole last_holes[VIEW_MAX_HOLES];

static struct val packed(struct val v)
{
    struct buf bytes;
    struct err err;
    buf_init(&bytes, 1 << 16);
    assert_true(doc_pack(&bytes, v, &err));
    struct val same = doc_unpack(arena_str(arena, buf_view(&bytes)));
    buf_done(&bytes);
    return same;
}

enum { MORNING_MIN = 29921850 }; /* 2026-11-22 09:30 +08:00 */

static int64_t now_ms = MORNING_MIN * INT64_C(60000);

static const char *shown_val(const char *text, enum view_lang lang, struct val model)
{
    struct view *view;
    struct err err;
    struct buf out;
    if (!open_view(text, lang, &view, &err))
        return arena_format(arena, "%s at %s: %s", err.code, err.where, err.text).p;
    buf_init(&out, 1 << 20);
    last_run = (struct view_run){ .holes = last_holes,
                                  .model = model,
                                  .props = json("{\"limit\":3}"),
                                  .block = STR("b1"),
                                  .page = STR("home"),
                                  .now_ms = now_ms,
                                  .offset_min = 480,
                                  .arena = arena };
    bool good = view_run(view, &last_run, &out, &err);
    const char *html = good ? arena_str(arena, buf_view(&out)).p
                            : arena_format(arena, "%s at %s", err.code, err.where).p;
    buf_done(&out);
    view_drop(view);
    return html;
}

static const char *shown(const char *text, enum view_lang lang, const char *model)
{
    return shown_val(text, lang, json(model));
}

struct shows {
    const char *template;
    const char *model;
    const char *html;
};

static void check(const struct shows *cases, size_t n, enum view_lang lang)
{
    for (size_t i = 0; i < n; i++) {
        const char *html = shown(cases[i].template, lang, cases[i].model);
        if (strcmp(html, cases[i].html) != 0)
            fail_msg("%s\n  gives %s\n  not   %s", cases[i].template, html,
                     cases[i].html);
    }
}

static void test_view_escapes_by_the_place_a_value_stands_in(void **state)
{
    (void)state;
    static const struct shows cases[] = {
        { "<p>{{x}}</p>", "{\"x\":\"<b>&\\\"'\"}", "<p>&lt;b&gt;&amp;&quot;&#39;</p>" },
        { "<p title=\"a {{x}}\">t</p>", "{\"x\":\"\\\" onclick=1\"}",
          "<p title=\"a &quot; onclick=1\">t</p>" },
        { "<a href=\"{{x}}\">t</a>", "{\"x\":\"javascript:alert(1)\"}",
          "<a href=\"#\">t</a>" },
        { "<a href=\"{{x}}\">t</a>", "{\"x\":\"/w/a?b=1&c=2\"}",
          "<a href=\"/w/a?b=1&amp;c=2\">t</a>" },
        { "<a href=\"/w/news?id={{x}}&amp;y={{y}}\">t</a>",
          "{\"x\":\"a/b?c&\\\"电\",\"y\":7}",
          "<a href=\"/w/news?id=a%2Fb%3Fc%26%22%E7%94%B5&amp;y=7\">t</a>" },
        { "<a href=\"{{x}}{{y}}\">t</a>", "{\"x\":\"java\",\"y\":\"script:alert(1)\"}",
          "<a href=\"javascript%3Aalert%281%29\">t</a>" },
        { "<p>a &amp; b &lt;</p>", "{}", "<p>a &amp; b &lt;</p>" },
        { "<p>{{'<i>'}}</p>", "{}", "<p>&lt;i&gt;</p>" },
        { "<img src=\"{{x}}\" alt=\"\">", "{\"x\":\"data:text/html,1\"}",
          "<img src=\"#\" alt=\"\">" },
    };
    check(cases, COUNT_OF(cases), VIEW_ZH);
}

static void test_view_walks_lists_and_conditions(void **state)
{
    (void)state;
    static const struct shows cases[] = {
        { "<ul><li each=\"i in items\">{{i.t}}</li></ul>",
          "{\"items\":[{\"t\":\"a\"},{\"t\":\"b\"}]}", "<ul><li>a</li><li>b</li></ul>" },
        { "<i each=\"i, n in items\">{{n}}{{i}}</i>", "{\"items\":[\"a\",\"b\"]}",
          "<i>1a</i><i>2b</i>" },
        { "<i each=\"a in rows\"><b each=\"c in a\">{{c}}</b></i>",
          "{\"rows\":[[1,2],[],[3]]}", "<i><b>1</b><b>2</b></i><i></i><i><b>3</b></i>" },
        { "<i each=\"i in items\" if=\"i.on\">{{i.t}}</i>",
          "{\"items\":[{\"t\":1,\"on\":true},{\"t\":2}]}", "<i>1</i>" },
        { "<i if=\"items\">yes</i><i unless=\"items\">no</i>", "{\"items\":[]}",
          "<i>no</i>" },
        { "<i if=\"a == 'x' and not b\">1</i>", "{\"a\":\"x\"}", "<i>1</i>" },
        { "<i if=\"n &gt; 2\">1</i><i if=\"n &lt;= 2\">2</i>", "{\"n\":3}", "<i>1</i>" },
        { "<i if=\"s &lt; 'b'\">1</i><i if=\"s &gt; 2\">2</i>", "{\"s\":\"a\"}",
          "<i>1</i>" },
        { "<ui-group each=\"i in items\">{{i}},</ui-group>", "{\"items\":[1,2]}",
          "1,2," },
        { "<p>{{items[2].t}}{{map[key]}}</p>",
          "{\"items\":[1,{\"t\":\"二\"}],\"map\":{\"k\":\"v\"},\"key\":\"k\"}",
          "<p>二v</p>" },
        { "<p>{{#items}} {{props.limit}} {{block.id}}</p>", "{\"items\":[1,2]}",
          "<p>2 3 b1</p>" },
        { "<p>{{a.b.c}}</p>", "{}", "<p></p>" },
        { "<i each=\"x in 5\">no</i>", "{}", "" },
        { "<i if=\"true\">a</i><i if=\"false\">b</i><i if=\"1 == 2 or 3\">c</i>", "{}",
          "<i>a</i><i>c</i>" },
    };
    check(cases, COUNT_OF(cases), VIEW_ZH);
}

/* Rows as a store keeps them, of several shapes, one after the other. */
static void test_view_shows_packed_rows_as_others(void **state)
{
    (void)state;
    static const char template[] =
        "<p each=\"r in rows\"><a href=\"/x?id={{r.id}}\" title=\"{{r.a}}\">{{r.a}}</a>"
        "{{r.a_long_name}}{{r.n}} {{r.n | number}} {{r.n | badge}}<b if=\"r.id\">{{r.id}}"
        "</b><b unless=\"r.a\">-</b></p>";
    static const char rows[] =
        "[{\"id\":\"1\",\"a\":\"x\",\"n\":1,\"a_long_name\":\"y\"},"
        "{\"id\":\"2\",\"a\":\"<&>\",\"n\":-1234567,\"a_long_name\":\"\"},"
        "{\"a\":\"sixteen bytes 16\",\"id\":\"a b\",\"n\":1000,\"z\":0},"
        "{\"a\":\"more than sixteen bytes <\",\"id\":7,\"n\":9007199254740993},"
        "{\"a\":null,\"id\":\"0123456789abcdefg\",\"n\":1.5},"
        "{\"a\":{\"zh\":\"\xe4\xba\xba\",\"en\":\"man\"},\"n\":\"<\"},{},7,"
        "{\"n\":2147483648,\"a\":[1],\"id\":false},{\"id\":\"\",\"a\":true}]";
    const char *model = arena_format(arena, "{\"rows\":%s}", rows).p;
    str html = str_of(shown(template, VIEW_EN, model));
    struct member member = { STR("rows"), packed(json(rows)) };
    assert_true(str_starts(html, STR("<p><a")));
    assert_string_equal(shown_val(template, VIEW_EN, val_map(&member, 1)), html.p);
}

static void test_view_leaves_out_an_attribute_without_a_value(void **state)
{
    (void)state;
    static const struct shows cases[] = {
        { "<p hidden=\"{{on}}\" title=\"{{t}}\">x</p>", "{}", "<p>x</p>" },
        { "<p hidden=\"{{on}}\" title=\"{{t}}\">x</p>", "{\"on\":true,\"t\":\"\"}",
          "<p hidden title=\"\">x</p>" },
        { "<a href=\"/\" aria-current=\"{{c and 'page'}}\">x</a>", "{\"c\":true}",
          "<a href=\"/\" aria-current=\"page\">x</a>" },
        { "<a href=\"/\" aria-current=\"{{c and 'page'}}\">x</a>", "{\"c\":false}",
          "<a href=\"/\">x</a>" },
        { "<a href=\"{{u}}\">x</a>", "{}", "<a>x</a>" },
    };
    check(cases, COUNT_OF(cases), VIEW_ZH);
}

static void test_view_expands_host_elements(void **state)
{
    (void)state;
    static const struct shows cases[] = {
        { "<ui-chip>x</ui-chip>", "{}", "<span class=\"chip chip-normal\">x</span>" },
        { "<ui-chip kind=\"{{k}}\">x</ui-chip>", "{\"k\":\"a\\\"\"}",
          "<span class=\"chip chip-a&quot;\">x</span>" },
        { "<ui-card title=\"{{words.hi}}，{{name}}\" href=\"/w/x?i={{id}}\">in</ui-card>",
          "{\"name\":\"王\",\"id\":\"&\"}",
          "<section class=\"card\"><h2>您好，王</h2>in<a "
          "href=\"/w/x?i=%26\">更多</a></section>" },
        { "<ui-card>in</ui-card>", "{}", "<section class=\"card\">in</section>" },
        { "<ui-row href=\"{{u}}\"><b slot=\"start\">s</b>body</ui-row>", "{\"u\":\"/a\"}",
          "<li><b>s</b><a href=\"/a\">body</a></li>" },
        { "<i each=\"item in rows\"><ui-list "
          "items=\"{{item.sub}}\">{{item.n}}</ui-list></i>",
          "{\"rows\":[{\"n\":1,\"sub\":[\"x\",\"y\"]}]}",
          "<i><ul><li>1x</li><li>1y</li></ul></i>" },
    };
    check(cases, COUNT_OF(cases), VIEW_ZH);
}

#define ACT_FORM(action)                                                                 \
    "<form method=\"post\" action=\"/act\" class=\"act\" data-action=\"" action          \
    "\"><input type=\"hidden\" name=\"page\" value=\"home\"><input type=\"hidden\" "     \
    "name=\"block\" value=\"b1\"><input type=\"hidden\" name=\"action\" value=\"" action \
    "\">"

static void test_view_makes_forms_of_actions(void **state)
{
    (void)state;
    static const struct shows cases[] = {
        { "<ui-do action=\"plain\">go</ui-do>", "{}", ACT_FORM("plain") "go</form>" },
        { "<ui-do action=\"done\" with=\"{ id = item.id, n = 3 }\" each=\"item in "
          "items\">x</ui-do>",
          "{\"items\":[{\"id\":\"a\\\"><b>\"}]}",
          ACT_FORM("done") "<input type=\"hidden\" name=\"input.id\" "
                           "value=\"a&quot;&gt;&lt;b&gt;\"><input type=\"hidden\" "
                           "name=\"input.n\" value=\"3\">x</form>" },
        { "<ui-do action=\"done\" with=\"{id=#items|number,}\"/>", "{\"items\":[1,2]}",
          ACT_FORM("done") "<input type=\"hidden\" name=\"input.id\" "
                           "value=\"2\"></form>" },
        { "<ui-do action=\"done\" with=\"{}\"/>", "{}", ACT_FORM("done") "</form>" },
    };
    check(cases, COUNT_OF(cases), VIEW_ZH);
    assert_true(last_run.used & VIEW_USED_PAGE);
    shown("<p>x</p>", VIEW_ZH, "{}");
    assert_false(last_run.used & VIEW_USED_PAGE);
}

static void test_view_folds_the_words_of_its_language(void **state)
{
    (void)state;
    static const struct shows zh[] = {
        { "<p>{{words.left}} {{words.state[s]}}</p>",
          "{\"items\":[1,2],\"total\":1234,\"s\":\"open\"}",
          "<p>共 1234 项，余 2 项 待办</p>" },
        { "<p>{{t}}{{ok}}</p>", "{\"t\":{\"zh\":\"电\",\"en\":\"power\"},\"ok\":true}",
          "<p>电是</p>" },
    };
    static const struct shows en[] = {
        { "<p>{{words.left}} {{words.state[s]}}</p>",
          "{\"items\":[1,2],\"total\":1234,\"s\":\"open\"}",
          "<p>2 left of 1,234 Open</p>" },
        { "<p>{{t}}{{u}}</p>",
          "{\"t\":{\"zh\":\"电\",\"en\":\"power\"},\"u\":{\"zh\":\"只\"}}",
          "<p>power只</p>" },
    };
    check(zh, COUNT_OF(zh), VIEW_ZH);
    check(en, COUNT_OF(en), VIEW_EN);
}

static void test_view_shows_values_in_two_languages(void **state)
{
    (void)state;
    static const struct {
        const char *expression;
        const char *zh;
        const char *en;
    } cases[] = {
        { "1234567.5 | number", "1,234,567.5", "1,234,567.5" },
        { "-1234.567 | number:1", "−1,234.6", "−1,234.6" },
        { "0.995 | number:2", "1.00", "1.00" },
        { "'x' | number", "x", "x" },
        { "0.986 | percent:1", "98.6%", "98.6%" },
        { "3.2 | signed", "+3.2", "+3.2" },
        { "123456 | compact", "12.35万", "123.46K" },
        { "86420000 | power", "8,642万千瓦", "86.42 GW" },
        { "312000000 | energy", "3.12亿千瓦时", "312 GWh" },
        { "1536 | bytes", "1.5 KB", "1.5 KB" },
        { "120 | badge", "99+", "99+" },
        { "'2026-11-22T09:25:00+08:00' | day:'weekday'", "11月22日 星期日",
          "Sunday 22 Nov" },
        { "'2026-11-22T09:25:00+08:00' | ago", "5 分钟前", "5 minutes ago" },
        { "'2026-11-22T09:30:30+08:00' | ago", "刚刚", "just now" },
        { "'2026-11-22T07:25:00+08:00' | ago", "2 小时前", "2 hours ago" },
        { "'2026-11-21T17:20:00+08:00' | ago", "昨天 17:20", "yesterday 17:20" },
        { "'2026-11-01T17:20:00+08:00' | ago", "11月1日", "1 Nov" },
        { "'2025-11-01T17:20:00+08:00' | ago", "2025年11月1日", "1 Nov 2025" },
        { "'2026-11-22T23:00:00+08:00' | due", "今日到期", "Due today" },
        { "'2026-11-20' | due", "逾期 2 天", "2 days overdue" },
        { "'2026-11-25' | due", "3 天后到期", "Due in 3 days" },
        { "'2026-11-22T01:30:00Z' | datetime", "2026年11月22日 09:30",
          "22 Nov 2026 09:30" },
        { "'2026-11-22' | weekday", "星期日", "Sunday" },
        { "1 | weekday:'short'", "一", "Mon" },
        { "'nonsense' | date", "", "" },
        { "12000000 | duration", "3 小时 20 分", "3 h 20 min" },
        { "'国家电网公司' | clip:4", "国家电网…", "国家电网…" },
        { "'欧阳文静' | short_name", "文静", "文静" },
        { "1 | plural:'item','items'", "item", "item" },
        { "null | or:'—'", "—", "—" },
        { "88.5 | money", "¥88.50", "¥88.50" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        str template = arena_format(arena, "<p>{{%s}}</p>", cases[i].expression);
        str zh = arena_format(arena, "<p>%s</p>", cases[i].zh);
        str en = arena_format(arena, "<p>%s</p>", cases[i].en);
        assert_string_equal(shown(template.p, VIEW_ZH, "{}"), zh.p);
        assert_string_equal(shown(template.p, VIEW_EN, "{}"), en.p);
    }
}

static void test_view_says_what_it_looked_at(void **state)
{
    (void)state;
    shown("<p>{{x}}</p>", VIEW_ZH, "{\"x\":1}");
    assert_int_equal(last_run.used, 0);
    shown("<p>{{x | ago}}</p>", VIEW_ZH, "{\"x\":\"2026-11-22T09:25:00+08:00\"}");
    assert_int_equal(last_run.used, VIEW_USED_LANG | VIEW_USED_ZONE | VIEW_USED_MINUTE);
    shown("<p>{{x | ago}}</p>", VIEW_ZH, "{\"x\":\"2026-11-02T09:25:00+08:00\"}");
    assert_int_equal(last_run.used, VIEW_USED_LANG | VIEW_USED_ZONE | VIEW_USED_DAY);
    shown("<p>{{x | ago}}</p>", VIEW_ZH, "{\"x\":\"2026-11-22T11:25:00+08:00\"}");
    assert_int_equal(last_run.used, VIEW_USED_LANG | VIEW_USED_ZONE | VIEW_USED_MINUTE);
    shown("<p>{{x}}</p>", VIEW_ZH, "{\"x\":{\"zh\":\"电\"}}");
    assert_int_equal(last_run.used, VIEW_USED_LANG);
}

/* The fragment is kept until the minute turns: whoever makes it anew shows the same. */
static void test_view_shows_the_same_all_minute(void **state)
{
    (void)state;
    static const char *const moments[] = { "2026-11-22T09:10:40+08:00",
                                           "2026-11-22T09:30:20+08:00",
                                           "2026-11-22T07:30:40+08:00",
                                           "2026-11-21T21:31:01+08:00",
                                           "2026-11-22T09:32:30+08:00" };
    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        str model = arena_format(arena, "{\"x\":\"%s\"}", moments[i]);
        const char *first = shown("<p>{{x | ago}}</p>", VIEW_ZH, model.p);
        for (int second = 1; second < 60; second++) {
            now_ms = MORNING_MIN * INT64_C(60000) + second * INT64_C(1000);
            assert_string_equal(shown("<p>{{x | ago}}</p>", VIEW_ZH, model.p), first);
        }
        now_ms = MORNING_MIN * INT64_C(60000);
    }
}

static void test_view_opens_holes_for_regions(void **state)
{
    (void)state;
    const char *html =
        shown("<p>a</p><ui-region name=\"{{r}}\"/><p>b</p>", VIEW_ZH, "{\"r\":\"left\"}");
    assert_string_equal(html, "<p>a</p><p>b</p>");
    assert_int_equal(last_run.hole_count, 1);
    assert_int_equal(last_run.holes[0].at, 8);
    assert_true(str_equal(last_run.holes[0].region, STR("left")));
}

static void test_view_refuses_with_a_place(void **state)
{
    (void)state;
    static const struct {
        const char *template;
        const char *code;
        const char *where;
    } cases[] = {
        { "<p>\n  <script>x</script></p>", "view.element", "t.html:2:3" },
        { "<p>\n <b onclick=\"x\">y</b></p>", "view.attribute", "t.html:2:5" },
        { "<p style=\"color:red\">y</p>", "view.attribute", "t.html:1:4" },
        { "<p>", "view.syntax", "t.html:1:1" },
        { "<p></b>", "view.syntax", "t.html:1:4" },
        { "</p>", "view.syntax", "t.html:1:1" },
        { "<p a=b>x</p>", "view.syntax", "t.html:1:6" },
        { "<p>{{x</p>", "view.syntax", "t.html:1:6" },
        { "<p>a\n {{x +}}</p>", "view.expression", "t.html:2:6" },
        { "<p>{{x | nothing}}</p>", "view.expression", "t.html:1:10" },
        { "<p>{{words.none}}</p>", "view.word", "t.html:1:12" },
        { "<ui-none/>", "view.element", "t.html:1:1" },
        { "<ui-card colour=\"x\"/>", "view.attribute", "t.html:1:10" },
        { "<form><input></form>", "view.element", "t.html:1:1" },
        { "<a href=\"javascript:x\">y</a>", "view.attribute", "t.html:1:4" },
        { "<a href=\"{{x}}:{{y}}\">y</a>", "view.attribute", "t.html:1:4" },
        { "<a href=\"java{{x}}:y\">y</a>", "view.attribute", "t.html:1:4" },
        { "<a href=\"java{{'script:y'}}\">y</a>", "view.attribute", "t.html:1:4" },
        { "<a href=\"java{{x}}{{'script:y'}}\">y</a>", "view.attribute", "t.html:1:4" },
        { "<p aria-titl:=\"x\">y</p>", "view.attribute", "t.html:1:4" },
        { "<p data-a_b=\"x\">y</p>", "view.attribute", "t.html:1:4" },
        { "<ui-act/>", "view.element", "t.html:1:1" },
        { "<ui-do/>", "view.action", "t.html:1:1" },
        { "<ui-do action=\"burn\"/>", "view.action", "t.html:1:8" },
        { "<ui-do action=\"{{x}}\"/>", "view.action", "t.html:1:8" },
        { "<ui-do action=\"done\" with=\"{ other = 1 }\"/>", "view.action",
          "t.html:1:22" },
        { "<ui-do action=\"plain\" with=\"{ id = 1 }\"/>", "view.action", "t.html:1:23" },
        { "<ui-do action=\"done\" with=\"{ id }\"/>", "view.expression", "t.html:1:27" },
        { "<ui-do action=\"done\" with=\"id = 1\"/>", "view.expression", "t.html:1:22" },
        { "<ui-do action=\"done\" with=\"{ id = 1\"/>", "view.expression",
          "t.html:1:30" },
        { "<ui-do action=\"done\" with=\"{ id = 1 } x\"/>", "view.expression",
          "t.html:1:33" },
        { "<p>a & b</p>", "view.syntax", "t.html:1:6" },
        { "<p each=\"items\">x</p>", "view.expression", "t.html:1:4" },
        { "<p if=\"{{x}}\">x</p>", "view.expression", "t.html:1:4" },
        { "<p a=\"1\" a=\"2\">x</p>", "view.syntax", "t.html:1:10" },
        { "<!-- x", "view.syntax", "t.html:1:1" },
        { "<iframe src=\"/\"></iframe>", "view.element", "t.html:1:1" },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct view *view;
        struct err err;
        if (open_view(cases[i].template, VIEW_ZH, &view, &err))
            fail_msg("%s was accepted", cases[i].template);
        if (strcmp(err.code, cases[i].code) != 0
            || strcmp(err.where, cases[i].where) != 0)
            fail_msg("%s: %s at %s (%s)", cases[i].template, err.code, err.where,
                     err.text);
    }
}

static void test_view_ends_what_runs_too_long_or_writes_too_much(void **state)
{
    (void)state;
    struct buf model;
    buf_init(&model, 1 << 20);
    buf_str(&model, STR("{\"a\":["));
    for (int i = 0; i < 700; i++)
        buf_str(&model, STR("1,"));
    buf_str(&model, STR("1]}"));
    buf_char(&model, 0);
    assert_string_equal(
        shown("<i each=\"x in a\">\n <b each=\"y in a\">{{y}}</b></i>", VIEW_ZH, model.p),
        "view.steps at t.html:2:2");
    assert_string_equal(
        shown("<ui-card title=\"x\">\n<i each=\"x in a\">{{x}}<b each=\"y "
              "in a\">y</b></i></ui-card>",
              VIEW_ZH, model.p),
        "view.steps at t.html:2:23");
    assert_string_equal(
        shown("<i each=\"x in a\">\n<ui-list items=\"{{a}}\"/></i>", VIEW_ZH, model.p),
        "view.steps at t.html:2:1");
    buf_done(&model);
}

/* … however much room the buffer has from before. */
static void test_view_writes_no_more_than_may_be_written(void **state)
{
    (void)state;
    struct view *view;
    struct err err;
    struct buf out;
    struct view_run run = { .model = json("{\"a\":\"twelve bytes\"}"), .arena = arena };
    assert_true(open_view("<i>{{a}}</i>", VIEW_ZH, &view, &err));
    buf_init(&out, 1 << 20);
    buf_reserve(&out, 4096);
    out.max = 19;
    assert_true(view_run(view, &run, &out, &err));
    assert_int_equal(out.n, 19);
    buf_clear(&out);
    out.max = 18;
    assert_false(view_run(view, &run, &out, &err));
    assert_string_equal(err.code, "view.output");
    buf_done(&out);
    view_drop(view);
}

static void test_view_markdown_is_safe(void **state)
{
    (void)state;
    const char *html =
        shown("<ui-markdown text=\"{{t}}\"/>", VIEW_ZH,
              "{\"t\":\"# 标题\\n\\n<script>x</script> **粗** [l](javascript:alert(1)) "
              "![a\\\"b](/x.png)\\n\\n- 一\\n- 二\"}");
    assert_null(strstr(html, "<script"));
    assert_null(strstr(html, "javascript:"));
    assert_non_null(strstr(html, "<h3>标题</h3>"));
    assert_non_null(strstr(html, "<strong>粗</strong>"));
    assert_non_null(strstr(html, "<ul><li>一</li><li>二</li></ul>"));
    assert_non_null(strstr(html, "<img src=\"/x.png\" alt=\"a&quot;b\">"));
    html = shown("<ui-markdown text=\"{{t}}\"/>", VIEW_ZH,
                 "{\"t\":\"![a [b](c) !;d](e[>)](f) x\"}");
    assert_null(strstr(html, "</a>"));
}

static void test_view_charts_carry_their_numbers(void **state)
{
    (void)state;
    const char *html =
        shown("<ui-bar-chart title=\"售电量\" unit=\"亿\" labels=\"{{l}}\" "
              "series=\"{{s}}\" focus=\"{{2}}\"/><ui-chart-table title=\"售电量\" "
              "labels=\"{{l}}\" series=\"{{s}}\"/>",
              VIEW_ZH, "{\"l\":[\"一\",\"二\"],\"s\":[62,74.5]}");
    assert_non_null(strstr(html, "aria-label=\"售电量； 最低 62，最高 74.5 亿\""));
    assert_non_null(strstr(html, "<th scope=\"row\">二</th><td>74.5</td>"));
    static const char *const odd[] = { "{}",
                                       "{\"s\":[]}",
                                       "{\"s\":[null,\"x\"]}",
                                       "{\"s\":[5]}",
                                       "{\"s\":[0,0]}",
                                       "{\"s\":[-1,1e300]}",
                                       "{\"s\":[{\"values\":[1,2]},{\"name\":1}]}" };
    static const char *const names[] = { "line-chart", "bar-chart", "donut-chart",
                                         "sparkline", "chart-table" };
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
        for (size_t k = 0; k < COUNT_OF(names); k++) {
            str t = arena_format(arena, "<ui-%s labels=\"{{l}}\" series=\"{{s}}\"/>",
                                 names[k]);
            html = shown(t.p, VIEW_EN, odd[i]);
            assert_null(strstr(html, "nan"));
            assert_null(strstr(html, "inf"));
            assert_null(strstr(html, "view."));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_view_escapes_by_the_place_a_value_stands_in),
        cmocka_unit_test(test_view_walks_lists_and_conditions),
        cmocka_unit_test(test_view_shows_packed_rows_as_others),
        cmocka_unit_test(test_view_leaves_out_an_attribute_without_a_value),
        cmocka_unit_test(test_view_expands_host_elements),
        cmocka_unit_test(test_view_makes_forms_of_actions),
        cmocka_unit_test(test_view_folds_the_words_of_its_language),
        cmocka_unit_test(test_view_shows_values_in_two_languages),
        cmocka_unit_test(test_view_says_what_it_looked_at),
        cmocka_unit_test(test_view_shows_the_same_all_minute),
        cmocka_unit_test(test_view_opens_holes_for_regions),
        cmocka_unit_test(test_view_refuses_with_a_place),
        cmocka_unit_test(test_view_ends_what_runs_too_long_or_writes_too_much),
        cmocka_unit_test(test_view_writes_no_more_than_may_be_written),
        cmocka_unit_test(test_view_markdown_is_safe),
        cmocka_unit_test(test_view_charts_carry_their_numbers),
    };
    return cmocka_run_group_tests_name("view", tests, open_all, close_all);
}
