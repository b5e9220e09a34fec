/* The one place where text becomes markup or an address of a script (Trusted Types). Only what our own server sent in
   answer to this page comes here. */

interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  }
}

const same = (text: string) => text;
const rules: Policy = { createHTML: same, createScriptURL: same };
const policy = window.trustedTypes?.createPolicy('pinban', rules) ?? rules;

/** The nodes of a piece of the page. */
export function nodesOf(html: string) {
  const holder = document.createElement('template');
  holder.innerHTML = policy.createHTML(html);
  return holder.content;
}

export const documentOf = (html: string) => new DOMParser().parseFromString(policy.createHTML(html), 'text/html');

export const scriptAt = (path: string) => policy.createScriptURL(path);
