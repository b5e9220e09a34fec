// Every place a person can come to, and every way of looking at it.
import { signIn } from '../harness.mjs';

export const places = {
  home: '/w/home',
  arrange: '/w/home?arrange',
  todo: '/w/todo',
  'todo-done': '/w/todo?todo=done',
  messages: '/w/messages',
  apps: '/w/apps',
  app: '/w/app?id=approval',
  agenda: '/w/agenda',
  people: '/w/people',
  news: '/w/news-all',
  notices: '/w/notices',
  notice: '/w/notice?id=cold-wave-yellow',
  search: '/w/search',
  'search-found': '/w/search?q=%E7%94%B5',
  'search-nothing': '/w/search?q=qqqq',
  me: '/w/me',
  nowhere: '/w/nowhere',
};

/** The settings of `/me` that make a mode. */
export const modes = {
  light: { scheme: 'light', size: 'normal', lang: 'zh' },
  dark: { scheme: 'dark', size: 'normal', lang: 'zh' },
  large: { scheme: 'light', size: 'large', lang: 'zh' },
  english: { scheme: 'light', size: 'normal', lang: 'en' },
};

export const widths = [360, 390, 768, 1280];

/** Signs a person in and gives her a mode; a context's cookie is set with it. */
export async function enter(context, base, name, mode) {
  const { cookie } = await signIn(base, name);
  if (mode) await fetch(`${base}/me`, { method: 'POST', redirect: 'manual', headers: { cookie }, body: new URLSearchParams(modes[mode]) });
  const [key, value] = cookie.split('=');
  await context.addCookies([{ name: key, value, url: base }]);
  return cookie;
}

/** How much wider than the window the page is. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Texts that a box cuts through instead of ending them with an ellipsis or between two lines. */
export const cutTexts = (page) => page.evaluate(() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const cuts = (a1, a2, b1, b2) => a1 < b1 - 3 && a2 > b1 + 3 || a1 < b2 - 3 && a2 > b2 + 3;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || node.parentElement.closest('.vh, svg, details:not([open]), option')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (let box = node.parentElement; box && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (style.overflowX === 'visible' || ['auto', 'scroll'].includes(style.overflowX)) continue;
      const edge = box.getBoundingClientRect();
      for (const rect of range.getClientRects()) {
        const across = cuts(rect.left, rect.right, edge.left, edge.right) && style.textOverflow !== 'ellipsis'
          && !(style.webkitLineClamp !== 'none' && rect.top >= edge.bottom - 3);
        const down = cuts(rect.top, rect.bottom, edge.top, edge.bottom);
        if (across || down) found.push(`${box.className}: ${node.data.trim().slice(0, 40)}`);
      }
    }
  }
  return [...new Set(found)];
});
