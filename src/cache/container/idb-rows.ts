/**
 * How values lie in IndexedDB: one store with array keys.
 *
 * - `['b', namespace, object, part]`: {@link ValueRow}, all that a reader needs: a second request for each value would take half as long again
 * - `['o', namespace, object]`: the same of the part `o`
 * - `['b', namespace, object, part, 'r']`: the rest of the bytes, where a browser is slow with what is longer than {@link INLINE_BYTES}
 * - `['m', namespace, object, part]`: {@link MetaRow}, what eviction needs; a value without is not counted, and scrubbed
 * - `['t']`: what all values count as, in bytes
 * - `['s']`: when halves of values were last looked for, in ms since 1970
 *
 * @module
 */
import { concat } from '../../util/bytes.ts';
import { checksum, checksumOfText } from './checksum.ts';
import type { CacheEntry, CacheKey, CacheMeta, CacheRange } from './container.ts';
import { isNamespace } from './key.ts';

/** How large a value is and when it was used. */
export interface MetaRow {
  /** Bytes of the value. */
  readonly n: number;
  /** When it was last used, in ms since 1970. */
  readonly used: number;
}

/** Bytes as they are stored. */
export type StoredBody = ArrayBuffer | Blob;

/** A value as it is stored. */
export interface ValueRow {
  /** An ArrayBuffer or, from 512 KiB, a Blob. */
  readonly body: StoredBody;
  /** Bytes that follow stand in a row of their own. Present where there are any. */
  readonly hasRest?: true;
  /** CRC-32C of the bytes, the key and `meta`: rows that were mixed up do not fit. */
  readonly crc: number;
  readonly meta?: CacheMeta;
}

/** A value as it was read: with its rest. */
export interface FoundRow extends ValueRow {
  readonly rest?: ArrayBuffer | undefined;
}

/** A value that is ready to be stored. */
export interface PreparedRow {
  readonly key: CacheKey;
  readonly value: ValueRow;
  readonly rest?: ArrayBuffer | undefined;
  readonly row: MetaRow;
}

/** From this size a Blob is faster in all engines (measured). */
export const BLOB_BYTES: number = 0x80000;

/**
 * Chromium puts what takes 64 KiB or more when it is stored, of which a little is not the bytes, into a file of its own, and is three times as
 * slow with it (measured): the usual block would just be too long.
 */
export const INLINE_BYTES = 0xfc00;

/** Whether this is Chromium: others have no such limit, and WebKit would be slower. */
const splits: boolean = /* @__PURE__ */ (() => {
  const { userAgent = '' } = (globalThis as { navigator?: { userAgent?: string } }).navigator ?? {};
  return /Chrom(e|ium)\//.test(userAgent);
})();

/** Whether the bytes of a value lie in two rows here. */
export const isSplit = (sizeBytes: number): boolean => splits && sizeBytes > INLINE_BYTES && sizeBytes <= 2 * INLINE_BYTES;

/** Where the total is. */
export const TOTAL: IDBValidKey = ['t'];

/** Where the time of the last scrub is. */
export const SCRUBBED: IDBValidKey = ['s'];

/** Where the value is. */
export const bodyKey = ({ namespace, object, part }: CacheKey): IDBValidKey =>
  part === 'o' ? ['o', namespace, object] : ['b', namespace, object, part];

/** Where its rest is. */
export const restKey = (key: CacheKey): IDBValidKey => [...(bodyKey(key) as IDBValidKey[]), 'r'];

/** A value's rows, by the key of the first. */
export const rowsAt = (key: IDBValidKey): IDBKeyRange => IDBKeyRange.bound(key, [...(key as IDBValidKey[]), []]);

/** Where its size and use are. */
export const metaKey = ({ namespace, object, part }: CacheKey): IDBValidKey => ['m', namespace, object, part];

/** The value's key of a meta row's. */
export function bodyKeyOf(key: IDBValidKey): IDBValidKey {
  const [, namespace, object, part] = key as [string, string, string, CacheKey['part']];
  return bodyKey({ namespace, object, part, sizeBytes: 0 });
}

/** All keys of a range, or more: those of an identity's 8 digits with any object. Arrays sort behind strings and numbers. */
export function rangeOf(kind: 'b' | 'm' | 'o', range?: CacheRange): IDBKeyRange {
  // No digit comes behind `f`.
  if (range && !isNamespace(range.namespace)) return IDBKeyRange.bound([kind, range.namespace], [kind, `${range.namespace}g`]);
  const from = [kind, ...(range ? [range.namespace, ...(range.object === undefined ? [] : [range.object])] : [])];
  return IDBKeyRange.bound(from, [...from, []]);
}

/** Whether a row that {@link rangeOf} finds is of the range's object. */
export const isOfObject = (key: IDBValidKey, { object }: CacheRange): boolean =>
  object === undefined || (key as [string, string, string])[2] === object;

/** What a value counts as: its bytes, and roughly what is kept beside them, so that many small ones count too. */
export const costOf = ({ n }: { readonly n: number }): number => n + 512;

/** {@link ValueRow.crc} */
export const crcOf = (key: CacheKey, bytes: Uint8Array, meta: CacheMeta | undefined): number =>
  checksumOfText(JSON.stringify([metaKey(key), meta]), checksum(bytes));

/**
 * A value as it is stored. Views are cut out first: a clone of a view takes its whole buffer along.
 *
 * @param blobs whether this browser keeps Blobs
 */
export function prepareRow(entry: CacheEntry, used: number, blobs: boolean): PreparedRow {
  const { bytes, meta } = entry;
  const whole = bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer;
  const own = (whole ? bytes : bytes.slice()) as Uint8Array<ArrayBuffer>;
  const value = { crc: crcOf(entry, own, meta), ...(meta && { meta }) };
  const row = { n: own.length, used };
  if (isSplit(own.length)) {
    const body = own.slice(0, INLINE_BYTES).buffer;
    return { key: entry, value: { ...value, body, hasRest: true }, rest: own.slice(INLINE_BYTES).buffer, row };
  }
  const body = blobs && own.length >= BLOB_BYTES ? new Blob([own]) : own.buffer;
  return { key: entry, value: { ...value, body }, row };
}

/** Whether the bytes are the value that was put under this key. */
export const isWhole = (key: CacheKey, bytes: Uint8Array, { crc, meta }: ValueRow): boolean => crcOf(key, bytes, meta) === crc;

/** The bytes of what is stored; must not be called within a transaction. */
export async function readBody(body: StoredBody): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(body instanceof ArrayBuffer ? body : await body.arrayBuffer());
}

/** All bytes of a value; as {@link readBody}. */
export async function readRow({ body, rest }: FoundRow): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readBody(body);
  return rest ? concat([bytes, new Uint8Array(rest)]) : bytes;
}
