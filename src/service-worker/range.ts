/**
 * The Range header of a request (RFC 9110, section 14), as far as one range goes. Pure.
 *
 * @module
 */

/** One range: from a byte on, perhaps to another (inclusive); or the last bytes. */
export type AskedRange = { readonly from: number; readonly to?: number | undefined } | { readonly last: number };

/** The one range that is asked for; `undefined` where there is none, several, or what no range can be: a server may answer these with everything. */
export function parseRange(header: string | null): AskedRange | undefined {
  const [, from = '', to = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (!from) return to ? { last: Number(to) } : undefined;
  if (!to) return { from: Number(from) };
  return Number(to) < Number(from) ? undefined : { from: Number(from), to: Number(to) };
}

/** First and last byte and size of the whole, from a Content-Range header that could be read. */
export function parseContentRange(header: string | null): { from: number; to: number; sizeBytes: number } | undefined {
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '') ?? [];
  return size ? { from: Number(from), to: Number(to), sizeBytes: Number(size) } : undefined;
}
