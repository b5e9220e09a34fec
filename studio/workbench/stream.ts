/* Server-sent events, read by fetch: unlike EventSource it tells why it was refused, and hears the heartbeat. */

export interface Message {
  id: string;
  event: string;
  data: string;
}

/** A stream without a sign of life for this long is dead; the server's heart beats every 20 s. */
const SILENCE_MS = 45_000;

/** What the server says of a request that it refuses (RFC 9457). */
export interface Problem {
  code?: string;
  where?: string;
  /** In words for people. */
  said?: string;
  errors?: { pointer: string }[];
}

export class Refused extends Error {
  status = 0;
  problem: Problem = {};
  /** How long to stay away; 0: what was refused does not pass. */
  waitMs = 0;
}

/** For a wait that is named by its date, as those between may do. */
const SOME_MS = 30_000;

/** What is wrong with a reply; a redirect leads to the door. */
export async function refusal(reply: Response) {
  const refused = new Refused();
  refused.status = reply.type === 'opaqueredirect' ? 401 : reply.status;
  refused.problem = await reply.json().catch(() => ({})) as Problem;
  const after = reply.headers.get('Retry-After');
  if (after) refused.waitMs = Number(after) * 1000 || SOME_MS;
  return refused;
}

/** Hands on the messages of a text that comes in pieces. */
export function reader(onMessage: (message: Message) => void) {
  let rest = '';
  let message: Message = { id: '', event: 'message', data: '' };
  return (piece: string) => {
    const lines = (rest + piece).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (!line) {
        if (message.data) onMessage({ ...message, data: message.data.slice(0, -1) });
        message = { id: message.id, event: 'message', data: '' };
      } else if (name === 'data') {
        message.data += `${value}\n`;
      } else if (name === 'id' || name === 'event') {
        message[name] = value;
      }
    }
  };
}

/** Reads the stream until it ends; every sign of life goes to `onLife`. Throws Refused, or what fetch throws. */
export async function follow(url: string, stop: AbortSignal, onLife: () => void, onMessage: (message: Message) => void) {
  const silent = new AbortController();
  const end = () => silent.abort();
  let timer = setTimeout(end, SILENCE_MS);
  stop.addEventListener('abort', end);
  try {
    const reply = await fetch(url, { signal: silent.signal });
    if (!reply.ok || !reply.body) throw await refusal(reply);
    const take = reader(onMessage);
    const pieces = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS);
      onLife();
      const { value, done } = await pieces.read();
      if (done) return;
      take(value);
    }
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
    end();
  }
}
