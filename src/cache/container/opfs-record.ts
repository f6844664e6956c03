/**
 * Values as records that describe themselves, in the files of the OPFS container. Numbers are little-endian.
 *
 * - 0: magic `AFS1`
 * - 4: u32 length of the JSON, 8: u32 length of the bytes
 * - 12: u32 CRC-32C of the bytes and then the JSON
 * - 16: u32 CRC-32C of what stands before it, 20: zeros
 * - 24: f64 when it was last used, in ms since 1970: written in place, under no checksum
 * - 32: JSON `[namespace, object, part, meta]`, then the bytes
 *
 * A gap has the magic `AFS0` and at 4 its whole length as f64; what follows its head means nothing.
 *
 * @module
 */
import { checksum, checksumOfText } from './checksum.ts';
import { maxValueBytes, type CacheEntry, type CacheKey, type CacheMeta } from './container.ts';
import { isKey } from './key.ts';
import { decodeUtf8, encodeUtf8 } from '../../util/utf8.ts';

/** Bytes of a head. */
export const HEAD_BYTES = 32;
/** Where the time of use is in a head. */
export const USED_AT = 24;
/** A key and what is told beside it are short; longer ones are damage. */
export const MOST_JSON_BYTES = 0x10000;

/** What encryption may add to a value. */
const MOST_ADDED_BYTES = 1024;

const VALUE = 0x31534641;
const GAP = 0x30534641;

/** What a head says. */
export interface Head {
  /** Whether a value follows, or nothing. */
  readonly live: boolean;
  /** Of the whole record. */
  readonly totalBytes: number;
  readonly jsonBytes: number;
  readonly crc: number;
  readonly used: number;
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function seal(record: Uint8Array): void {
  viewOf(record).setUint32(16, checksum(record.subarray(0, 16)), true);
}

/** @returns a buffer that holds nothing else; undefined when the JSON is too long */
export function encodeRecord(entry: CacheEntry, used: number): Uint8Array<ArrayBuffer> | undefined {
  const { namespace, object, part, bytes, meta } = entry;
  const json = encodeUtf8(JSON.stringify([namespace, object, part, meta]));
  if (json.length > MOST_JSON_BYTES) return undefined;
  const record = new Uint8Array(HEAD_BYTES + json.length + bytes.length);
  record.set(json, HEAD_BYTES);
  record.set(bytes, HEAD_BYTES + json.length);
  const view = viewOf(record);
  view.setUint32(0, VALUE, true);
  view.setUint32(4, json.length, true);
  view.setUint32(8, bytes.length, true);
  // Of the copy: the caller may change its own meanwhile.
  view.setUint32(12, checksumOfText(decodeUtf8(json), checksum(record.subarray(HEAD_BYTES + json.length))), true);
  view.setFloat64(USED_AT, used, true);
  seal(record);
  return record;
}

/** The head of a gap. */
export function encodeGap(totalBytes: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(HEAD_BYTES);
  const view = viewOf(head);
  view.setUint32(0, GAP, true);
  view.setFloat64(4, totalBytes, true);
  seal(head);
  return head;
}

/** @returns undefined when it is none */
export function decodeHead(bytes: Uint8Array): Head | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const view = viewOf(bytes);
  const magic = view.getUint32(0, true);
  if ((magic !== VALUE && magic !== GAP) || view.getUint32(16, true) !== checksum(bytes.subarray(0, 16))) return undefined;
  const live = magic === VALUE;
  const jsonBytes = live ? view.getUint32(4, true) : 0;
  const totalBytes = live ? HEAD_BYTES + jsonBytes + view.getUint32(8, true) : view.getFloat64(4, true);
  const most = live ? HEAD_BYTES + MOST_JSON_BYTES + maxValueBytes + MOST_ADDED_BYTES : Number.MAX_SAFE_INTEGER;
  if (!(totalBytes >= HEAD_BYTES && totalBytes <= most && jsonBytes <= MOST_JSON_BYTES)) return undefined;
  return { live, totalBytes, jsonBytes, crc: view.getUint32(12, true), used: view.getFloat64(USED_AT, true) };
}

/** The key that a record's JSON names; it is not verified. */
export function decodeKey(json: Uint8Array, { totalBytes, jsonBytes }: Head): CacheKey | undefined {
  try {
    const [namespace, object, part] = JSON.parse(decodeUtf8(json)) as [string, string, CacheKey['part']];
    const key: CacheKey = { namespace, object, part, sizeBytes: totalBytes - jsonBytes - HEAD_BYTES };
    return isKey(key) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** The value of a whole record, when it is the one of this key and undamaged. */
export function decodeRecord(record: Uint8Array<ArrayBuffer>, key: CacheKey): CacheEntry | undefined {
  const head = decodeHead(record);
  if (!head?.live || head.totalBytes !== record.length) return undefined;
  const at = HEAD_BYTES + head.jsonBytes;
  const json = record.subarray(HEAD_BYTES, at);
  const bytes = record.slice(at);
  if (checksumOfText(decodeUtf8(json), checksum(bytes)) !== head.crc) return undefined;
  const { namespace, object, part, sizeBytes } = key;
  const [ns, obj, p, meta] = JSON.parse(decodeUtf8(json)) as [string, string, CacheKey['part'], CacheMeta | undefined];
  if (ns !== namespace || obj !== object || p !== part || bytes.length !== sizeBytes) return undefined;
  return { namespace, object, part, sizeBytes, bytes, ...(meta && { meta }) };
}
