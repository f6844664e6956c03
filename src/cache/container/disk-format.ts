/**
 * Names and contents of the files of the disk container, format 1.
 *
 *     v1/<namespace>/<2 hex of the object>/<38 hex>.<part>.<bytes of the value, base 36>
 *     v1/tmp/<process id>-<random>-<number>
 *
 * The part is a number, `w` or `o`. So all values of an object share a folder and begin alike, and names alone tell what there is.
 *
 * A file is a head of 24 bytes, JSON, and the value. The head: `AFC1`, bytes of the JSON (u32), bytes of the value (u64), CRC-32C of
 * the value (u32), CRC-32C of the JSON (u32); numbers little-endian. The JSON: `[namespace, object, part]`, and the meta behind it where
 * there is one. Spaces behind the JSON make head and JSON 512 bytes, or a multiple, so that one read of a fixed length brings both and the
 * value can be read into a buffer of its own.
 *
 * @module
 */
import { decodeUtf8 } from '../../util/utf8.ts';
import { checksum } from './checksum.ts';
import type { CacheEntry, CacheKey, CacheMeta } from './container.ts';

/** The folder of this format; those of earlier ones have a lower number. */
export const FORMAT_FOLDER = 'v1';
/** Where files are until they are whole. */
export const TEMP_FOLDER = 'v1/tmp';
/** What of a file is read first. */
export const LEAD_BYTES = 512;

const HEAD_BYTES = 24;
const MAGIC = 0x31_43_46_41;
/** More than this is no meta. */
const MAX_LEAD_BYTES = 64 * 1024;
/** What files take: whole blocks of the file system. */
const DISK_BLOCK_BYTES = 4096;

const NAME = /^([\da-f]{38})\.(0|[1-9]\d{0,15}|[wo])\.([\da-z]{1,9})$/;
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/** Where the file of a value is. */
export interface Place {
  readonly folder: string;
  readonly path: string;
}

/** The folder that holds all values of an object, and what their names begin with. */
export const placeOfObject = (namespace: string, object: string): { folder: string; start: string } => ({
  folder: `${FORMAT_FOLDER}/${namespace}/${object.slice(0, 2)}`,
  start: `${object.slice(2)}.`,
});

/** Where a value is. */
export function placeOf({ namespace, object, part, sizeBytes }: CacheKey): Place {
  const { folder, start } = placeOfObject(namespace, object);
  return { folder, path: `${folder}/${start}${part}.${sizeBytes.toString(36)}` };
}

/** The length of the value in a file of this name, or undefined when it is none of ours. */
export function sizeInName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[3];
  return digits === undefined ? undefined : parseInt(digits, 36);
}

/** The object whose pointer, the part `o`, is in a file of this name, or undefined. @param hh name of its folder */
export function pointerInName(hh: string, name: string): string | undefined {
  const [, rest, part] = NAME.exec(name) ?? [];
  return rest !== undefined && part === 'o' ? hh + rest : undefined;
}

/** The object of the value that is in a file of this name, or undefined. @param hh name of its folder */
export function objectInName(hh: string, name: string): string | undefined {
  const rest = NAME.exec(name)?.[1];
  return rest === undefined ? undefined : hh + rest;
}

/** What a value takes on the disk. */
export const roomFor = (sizeBytes: number): number => Math.ceil((LEAD_BYTES + sizeBytes) / DISK_BLOCK_BYTES) * DISK_BLOCK_BYTES;

/** The JSON without its last bracket: it is compared as text. */
const startOf = ({ namespace, object, part }: CacheKey): string => JSON.stringify([namespace, object, part]).slice(0, -1);

/** Head and JSON of a file; undefined when there is too much meta. */
export function encodeLead(entry: CacheEntry): Uint8Array | undefined {
  const { meta, bytes } = entry;
  const json = encoder.encode(`${startOf(entry)}${meta ? `,${JSON.stringify(meta)}` : ''}]`);
  const leadBytes = Math.ceil((HEAD_BYTES + json.length) / LEAD_BYTES) * LEAD_BYTES;
  if (leadBytes > MAX_LEAD_BYTES) return undefined;
  const lead = new Uint8Array(leadBytes).fill(0x20, HEAD_BYTES);
  lead.set(json, HEAD_BYTES);
  const view = new DataView(lead.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, leadBytes - HEAD_BYTES, true);
  view.setBigUint64(8, BigInt(bytes.length), true);
  view.setUint32(16, checksum(bytes), true);
  view.setUint32(20, checksum(lead.subarray(HEAD_BYTES)), true);
  return lead;
}

/** What a head says. */
export interface Head {
  /** Of head and JSON: where the value begins. */
  readonly leadBytes: number;
  readonly sizeBytes: number;
  readonly bodyCrc: number;
  readonly metaCrc: number;
}

/** Reads a head. @returns undefined when it is none */
export function decodeHead(lead: Uint8Array): Head | undefined {
  const view = new DataView(lead.buffer, lead.byteOffset, lead.length);
  if (lead.length < HEAD_BYTES || view.getUint32(0, true) !== MAGIC) return undefined;
  const leadBytes = HEAD_BYTES + view.getUint32(4, true);
  if (leadBytes % LEAD_BYTES || leadBytes > MAX_LEAD_BYTES) return undefined;
  const sizeBytes = view.getUint32(8, true) + view.getUint32(12, true) * 2 ** 32;
  return { leadBytes, sizeBytes, bodyCrc: view.getUint32(16, true), metaCrc: view.getUint32(20, true) };
}

/**
 * What the JSON says beside the key.
 *
 * @param lead all of head and JSON
 * @returns undefined when it was damaged or is of another key
 */
export function decodeMeta(lead: Uint8Array, { metaCrc }: Head, key: CacheKey): { meta: CacheMeta | undefined } | undefined {
  if (checksum(lead.subarray(HEAD_BYTES)) !== metaCrc) return undefined;
  const start = startOf(key);
  for (let i = 0; i < start.length; i++) if (lead[HEAD_BYTES + i] !== start.charCodeAt(i)) return undefined;
  const at = HEAD_BYTES + start.length;
  // The bracket, or a comma with the meta behind it.
  if (lead[at] === 0x5d) return { meta: undefined };
  const [meta] = JSON.parse(`[${decodeUtf8(lead.subarray(at + 1))}`) as [CacheMeta];
  return { meta };
}
