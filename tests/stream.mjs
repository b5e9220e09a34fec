// A client of /live for the tests: keeps what a browser would show.
import { request } from 'node:http';

/** The blocks of a page's HTML by id, each its whole outer element. */
export function blocksOf(html) {
  const blocks = new Map();
  const start = /<div class="b b-[^"]*" id="b-([^"]+)">/g;
  for (const found of html.matchAll(start)) {
    let depth = 0;
    const tag = /<(\/?)div\b[^>]*>/g;
    tag.lastIndex = found.index;
    for (let next = tag.exec(html); next; next = tag.exec(html)) {
      depth += next[1] ? -1 : 1;
      if (depth === 0) {
        blocks.set(found[1], html.slice(found.index, tag.lastIndex));
        break;
      }
    }
  }
  return blocks;
}

/** The token of a page, and which page it is. */
export const tokenOf = (html) => html.match(/data-at="([^"]*)"/)?.[1];

/** Waits until `holds` gives something true. */
export async function until(holds, what = 'it', ms = 5000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen within ${ms} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}

/** Opens a stream. `events` grows; `id` is the last event's; `status` is the reply's. */
export function openStream(base, cookie, query, headers = {}) {
  const { hostname, port } = new URL(base);
  const stream = { events: [], id: undefined, status: undefined, comments: 0, ended: false, body: '' };
  stream.opened = new Promise((resolve) => {
    stream.request = request({ hostname, port, path: `/live?${query}`, headers: { cookie, ...headers }, agent: false }, (reply) => {
      stream.status = reply.statusCode;
      stream.reply = reply;
      let rest = '';
      reply.setEncoding('utf8');
      reply.on('data', (text) => {
        stream.body += stream.status === 200 ? '' : text;
        const records = (rest + text).split('\n\n');
        rest = records.pop();
        for (const record of records) take(stream, record);
      });
      reply.on('close', () => { stream.ended = true; });
      reply.on('error', () => {});
      reply.on(stream.status === 200 ? 'data' : 'end', () => resolve(stream));
    });
    stream.request.on('error', () => { stream.ended = true; resolve(stream); });
    stream.request.end();
  });
  stream.close = () => stream.request.destroy();
  return stream;
}

function take(stream, record) {
  const event = {};
  for (const line of record.split('\n')) {
    const [, name, value] = line.match(/^([a-z]*):? ?(.*)$/s);
    if (!name) stream.comments += 1;
    else event[name] = value;
  }
  if (event.id) stream.id = event.id;
  if (event.data) stream.events.push({ type: event.event, ...JSON.parse(event.data), id: event.id });
}

/** A page as its viewer's browser has it: first paint, then the stream's events. */
export class Screen {
  constructor(base, cookie, page = 'home', query = '') {
    Object.assign(this, { base, cookie, page, query, seen: 0, blocks: new Map(), gone: undefined });
  }

  async load() {
    const reply = await fetch(`${this.base}/w/${this.page}${this.query ? `?${this.query}` : ''}`,
      { headers: { cookie: this.cookie }, redirect: 'manual' });
    const html = await reply.text();
    this.status = reply.status;
    this.at = tokenOf(html);
    this.blocks = blocksOf(html);
    return this;
  }

  listen() {
    const extra = this.query ? `&${this.query}` : '';
    this.stream = openStream(this.base, this.cookie, `page=${this.page}&at=${this.at ?? ''}${extra}`);
    this.seen = 0;
    return this.stream.opened;
  }

  /** Applies what came since; gives these events. */
  take() {
    const fresh = this.stream.events.slice(this.seen);
    this.seen = this.stream.events.length;
    for (const event of fresh) {
      if (event.type === 'page') this.blocks = blocksOf(event.html);
      else if (event.type === 'gone') this.gone = event.why;
      else for (const [id, html] of blocksOf(event.html)) this.blocks.set(id, html);
      if (event.id) this.at = event.id;
    }
    return fresh;
  }

  close() {
    this.stream?.close();
  }
}
