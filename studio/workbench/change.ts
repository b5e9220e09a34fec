/* A change of one's arrangement, sent to the server. */

export type Change = Record<string, string>;

/** A pointer that moved less is still where it was. */
export const SLACK_PX = 10;

export type Send = (page: string, change: Change) => Promise<void>;

export const send: Send = async (page, change) => {
  const reply = await fetch('/arrange', {
    method: 'POST', keepalive: true, headers: { Accept: 'application/json' }, body: new URLSearchParams({ page, ...change }),
  });
  if (!reply.ok) throw new Error(String(reply.status));
};
