// The one place where text becomes elements: what the engine rendered, for the canvas. Each document has a policy of its own,
// which runs no script.
interface Factory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): { createHTML(text: string): string };
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('pinban-canvas', { createHTML: (text) => text });

/** For a frame's `srcdoc`: to write into its document lays that out before its sheets are there. */
export const trusted = (html: string): string => policy?.createHTML(html) ?? html;

export function parsed(html: string): Document {
  return new DOMParser().parseFromString(trusted(html), 'text/html');
}
