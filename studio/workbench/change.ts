/* A change of one's arrangement, sent to the server. */

export type Change = Record<string, string>;

/** A pointer that moved less is still where it was. */
export const SLACK_PX = 10;

export async function send(page: string, change: Change) {
  const reply = await fetch('/arrange', {
    method: 'POST', keepalive: true, headers: { Accept: 'application/json' }, body: new URLSearchParams({ page, ...change }),
  });
  if (!reply.ok) throw new Error(String(reply.status));
}
