// Addresses of /api/v1.
export type Query = Record<string, string | number | undefined>;

export function address(path: (string | number)[], query: Query = {}): string {
  const told = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const tail = told.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
  return `/api/v1/${path.map((part) => encodeURIComponent(String(part))).join('/')}${tail && '?'}${tail}`;
}
