// The one place where text becomes elements: what the engine rendered, for the canvas, whose
// own policy runs no script.
interface Factory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): { createHTML(text: string): string };
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('pinban-canvas', { createHTML: (text) => text });

export function parsed(html: string): Document {
  return new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, 'text/html');
}
