/*
 * Every space goes to XYZ with the white D65, and from there to sRGB; those that are sRGB
 * in other clothes (hsl, hwb, srgb-linear) go straight. Matrices and transfer functions
 * are those of CSS Color 4.
 */
#include "color.h"

#include "doc/doc.h"

#include <math.h>

#define TAU 6.283185307179586

/* Half a step of eight bits: nearer to the edge than this, nobody sees the difference. */
#define GAMUT_SLACK (0.5 / 255)

typedef double matrix[3][3];

static const matrix xyz_to_linear_srgb = {
    { 3.2409699419045226, -1.537383177570094, -0.4986107602930034 },
    { -0.9692436362808796, 1.8759675015077202, 0.04155505740717559 },
    { 0.05563007969699366, -0.20397695888897652, 1.0569715142428786 },
};
static const matrix d50_to_d65 = {
    { 0.955473421488075, -0.02309845494876471, 0.06325924320057072 },
    { -0.0283697093338637, 1.0099953980813041, 0.021041441191917323 },
    { 0.012314014864481998, -0.020507649298898964, 1.330365926242124 },
};
static const matrix p3_to_xyz = {
    { 0.4865709486482162, 0.26566769316909306, 0.1982172852343625 },
    { 0.2289745640697488, 0.6917385218365064, 0.079286914093745 },
    { 0, 0.04511338185890264, 1.043944368900976 },
};
static const matrix a98_to_xyz = {
    { 0.5766690429101305, 0.1855582379065463, 0.1882286462349947 },
    { 0.29734497525053605, 0.6273635662554661, 0.07529145849399788 },
    { 0.02703136138641234, 0.07068885253582723, 0.9913375368376388 },
};
static const matrix prophoto_to_xyz_d50 = {
    { 0.7977666449006423, 0.13518129740053308, 0.0313477341283922 },
    { 0.2880748288194013, 0.711835234241873, 0.00008993693872564 },
    { 0, 0, 0.8251046025104602 },
};
static const matrix rec2020_to_xyz = {
    { 0.6369580483012914, 0.14461690358620832, 0.1688809751641721 },
    { 0.2627002120112671, 0.6779980715188708, 0.05930171646986196 },
    { 0, 0.028072693049087428, 1.060985057710791 },
};
static const matrix oklab_to_lms = {
    { 1, 0.3963377773761749, 0.2158037573099136 },
    { 1, -0.1055613458156586, -0.0638541728258133 },
    { 1, -0.0894841775298119, -1.2914855480194092 },
};
static const matrix lms_to_xyz = {
    { 1.2268798758459243, -0.5578149944602171, 0.2813910456659647 },
    { -0.0405757452148008, 1.112286803280317, -0.0717110580655164 },
    { -0.0763729366746601, -0.4214933324022432, 1.5869240198367816 },
};

static void apply(const matrix m, double v[3])
{
    double x = v[0];
    double y = v[1];
    double z = v[2];
    for (int i = 0; i < 3; i++)
        v[i] = m[i][0] * x + m[i][1] * y + m[i][2] * z;
}

/* ---- what is stored to light, mirrored below zero ---- */

static void each(double v[3], double (*change)(double))
{
    for (int i = 0; i < 3; i++)
        v[i] = copysign(change(fabs(v[i])), v[i]);
}

