// What a tap leads to, as people write it: a page, an address elsewhere, a number, a mailbox. The engine lets no other
// schemes through (html_url).
export const linkKinds = ['inside', 'web', 'phone', 'mail'] as const;
export type LinkKind = (typeof linkKinds)[number];

const schemes = { web: /^https?:/i, phone: /^tel:/i, mail: /^mailto:/i };

/** Whatever is of no other kind is of the first, as it is. */
export const kindOfLink = (value: string): LinkKind => linkKinds.find((kind) => kind !== 'inside' && schemes[kind].test(value)) ?? 'inside';

/** Pages show it, and it leads nowhere. */
export const leadsNowhere = (value: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(value) && kindOfLink(value) === 'inside';

/** Without the scheme, which the kind says. */
export const shownLink = (kind: LinkKind, value: string): string => (kindOfLink(value) !== kind ? '' : value.replace(/^(tel|mailto):/i, ''));

function webFrom(text: string): string | undefined {
  const isWhole = schemes.web.test(text);
  try {
    const url = new URL(isWhole ? text : `https://${text}`);
    return !url.username && (isWhole || url.hostname.includes('.')) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** Blanks and brackets become the dashes that a number may have (RFC 3966). */
function phoneFrom(text: string): string | undefined {
  const number = text.replace(/[\s().-]+/g, '-').replace(/^-|-$/g, '');
  return /^\+?(-?\d){3,}$/.test(number) ? `tel:${number}` : undefined;
}

function mailFrom(text: string): string | undefined {
  return /^[^\s@?]+@[^\s@?]+(\?.*)?$/.test(text) ? `mailto:${text.replace(/[^\x21-\x7e]/gu, encodeURIComponent)}` : undefined;
}

/** The address of what was typed; undefined when it is none. Characters of full width are what an input method makes. */
export function linkFrom(kind: Exclude<LinkKind, 'inside'>, typed: string): string | undefined {
  const text = typed.normalize('NFKC').trim().replace(/^(tel|mailto):/i, '');
  return text && { web: webFrom, phone: phoneFrom, mail: mailFrom }[kind](text);
}
