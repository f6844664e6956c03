/**
 * Text and its UTF-8.
 *
 * @module
 */

/** The bytes of a text; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

const decoder = /* @__PURE__ */ new TextDecoder();

/** The text of bytes; what is not UTF-8 becomes U+FFFD, a byte order mark in front is dropped. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/**
 * Order two texts as their UTF-8 bytes would be, which is the order of code points and of every store's listing. JavaScript's `<`
 * orders UTF-16 units: there, U+10000 and above come before U+E000.
 *
 * @returns negative, 0 or positive
 */
export function compareUtf8(a: string, b: string): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // Lift surrogates above the rest of the 16-bit range, then compare as numbers.
    if (x !== y) return lift(x) - lift(y);
  }
  return a.length - b.length;
}

const lift = (unit: number): number => (unit >> 11 === 0x1b ? unit + 0x10000 : unit);
