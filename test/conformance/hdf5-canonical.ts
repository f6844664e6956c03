/**
 * Values of HDF5 files as canonical bytes, which test/tools/hdf5/canonical.py makes of h5py's values too. test/tools/hdf5/README.md says how.
 *
 * @module
 */

/** What values are, as the oracle says it: a kind of number, `bool`, `big`, `text`, `opaque`, `reference`, or what they are made of. */
export type Form = string | { record: [name: string, form: Form][] } | { array: Form; count: number } | { list: Form };

/** Says the path of the object that a reference names. */
export type PathOf = (reference: { kind: string; bytes: Uint8Array }) => string;

const kinds = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

type Kind = keyof typeof kinds;
type Numbers = InstanceType<(typeof kinds)[Kind]>;

const encoder = new TextEncoder();
const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const shownBytes = 64;

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(1024);
  #length = 0;

  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return at;
  }

  push(bytes: Uint8Array): void {
    // `set` needs the room to be made first
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  count(value: number): void {
    const at = this.#room(4);
    new DataView(this.#bytes.buffer).setUint32(at, value, true);
  }

  words(bytes: Uint8Array): void {
    this.count(bytes.length);
    this.push(bytes);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

function fail(what: string, got: unknown): never {
  const shown = typeof got === 'object' && got ? Object.prototype.toString.call(got) : `${typeof got} ${String(got)}`;
  throw new Error(`expected ${what}, got ${shown}`);
}

/** The bytes of numbers, little-endian; all NaNs are the same one. */
function numberBytes(numbers: Numbers): Uint8Array {
  if (!isLittle) throw new Error('this machine is not little-endian');
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  if (!(numbers instanceof Float32Array || numbers instanceof Float64Array) || !numbers.some(Number.isNaN)) return bytes;
  const plain = bytes.slice();
  const view = new DataView(plain.buffer);
  for (const [i, number] of numbers.entries()) {
    if (!Number.isNaN(number)) continue;
    if (numbers instanceof Float32Array) view.setUint32(i * 4, 0x7fc00000, true);
    else view.setBigUint64(i * 8, 0x7ff8000000000000n, true);
  }
  return plain;
}

/** Numbers of a kind: a typed array of exactly that kind. */
function numbersOf(value: unknown, kind: Kind): Numbers {
  const Wanted = kinds[kind];
  return value instanceof Wanted ? (value as Numbers) : fail(Wanted.name, value);
}

const isKind = (name: string): name is Kind => Object.hasOwn(kinds, name);

/** Arrays lie flat in what holds several of them. */
const innermost = (form: Form): Form => (typeof form === 'object' && 'array' in form ? innermost(form.array) : form);

function entriesPerElement(form: Form): number {
  if (typeof form === 'string') return form.endsWith('*2') ? 2 : 1;
  return 'array' in form ? form.count * entriesPerElement(form.array) : 1;
}

class Encoder {
  readonly #out = new Bytes();
  readonly #pathOf: PathOf;

  constructor(pathOf: PathOf) {
    this.#pathOf = pathOf;
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#out.done();
  }

  /** Values in a row, of so many elements; undefined for as many as there are, whose number goes before them. */
  many(value: unknown, form: Form, given?: number): void {
    const per = entriesPerElement(form);
    const entries = (value as { length?: number } | null)?.length;
    if (entries === undefined) return fail('values', value);
    if (given === undefined) this.#out.count(entries / per);
    else if (entries !== given * per) fail(`${given * per} values`, `${entries}`);
    const inner = innermost(form);
    const kind = inner === 'bool' ? 'i1' : typeof inner === 'string' ? inner.replace('*2', '') : '';
    if (isKind(kind)) return this.#out.push(numberBytes(numbersOf(value, kind)));
    if (!Array.isArray(value)) return fail('an array', value);
    for (const one of value) this.one(one, inner);
  }

  /** One value by itself. */
  one(value: unknown, form: Form): void {
    if (typeof form === 'string') return this.#simple(value, form);
    if ('list' in form) return this.many(value, form.list);
    if ('array' in form) return this.many(value, form.array, form.count);
    if (typeof value !== 'object' || value === null) return fail('a record', value);
    const names = Object.keys(value);
    if (names.length !== form.record.length) fail(`members ${form.record.map(([name]) => name).join()}`, names.join());
    for (const [name, inner] of form.record) {
      if (!Object.hasOwn(value, name)) fail(`member ${name}`, names.join());
      this.one((value as Record<string, unknown>)[name], inner);
    }
  }

  #simple(value: unknown, form: string): void {
    if (form === 'text') {
      if (typeof value !== 'string') return fail('a string', value);
      return this.#out.words(encoder.encode(value));
    }
    if (form === 'opaque') {
      if (!(value instanceof Uint8Array)) return fail('bytes', value);
      return this.#out.words(value);
    }
    if (form === 'reference') return this.#out.words(value === null ? new Uint8Array() : encoder.encode(this.#pathOf(value as never)));
    if (form === 'big') return this.#big(value);
    if (form.endsWith('*2')) return this.many(value, form, 1);
    if (form === 'bool') {
      if (typeof value !== 'boolean') return fail('a boolean', value);
      return this.#out.push(Uint8Array.of(Number(value)));
    }
    const kind = form as Kind;
    const wanted = kind === 'i8' || kind === 'u8' ? 'bigint' : 'number';
    if (typeof value !== wanted) return fail(`a ${wanted}`, value);
    this.#out.push(numberBytes(ofOne(kind, value)));
  }

  #big(value: unknown): void {
    if (typeof value !== 'bigint') return fail('a bigint', value);
    const halves = BigUint64Array.of(BigInt.asUintN(64, value), BigInt.asUintN(64, value >> 64n));
    this.#out.push(numberBytes(halves));
  }
}

function ofOne(kind: Kind, value: unknown): Numbers {
  const made = new kinds[kind](1);
  made[0] = value as never;
  return made;
}

/**
 * The canonical bytes of values as anyfile gives them.
 *
 * @param count how many elements; undefined for the one value of a scalar space
 * @throws Error when the values are not of the JavaScript type that their form calls for
 */
export function canonicalBytes(values: unknown, form: Form, count: number | undefined, pathOf: PathOf): Uint8Array<ArrayBuffer> {
  const encoder = new Encoder(pathOf);
  if (count === undefined) encoder.one(values, form);
  else encoder.many(values, form, count);
  return encoder.done();
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** How the oracle writes canonical bytes. */
export async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  if (bytes.length <= shownBytes) return `hex:${hex(bytes)}`;
  return `sha256:${bytes.length}:${hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))}`;
}
