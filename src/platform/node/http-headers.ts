/**
 * Response headers as undici hands them out: names and values in turn, as bytes.
 *
 * @module
 */
import type { HttpHeaders } from '../../types.ts';

/** Makes the view; only what is asked for is decoded. Values are Latin-1, as `fetch` reads them; repeated ones are joined. */
export function viewHeaders(raw: readonly Uint8Array[]): HttpHeaders {
  const get = (name: string): string | null => {
    let joined: string | null = null;
    for (let i = 0; i < raw.length; i += 2) {
      if (raw[i]!.length !== name.length || latin1(raw[i]!).toLowerCase() !== name) continue;
      const value = latin1(raw[i + 1]!);
      joined = joined === null ? value : `${joined}, ${value}`;
    }
    return joined;
  };
  return {
    get,
    forEach(visit) {
      const names = raw.filter((_, i) => i % 2 === 0).map((name) => latin1(name).toLowerCase());
      for (const name of new Set(names)) visit(get(name)!, name);
    },
  };
}

const latin1 = (bytes: Uint8Array): string => (bytes as Buffer).toString('latin1');
