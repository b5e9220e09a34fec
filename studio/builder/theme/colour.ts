// From one colour to all that follow from it, in OKLCH: hue stays, lightness and chroma are those
// that the role needs, what sRGB cannot show is mapped to it, and what must be read is moved
// in lightness until it can be.
import { contrastWCAG21, OKLCH, sRGB, to, toGamutCSS } from 'colorjs.io/fn';
import type { Json, Scheme } from '../types.ts';

export type Derived = Record<Scheme, { [name: string]: string }>; // "color.brand": "#0a59c2"

interface Lch { l: number; c: number; h: number }

const READ = 4.5;
const SEEN = 3;
const MARGIN = 0.05; // rounding to eight bits must not fall below a bound

const HEX = /^#[0-9a-f]{6}$/i;
export const isHex = (text: string): boolean => HEX.test(text);

const bytes = (hex: string): number[] => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
const colorOf = (hex: string) => ({ space: sRGB, coords: bytes(hex) as [number, number, number], alpha: 1 });

export const contrast = (a: string, b: string): number => contrastWCAG21(colorOf(a), colorOf(b));

function lchOf(hex: string): Lch {
  const [l, c, h] = to(colorOf(hex), OKLCH).coords;
  return { l: l ?? 0, c: c ?? 0, h: Number.isNaN(h ?? NaN) ? 0 : (h ?? 0) };
}

function hexOf({ l, c, h }: Lch): string {
  const mapped = toGamutCSS({ space: OKLCH, coords: [l, c, h], alpha: 1 }, { space: sRGB });
  const parts = to(mapped, sRGB).coords.map((part) => Math.round(Math.min(1, Math.max(0, part ?? 0)) * 255));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The nearest lightness, in the direction of `step`, at which the colour stands out on every ground. */
function readable(from: Lch, grounds: string[], needs: number, step: number): string {
  for (let l = from.l; l >= 0 && l <= 1; l += step) {
    const hex = hexOf({ ...from, l });
    if (grounds.every((ground) => contrast(hex, ground) >= needs + MARGIN)) return hex;
  }
  return step < 0 ? '#000000' : '#ffffff';
}

/** The chart's series beside brand and accent: apart in hue, alike in weight. */
const TURNS = [75, 150, 225, 290];

interface Grounds { bg: string; surface: string }

/** What a scheme does with a hue. */
const roles = {
  light: { step: -0.005, strong: -0.08, soft: { l: 0.953, c: 0.022 }, chart: { l: 0.55, c: 0.15 }, header: [-0.05, 0.03] },
  dark: { step: 0.005, strong: 0.1, soft: { l: 0.285, c: 0.062 }, chart: { l: 0.74, c: 0.13 }, header: [-0.05, 0.03] },
} as const;

const MOST_CHROMA_BY_NIGHT = 0.14;
const LEAST_LIGHTNESS_BY_NIGHT = 0.73;

const byNight = (colour: Lch): Lch => ({ ...colour, l: Math.max(LEAST_LIGHTNESS_BY_NIGHT, colour.l), c: Math.min(colour.c, MOST_CHROMA_BY_NIGHT) });
const byScheme = (colour: Lch, scheme: Scheme): Lch => (scheme === 'dark' ? byNight(colour) : colour);

/** White where it can be read, else nearly black in the same hue. */
function textOn(ground: string): string {
  const { h } = lchOf(ground);
  return contrast('#ffffff', ground) >= READ + MARGIN ? '#ffffff' : readable({ l: 0.2, c: 0.05, h }, [ground], READ, -0.005);
}

export type HeaderStyle = 'gradient' | 'solid' | 'deep';

/** Both ends of the header: dark enough, in either scheme, for the one text colour on it. */
export function headerOf(brand: string, onHeader: string, style: HeaderStyle = 'gradient'): string[] {
  const { c, h } = lchOf(brand);
  const l = style === 'deep' ? 0.3 : 0.47;
  const [from, end] = style === 'solid' ? [0, 0] : roles.light.header;
  const chroma = style === 'deep' ? Math.min(c, 0.06) : c;
  const dark = contrast(onHeader, '#000000') > READ;
  return [from, end].map((shift) => readable({ l: l + shift, c: chroma, h }, [onHeader], READ, dark ? -0.005 : 0.005));
}

export function fromBrand(brand: string, grounds: Record<Scheme, Grounds>, onHeader: string): Derived {
  const chosen = lchOf(brand);
  const one = (scheme: Scheme): { [name: string]: string } => {
    const { step, strong, soft, chart } = roles[scheme];
    const ground = [grounds[scheme].bg, grounds[scheme].surface];
    const base = readable(byScheme(chosen, scheme), ground, READ, step);
    const made = lchOf(base);
    const pale = hexOf({ l: soft.l, c: Math.min(soft.c, chosen.c), h: chosen.h });
    const [from = base, end = base] = headerOf(base, onHeader);
    const series = TURNS.map((turn, i) => [`color.chart-${i + 3}`, readable({ ...chart, h: (chosen.h + turn) % 360 }, ground, SEEN, step)]);
    return {
      'color.brand': base,
      'color.brand-strong': readable({ ...made, l: made.l + strong }, [...ground, pale], READ, step),
      'color.brand-soft': pale,
      'color.on-brand': textOn(base),
      'color.header-from': from,
      'color.header-to': end,
      ...Object.fromEntries(series),
    };
  };
  return { light: one('light'), dark: one('dark') };
}

export function fromAccent(accent: string, grounds: Record<Scheme, Grounds>): Derived {
  const one = (scheme: Scheme): { [name: string]: string } => ({
    'color.accent': readable(byScheme(lchOf(accent), scheme), [grounds[scheme].bg, grounds[scheme].surface], READ, roles[scheme].step),
  });
  return { light: one('light'), dark: one('dark') };
}

/** As DTCG 2025.10 writes a colour. */
export function valueOf(hex: string): Json {
  const components = bytes(hex).map((part) => Math.round(part * 1e4) / 1e4);
  return { colorSpace: 'srgb', components, hex: hex.toLowerCase() };
}
