/**
 * Response headers as undici hands them out: names and values in turn, as bytes.
 *
 * @module
 */
import type { HttpHeaders } from '../../types.ts';

/**
 * Makes the view; nothing is decoded before the first question, then all at once: a text for each name and value takes four times as
 * long as one for all. Values are Latin-1, as `fetch` reads them; repeated ones are joined.
 */
export function viewHeaders(raw: readonly Uint8Array[]): HttpHeaders {
  let map: Map<string, string> | undefined;
  const parsed = (): Map<string, string> => {
    if (map) return map;
    map = new Map();
    const text = Buffer.concat(raw).toString('latin1');
    let at = 0;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = text.slice(at, (at += raw[i]!.length)).toLowerCase();
      const value = text.slice(at, (at += raw[i + 1]!.length));
      const before = map.get(name);
      map.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return map;
  };
  return {
    get: (name) => parsed().get(name) ?? null,
    forEach: (visit) => parsed().forEach((value, name) => visit(value, name)),
  };
}
