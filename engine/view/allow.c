/*
 * What may stand in a template. The list is short on purpose: a component shows, it does
 * not script, style, embed or send. The host's own elements may also use forms and
 * drawings.
 */
#include "inside.h"

#include <stdlib.h>

struct allowed {
    const char *name;
    bool host;              /* only in the host's elements */
    const char *attributes; /* beside the global ones, each between blanks */
};

static const struct allowed elements[] = {
    { "a", false, " href rel " },
    { "abbr", false, " " },
    { "article", false, " " },
    { "aside", false, " " },
    { "b", false, " " },
    { "blockquote", false, " " },
    { "br", false, " " },
    { "button", true, " type name value disabled form formaction " },
    { "caption", false, " " },
    { "circle", true, " cx cy r fill stroke opacity " },
    { "code", false, " " },
    { "dd", false, " " },
    { "desc", true, " " },
    { "details", false, " open name " },
    { "dialog", true, " " },
    { "div", false, " " },
    { "dl", false, " " },
    { "dt", false, " " },
    { "em", false, " " },
    { "fieldset", true, " disabled " },
    { "figcaption", false, " " },
    { "figure", false, " " },
    { "footer", false, " " },
    { "form", true, " method action autocomplete novalidate " },
    { "g", true, " fill stroke opacity transform " },
    { "h1", true, " " },
    { "h2", false, " " },
    { "h3", false, " " },
    { "h4", false, " " },
    { "header", false, " " },
    { "hr", false, " " },
    { "i", false, " " },
    { "img", false, " src alt width height loading decoding " },
    { "input", true,
      " type name value checked disabled required placeholder autocomplete min max "
      "minlength "
      "maxlength pattern inputmode enterkeyhint " },
    { "label", true, " for " },
    { "legend", true, " " },
    { "li", false, " value " },
    { "line", true, " x1 x2 y1 y2 stroke opacity " },
    { "main", true, " " },
    { "mark", false, " " },
    { "meter", false, " value min max low high optimum " },
    { "nav", false, " " },
    { "ol", false, " start reversed " },
    { "option", true, " value selected disabled " },
    { "p", false, " " },
    { "path", true, " d fill stroke opacity " },
    { "polygon", true, " points fill stroke opacity " },
    { "polyline", true, " points fill stroke opacity " },
    { "pre", false, " " },
    { "progress", false, " value max " },
    { "rect", true, " x y width height rx fill stroke opacity " },
    { "s", false, " " },
    { "search", true, " " },
    { "section", false, " " },
    { "select", true, " name required disabled " },
    { "small", false, " " },
    { "span", false, " " },
    { "strong", false, " " },
    { "sub", false, " " },
    { "summary", false, " " },
    { "sup", false, " " },
    { "svg", true, " viewBox width height fill stroke preserveAspectRatio focusable " },
    { "table", false, " " },
    { "tbody", false, " " },
    { "td", false, " colspan rowspan headers " },
    { "textarea", true, " name rows placeholder required maxlength disabled " },
    { "tfoot", false, " " },
    { "th", false, " colspan rowspan scope headers " },
    { "thead", false, " " },
    { "time", false, " datetime " },
    { "title", true, " " },
    { "tr", false, " " },
    { "ul", false, " " },
    { "use", true, " href x y width height " },
};

static const struct allowed *find(str name)
{
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        if (str_equal(str_of(elements[i].name), name))
            return &elements[i];
    }
    return NULL;
}

bool element_is_known(str name, bool host)
{
    const struct allowed *element = find(name);
    return element && (host || !element->host);
}

bool element_is_void(str name)
{
    static const char *const empty[] = { "br", "hr", "img", "input" };
    for (size_t i = 0; i < COUNT_OF(empty); i++) {
        if (str_equal(str_of(empty[i]), name))
            return true;
    }
    return false;
}

/* aria-…, data-… */
static bool is_open_ended(str name)
{
    if (!str_starts(name, STR("aria-")) && !str_starts(name, STR("data-")))
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

enum place attribute_place(str element, str name)
{
    static const char global[] = " class id title lang dir role hidden tabindex slot ";
    const struct allowed *known = find(element);
    if (!known || !name.n)
        return PLACE_REFUSED;
    bool address = str_is_among(name, " href src action formaction ");
    if (str_is_among(name, known->attributes))
        return address ? PLACE_URL : PLACE_ATTRIBUTE;
    return is_open_ended(name) || str_is_among(name, global) ? PLACE_ATTRIBUTE
                                                             : PLACE_REFUSED;
}
