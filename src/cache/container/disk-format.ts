/**
 * Names and contents of the files of the disk container, format 1.
 *
 *     v1/<namespace>/<hh>/<38 hex of SHA-256(object, part)>.<bytes of the value, base 36>
 *     v1/tmp/<process id>-<random>-<number>
 *
 * A file is a head of 64 bytes, JSON, and the value. The head: `AFC1`, bytes of the JSON (u32), bytes of the value (u64), CRC-32C of
 * the value (u32), CRC-32C of the JSON (u32), the 40 hex digits of the name; numbers little-endian. Spaces behind the JSON make head and JSON
 * 512 bytes, or a multiple, so that one read of a fixed length brings both and the value can be read into a buffer of its own.
 *
 * @module
 */
import { decodeUtf8 } from '../../util/utf8.ts';
import { sha256Hex } from '../../util/sha256.ts';
import { checksum } from './checksum.ts';
import type { CacheEntry, CacheKey, CacheMeta } from './container.ts';

/** The folder of this format; those of earlier ones have a lower number. */
export const FORMAT_FOLDER = 'v1';
/** Where files are until they are whole. */
export const TEMP_FOLDER = 'v1/tmp';
/** What of a file is read first. */
export const LEAD_BYTES = 512;

const HEAD_BYTES = 64;
const KEY_AT = 24;
const MAGIC = 0x31_43_46_41;
/** More than this is no meta. */
const MAX_LEAD_BYTES = 64 * 1024;
/** What files take: whole blocks of the file system. */
const DISK_BLOCK_BYTES = 4096;

const NAME = /^[\da-f]{38}\.([\da-z]{1,9})$/;
const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/** The 40 hex digits of a key, and the path of its file. */
export interface Place {
  readonly id: string;
  readonly folder: string;
  readonly path: string;
}

/** Where a value is. */
export function placeOf({ namespace, object, part, sizeBytes }: CacheKey): Place {
  const id = sha256Hex(`${object}\0${part}`).slice(0, 40);
  const folder = `${FORMAT_FOLDER}/${namespace}/${id.slice(0, 2)}`;
  return { id, folder, path: `${folder}/${id.slice(2)}.${sizeBytes.toString(36)}` };
}

/** The length of the value in a file of this name, or undefined when it is none of ours. */
export function sizeInName(name: string): number | undefined {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : parseInt(digits, 36);
}

/** What a value takes on the disk. */
export const roomFor = (sizeBytes: number): number => Math.ceil((LEAD_BYTES + sizeBytes) / DISK_BLOCK_BYTES) * DISK_BLOCK_BYTES;

/** Head and JSON of a file; undefined when there is too much meta. */
export function encodeLead(entry: CacheEntry, id: string): Uint8Array | undefined {
  const { object, part, meta, bytes } = entry;
  const json = encoder.encode(JSON.stringify({ object, part, ...(meta && { meta }) }));
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
  encoder.encodeInto(id, lead.subarray(KEY_AT));
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

/** Whether a head is of this name. */
export function isOf(lead: Uint8Array, id: string): boolean {
  for (let i = 0; i < 40; i++) if (lead[KEY_AT + i] !== id.charCodeAt(i)) return false;
  return true;
}

/** What the JSON says, or undefined when it was damaged. @param lead all of head and JSON */
export function decodeMeta(lead: Uint8Array, { metaCrc }: Head): { object: string; meta?: CacheMeta } | undefined {
  const json = lead.subarray(HEAD_BYTES);
  return checksum(json) === metaCrc ? (JSON.parse(decodeUtf8(json)) as { object: string; meta?: CacheMeta }) : undefined;
}
