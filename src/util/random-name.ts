/** Names that nobody can guess, and nobody has had. @module */
import { toHex } from './base64.ts';

/** Random bytes as hex digits. Not `randomUUID`, which pages without TLS do not have. @param count how many bytes. @default 16 */
export const randomName = (count = 16): string => toHex(crypto.getRandomValues(new Uint8Array(count)));