static double srgb_light(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double srgb_stored(double v)
{
    return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055;
}

static double a98_light(double v)
{
    return pow(v, 563.0 / 256);
}

static double prophoto_light(double v)
{
    return v < 16.0 / 512 ? v / 16 : pow(v, 1.8);
}

static double rec2020_light(double v)
{
    return pow(v, 2.4);
}

/* ---- the first step of each space ---- */

static void open_nothing(double v[3])
{
    (void)v;
}

static void open_srgb_light(double v[3])
{
    each(v, srgb_light);
}

static void open_linear(double v[3])
{
    each(v, srgb_stored);
}

static void open_a98(double v[3])
{
    each(v, a98_light);
}

static void open_prophoto(double v[3])
{
    each(v, prophoto_light);
}

static void open_rec2020(double v[3])
{
    each(v, rec2020_light);
}

static double lab_inverse(double f)
{
    return f > 24.0 / 116 ? f * f * f : (116 * f - 16) * 27 / 24389;
}

static void open_lab(double v[3])
{
    static const double white_d50[3] = { 0.3457 / 0.3585, 1,
                                         (1 - 0.3457 - 0.3585) / 0.3585 };
    double fy = (v[0] + 16) / 116;
    double f[3] = { fy + v[1] / 500, fy, fy - v[2] / 200 };
    for (int i = 0; i < 3; i++)
        v[i] = lab_inverse(f[i]) * white_d50[i];
}

static void open_oklab(double v[3])
{
    apply(oklab_to_lms, v);
    for (int i = 0; i < 3; i++)
        v[i] = v[i] * v[i] * v[i];
}

static void polar_to_axes(double v[3])
{
    double chroma = v[1];
    double hue = v[2] * TAU / 360;
    v[1] = chroma * cos(hue);
    v[2] = chroma * sin(hue);
}

static void open_lch(double v[3])
{
    polar_to_axes(v);
    open_lab(v);
}

static void open_oklch(double v[3])
{
    polar_to_axes(v);
    open_oklab(v);
}

static double hsl_channel(const double hsl[3], double n)
{
    double light = hsl[2] / 100;
    double k = fmod(n + hsl[0] / 30, 12);
    double reach = hsl[1] / 100 * fmin(light, 1 - light);
    return light - reach * fmax(-1, fmin(fmin(k - 3, 9 - k), 1));
}

static void open_hsl(double v[3])
{
    const double hsl[3] = { v[0], v[1], v[2] };
    v[0] = hsl_channel(hsl, 0);
    v[1] = hsl_channel(hsl, 8);
    v[2] = hsl_channel(hsl, 4);
}

static void open_hwb(double v[3])
{
    double white = v[1] / 100;
    double black = v[2] / 100;
    double sum = white + black;
    double pure[3] = { v[0], 100, 50 };
    open_hsl(pure);
    for (int i = 0; i < 3; i++)
        v[i] = sum >= 1 ? white / sum : pure[i] * (1 - sum) + white;
}

/* ---- the spaces ---- */

/* The ends of the components. Lab's axes and every chroma have none; a thousand keeps
 * what we print short. White is above 1 in XYZ. */
#define UNIT    \
    { 0 },      \
    {           \
        1, 1, 1 \
    }
#define XYZ           \
    { 0 },            \
    {                 \
        1.1, 1.1, 1.1 \
    }
#define WHEEL         \
    { 0 },            \
    {                 \
        360, 100, 100 \
    }
#define AXES(light)       \
    { 0, -1000, -1000 },  \
    {                     \
        light, 1000, 1000 \
    }
#define POLAR(light)     \
    { 0 },               \
    {                    \
        light, 1000, 360 \
    }

enum leads_to { TO_SRGB, TO_D65, TO_D50 };

/* In the order of the enum. `open`, then `m` when there is one, lead to sRGB or to XYZ
 * with one of the whites. */
static const struct space {
    str name;
    double low[3], high[3];
    enum leads_to to;
    void (*open)(double v[3]);
    const matrix *m;
} spaces[COLOR_SPACES] = {
    { STR_INIT("srgb"), UNIT, TO_SRGB, open_nothing, NULL },
    { STR_INIT("srgb-linear"), UNIT, TO_SRGB, open_linear, NULL },
    { STR_INIT("hsl"), WHEEL, TO_SRGB, open_hsl, NULL },
    { STR_INIT("hwb"), WHEEL, TO_SRGB, open_hwb, NULL },
    { STR_INIT("lab"), AXES(100), TO_D50, open_lab, NULL },
    { STR_INIT("lch"), POLAR(100), TO_D50, open_lch, NULL },
    { STR_INIT("oklab"), AXES(1), TO_D65, open_oklab, &lms_to_xyz },
    { STR_INIT("oklch"), POLAR(1), TO_D65, open_oklch, &lms_to_xyz },
    { STR_INIT("display-p3"), UNIT, TO_D65, open_srgb_light, &p3_to_xyz },
    { STR_INIT("a98-rgb"), UNIT, TO_D65, open_a98, &a98_to_xyz },
    { STR_INIT("prophoto-rgb"), UNIT, TO_D50, open_prophoto, &prophoto_to_xyz_d50 },
    { STR_INIT("rec2020"), UNIT, TO_D65, open_rec2020, &rec2020_to_xyz },
    { STR_INIT("xyz-d65"), XYZ, TO_D65, open_nothing, NULL },
    { STR_INIT("xyz-d50"), XYZ, TO_D50, open_nothing, NULL },
};

bool color_space_find(str name, enum color_space *ret)
{
    for (int i = 0; i < COLOR_SPACES; i++) {
        if (!str_equal(name, spaces[i].name))
            continue;
        *ret = (enum color_space)i;
        return true;
    }
    return false;
}

/* Tools that count in floats write 1.0000001. */
bool color_component_fits(enum color_space space, int i, double value)
{
    const double slack = 1e-4;
    return value >= spaces[space].low[i] - slack
           && value <= spaces[space].high[i] + slack;
}

void color_to_srgb(const struct color *c, double ret_rgb[3])
{
    const struct space *space = &spaces[c->space];
    memcpy(ret_rgb, c->c, sizeof c->c);
    space->open(ret_rgb);
    if (space->m)
        apply(*space->m, ret_rgb);
    if (space->to == TO_SRGB)
        return;
    if (space->to == TO_D50)
        apply(d50_to_d65, ret_rgb);
    apply(xyz_to_linear_srgb, ret_rgb);
    open_linear(ret_rgb);
}

static bool fits_srgb(const double rgb[3])
{
    for (int i = 0; i < 3; i++)
        if (rgb[i] < -GAMUT_SLACK || rgb[i] > 1 + GAMUT_SLACK)
            return false;
    return true;
}

void color_in_srgb(const struct color *c, double ret_rgb[3])
{
    color_to_srgb(c, ret_rgb);
    if (c->has_fallback && !fits_srgb(ret_rgb))
        memcpy(ret_rgb, c->fallback, sizeof c->fallback);
    for (int i = 0; i < 3; i++)
        ret_rgb[i] = fmax(0, fmin(ret_rgb[i], 1));
}

/* WCAG 2.2, "contrast ratio" and "relative luminance". */
static double luminance(const double rgb[3])
{
    return 0.2126 * srgb_light(rgb[0]) + 0.7152 * srgb_light(rgb[1])
           + 0.0722 * srgb_light(rgb[2]);
}

double color_contrast(const double a[3], const double b[3])
{
    double one = luminance(a) + 0.05;
    double other = luminance(b) + 0.05;
    return one > other ? one / other : other / one;
}

/* ---- text ---- */

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool color_from_hex(str text, struct color *ret)
{
    size_t digits = text.n - 1;
    bool known = digits == 3 || digits == 4 || digits == 6 || digits == 8;
    if (!text.n || text.p[0] != '#' || !known)
        return false;
    size_t width = digits < 6 ? 1 : 2;
    double v[4] = { 0, 0, 0, 1 };
    for (size_t i = 0; i < digits / width; i++) {
        int high = hex_digit(text.p[1 + i * width]);
        int low = hex_digit(text.p[i * width + width]);
        if (high < 0 || low < 0)
            return false;
        v[i] = (high * 16 + low) / 255.0;
    }
    *ret =
        (struct color){ .space = COLOR_SRGB, .c = { v[0], v[1], v[2] }, .alpha = v[3] };
    return true;
}

static void put_hex(struct buf *out, double part)
{
    buf_format(out, "%02x", (unsigned)lround(fmax(0, fmin(part, 1)) * 255));
}

static void put_component(struct buf *out, const struct color *c, int i)
{
    const double steps = 1e5;
    if (i)
        buf_char(out, ' ');
    if (c->none[i])
        buf_str(out, STR("none"));
    else
        doc_write_number(out, round(c->c[i] * steps) / steps + 0.0);
}

/* Some spaces have a function of their own, the others share color(). */
static void put_function(struct buf *out, const struct color *c)
{
    bool own = c->space >= COLOR_HSL && c->space <= COLOR_OKLCH;
    buf_format(out, own ? "%.*s(" : "color(%.*s ", STR_ARG(spaces[c->space].name));
    for (int i = 0; i < 3; i++)
        put_component(out, c, i);
    if (c->alpha < 1) {
        buf_char(out, '/');
        doc_write_number(out, round(c->alpha * 1000) / 1000);
    }
    buf_char(out, ')');
}

void color_put(struct buf *out, const struct color *c)
{
    double rgb[3];
    color_to_srgb(c, rgb);
    if (!fits_srgb(rgb)) {
        put_function(out, c);
        return;
    }
    buf_char(out, '#');
    for (int i = 0; i < 3; i++)
        put_hex(out, rgb[i]);
    if (c->alpha < 254.5 / 255)
        put_hex(out, c->alpha);
}
