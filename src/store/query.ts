/** Query strings the way signatures want them. @module */
import { encodeKey } from '../url/key.ts';

/** RFC 3986, a slash included. */
const encode = (text: string): string => encodeKey(text).replaceAll('/', '%2F');

/** `{a: 'x y'}` → `?a=x%20y`; nothing → ''. Undefined values are left out. */
export function toQuery(query: Record<string, string | undefined>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) if (value !== undefined) pairs.push(`${encode(name)}=${encode(value)}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
