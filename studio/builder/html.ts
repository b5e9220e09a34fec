// The one place where text becomes elements: what the engine rendered, for the canvas. Each document has a policy of its own,
// which runs no script.
interface Factory {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): { createHTML(text: string): string };
}

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy('pinban-canvas', { createHTML: (text) => text });

const trusted = (html: string): string => policy?.createHTML(html) ?? html;

/** A frame's document anew, at once: to navigate there takes longer than to show it. */
export function write(doc: Document, html: string): void {
  doc.open();
  doc.write(trusted(html));
  doc.close();
}

export function parsed(html: string): Document {
  return new DOMParser().parseFromString(trusted(html), 'text/html');
}
