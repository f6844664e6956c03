/**
 * SHA-256 (FIPS 180-4) and HMAC (RFC 2104) in plain synchronous JavaScript. For short inputs, such as what is signed, this is
 * several times faster than WebCrypto, whose every call is a round trip; above some 4 KiB WebCrypto wins.
 *
 * @module
 */

/** An HMAC key whose two pads are hashed already: each use saves two blocks. */
export interface HmacKey {
  readonly inner: Int32Array;
  readonly outer: Int32Array;
}

/** The first 32 bits behind the point of a root of each of the first primes. */
function rootBits(count: number, root: (n: number) => number): Int32Array {
  const bits = new Int32Array(count);
  for (let n = 2, i = 0; i < count; n++) {
    let d = 2;
    while (n % d) d++;
    // Through >>> because the product may be above 2^31, where only it wraps as wanted.
    if (d === n) bits[i++] = ((root(n) % 1) * 2 ** 32) >>> 0;
  }
  return bits;
}

const K: Int32Array = /* @__PURE__ */ rootBits(64, Math.cbrt);
/** The first words of a hash. */
export const START: Int32Array = /* @__PURE__ */ rootBits(8, Math.sqrt);
// Scratch space. Everything here is synchronous, so nobody else can see it in use.
const w: Int32Array = /* @__PURE__ */ new Int32Array(64);
const tail: Uint8Array = /* @__PURE__ */ new Uint8Array(128);
const tailView: DataView = /* @__PURE__ */ new DataView(tail.buffer);
const state: Int32Array = /* @__PURE__ */ new Int32Array(8);
const text: Uint8Array = /* @__PURE__ */ new Uint8Array(4096);
const inside: Uint8Array = /* @__PURE__ */ new Uint8Array(32);
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();
const octets: string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, i) => (i + 256).toString(16).slice(1));

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** One block of 64 bytes at `at`. */
export function compress(h: Int32Array, bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 16; i++, at += 4) w[i] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15]!;
    const y = w[i - 2]!;
    w[i] = (w[i - 16]! + w[i - 7]! + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10))) | 0;
  }
  let a = h[0]!;
  let b = h[1]!;
  let c = h[2]!;
  let d = h[3]!;
  let e = h[4]!;
  let f = h[5]!;
  let g = h[6]!;
  let z = h[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (z + s1 + (g ^ (e & (f ^ g))) + K[i]! + w[i]!) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) | (c & (a | b)))) | 0;
    z = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  h[0]! += a;
  h[1]! += b;
  h[2]! += c;
  h[3]! += d;
  h[4]! += e;
  h[5]! += f;
  h[6]! += g;
  h[7]! += z;
}

/** Hashes the last bytes and the padding into `h`; `total` is the length of the whole message in bytes. */
function finish(h: Int32Array, bytes: Uint8Array, total: number): void {
  let at = 0;
  for (; at + 64 <= bytes.length; at += 64) compress(h, bytes, at);
  let n = 0;
  while (at < bytes.length) tail[n++] = bytes[at++]!;
  tail[n++] = 0x80;
  const size = n > 56 ? 128 : 64;
  tail.fill(0, n, size);
  // Both take their argument modulo 2^32.
  tailView.setUint32(size - 8, total / 2 ** 29);
  tailView.setUint32(size - 4, total * 8);
  compress(h, tail, 0);
  if (size > 64) compress(h, tail, 64);
}

function write<T extends Uint8Array>(h: Int32Array, out: T): T {
  for (let i = 0; i < 32; i++) out[i] = h[i >> 2]! >>> (24 - 8 * (i & 3));
  return out;
}

const toBytes = (h: Int32Array): Uint8Array<ArrayBuffer> => write(h, new Uint8Array(32));

function toHex(h: Int32Array): string {
  let out = '';
  for (let i = 0; i < 8; i++) {
    const v = h[i]!;
    out += octets[v >>> 24]! + octets[(v >>> 16) & 255]! + octets[(v >>> 8) & 255]! + octets[v & 255]!;
  }
  return out;
}

/** The shared state after `message`, from the state `from`, behind `before` bytes. */
function run(from: Int32Array, message: Uint8Array | string, before: number): Int32Array {
  if (typeof message === 'string')
    message = message.length * 3 > text.length ? encoder.encode(message) : text.subarray(0, encoder.encodeInto(message, text).written);
  state.set(from);
  finish(state, message, before + message.length);
  return state;
}

const mac = ({ inner, outer }: HmacKey, message: Uint8Array | string): Int32Array => run(outer, write(run(inner, message, 64), inside), 64);

/** SHA-256 of bytes, or of a text in UTF-8. */
export const sha256 = (message: Uint8Array | string): Uint8Array<ArrayBuffer> => toBytes(run(START, message, 0));

/** {@link sha256} in lower-case hex. */
export const sha256Hex = (message: Uint8Array | string): string => toHex(run(START, message, 0));

/** Prepare a key for {@link hmacSha256}; a text is taken in UTF-8. */
export function hmacKey(key: Uint8Array | string): HmacKey {
  let bytes = typeof key === 'string' ? encoder.encode(key) : key;
  if (bytes.length > 64) bytes = sha256(bytes);
  const pad = (fill: number): Int32Array => {
    const h = START.slice();
    // Past the key's end the missing byte counts as zero.
    compress(
      h,
      Uint8Array.from({ length: 64 }, (_, i) => fill ^ bytes[i]!),
      0,
    );
    return h;
  };
  return { inner: pad(0x36), outer: pad(0x5c) };
}

/**
 * HMAC-SHA-256.
 *
 * @param key a key of {@link hmacKey} when it is used more than once
 * @param message a text is taken in UTF-8
 */
export function hmacSha256(key: HmacKey | Uint8Array | string, message: Uint8Array | string): Uint8Array<ArrayBuffer> {
  return hmacWith(typeof key === 'string' || key instanceof Uint8Array ? hmacKey(key) : key, message);
}

/** {@link hmacSha256} under a prepared key. */
export const hmacWith = (key: HmacKey, message: Uint8Array | string): Uint8Array<ArrayBuffer> => toBytes(mac(key, message));

/** {@link hmacWith} in lower-case hex. */
export const hmacHex = (key: HmacKey, message: Uint8Array | string): string => toHex(mac(key, message));
