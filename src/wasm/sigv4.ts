/**
 * The kernel that signs: see wasm/sigv4.c.
 *
 * @module
 */
import type { HmacKey } from '../util/sha256.ts';
import { instantiateNow } from './loader.ts';

interface Sigv4Exports {
  memory: WebAssembly.Memory;
  text(): number;
  key(): number;
  signature(): number;
  prefix(length: number): void;
  tail(length: number): void;
  sign(length: number): void;
  mac(length: number): void;
}

/** What the kernel does; `undefined` for texts that are too long for it. */
export interface Sigv4Kernel {
  /**
   * The signature, in hex.
   *
   * @param key the day's key
   * @param prefix the string to sign up to the hash of the canonical request; kept, with the key, until another one comes
   * @param head the canonical request, up to its query
   * @param tail what follows; kept until another one comes
   */
  sign(key: HmacKey, prefix: string, head: string, tail: string): string | undefined;
  /** HMAC of a text, in hex. */
  mac(key: HmacKey, text: string): string | undefined;
}

/** `TEXT_BYTES` of wasm/sigv4.c. */
const TEXT_BYTES = 16_384;

/** Up to here one character after the other is faster than an encoder, a call of which takes pages 0.3 µs. */
const SHORT_CHARS = 256;

/**
 * The signer of the module.
 *
 * @param text the module, base64
 * @returns `undefined` where WebAssembly is barred
 */
export function sigv4Kernel(text: string): Sigv4Kernel | undefined {
  const kernel = instantiateNow<Sigv4Exports>(text);
  if (!kernel) return undefined;
  const { buffer } = kernel.memory;
  const input = new Uint8Array(buffer, kernel.text(), TEXT_BYTES);
  const pads = new Int32Array(buffer, kernel.key(), 16);
  const hex = new Uint8Array(buffer, kernel.signature(), 64);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  let lastKey: HmacKey | undefined;
  let lastPrefix: string | undefined;
  let lastTail: string | undefined;

  /** @returns how many bytes were put in, or -1 */
  const put = (given: string): number => {
    let i = given.length <= SHORT_CHARS ? 0 : Infinity;
    for (; i < given.length; i++) {
      const code = given.charCodeAt(i);
      if (code > 127) break;
      input[i] = code;
    }
    if (i === given.length) return i;
    const { read, written } = encoder.encodeInto(given, input);
    return read === given.length ? written : -1;
  };
  const use = (key: HmacKey): void => {
    if (key === lastKey) return;
    pads.set(key.inner);
    pads.set(key.outer, 8);
    lastKey = key;
    lastPrefix = undefined;
  };
  return {
    sign(key, prefix, head, tail) {
      use(key);
      if (prefix !== lastPrefix) {
        const length = put(prefix);
        if (length < 0) return undefined;
        kernel.prefix(length);
        lastPrefix = prefix;
      }
      if (tail !== lastTail) {
        const length = put(tail);
        if (length < 0) return undefined;
        kernel.tail(length);
        lastTail = tail;
      }
      const length = put(head);
      if (length < 0) return undefined;
      kernel.sign(length);
      return decoder.decode(hex);
    },
    mac(key, given) {
      use(key);
      const length = put(given);
      if (length < 0) return undefined;
      kernel.mac(length);
      return decoder.decode(hex);
    },
  };
}
