/*
 * Colours of the DTCG color module, 2025.10: a space, three components, an alpha. Private
 * to theme. Conversions are those of CSS Color 4, so that what we write is what browsers
 * show.
 */
#pragma once
#include "base/base.h"

enum color_space {
    COLOR_SRGB,
    COLOR_SRGB_LINEAR,
    COLOR_HSL,
    COLOR_HWB,
    COLOR_LAB,
    COLOR_LCH,
    COLOR_OKLAB,
    COLOR_OKLCH,
    COLOR_DISPLAY_P3,
    COLOR_A98_RGB,
    COLOR_PROPHOTO_RGB,
    COLOR_REC2020,
    COLOR_XYZ_D65,
    COLOR_XYZ_D50,
    COLOR_SPACES
};

struct color {
    enum color_space space;
    double c[3];  /* in the units of the color module: srgb 0 – 1, a hue 0 – 360 */
    bool none[3]; /* "none": counts as 0 */
    double alpha; /* 0 – 1 */
    bool has_fallback; /* the author says what to show where the colour does not fit sRGB
                        */
    double fallback[3];
};

/* The space DTCG calls `name`. */
bool color_space_find(str name, enum color_space *ret);
/* True when the component counted from 0 may have that value. */
bool color_component_fits(enum color_space space, int i, double value);
/* Reads #rgb, #rgba, #rrggbb and #rrggbbaa. */
bool color_from_hex(str text, struct color *ret);

/* The colour in sRGB; components leave 0 – 1 when it does not fit. */
void color_to_srgb(const struct color *c, double ret_rgb[3]);
/* The sRGB colour to count with: the fallback, or the nearest by cutting, when the colour
 * does not fit. */
void color_in_srgb(const struct color *c, double ret_rgb[3]);
/* Appends #rrggbb or #rrggbbaa, or a CSS colour function when the colour does not fit
 * sRGB. */
void color_put(struct buf *out, const struct color *c);
/* The contrast ratio of WCAG 2, 1 – 21, of two sRGB colours. */
double color_contrast(const double a[3], const double b[3]);
