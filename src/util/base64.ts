/**
 * Base64, base64url and hex, both ways, with web standards only. Decoding is strict: what is not well-formed is refused.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

const malformed = (what: string): CloudError => new CloudError(`Not ${what}`, { code: 'InvalidArgument' });

/**
 * Standard base64 with padding.
 *
 * @example toBase64(new Uint8Array([255, 239])) // '/+8='
 */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  // In slices: a call takes only so many arguments.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/**
 * Bytes of standard base64. Padding may be left out, white space may not be there.
 *
 * @throws CloudError `InvalidArgument`
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/={1,2}$/, '');
  const padded = text.length !== digits.length;
  if (/[^A-Za-z0-9+/]/.test(digits) || digits.length % 4 === 1 || (padded && text.length % 4)) throw malformed('base64');
  const binary = atob(digits);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  // Bits behind the last byte have to be zero, else two texts would mean the same bytes: four of them behind one byte, two behind two.
  const after = digits.length % 4;
  if (after && !(after === 2 ? 'AQgw' : 'AEIMQUYcgkosw048').includes(digits.at(-1)!)) throw malformed('base64');
  return bytes;
}

/** Base64 for URLs and JWTs (RFC 4648, section 5), without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replace(/[+/=]/g, (char) => (char === '+' ? '-' : char === '/' ? '_' : ''));
}

/**
 * Bytes of base64url; padding may be left out.
 *
 * @throws CloudError `InvalidArgument`
 */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  if (/[+/]/.test(text)) throw malformed('base64url');
  return fromBase64(text.replace(/[-_]/g, (char) => (char === '-' ? '+' : '/')));
}

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += (byte < 16 ? '0' : '') + byte.toString(16);
  return text;
}

/** The value of a hex digit: its code's low bits, and 9 more for letters. */
const nibble = (code: number): number => (code & 15) + (code > 57 ? 9 : 0);

/**
 * Bytes of hex in either case.
 *
 * @throws CloudError `InvalidArgument`
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 2 || /[^\da-f]/i.test(text)) throw malformed('hex');
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (nibble(text.charCodeAt(2 * i)) << 4) | nibble(text.charCodeAt(2 * i + 1));
  return bytes;
}
