/**
 * The attribute message (IV.A.2.m, versions 1 to 3), as far as the attribute's type.
 *
 * @module
 */
import { Cursor } from '../cursor.ts';
import { sharedBytes } from '../shared-message.ts';
import type { Walk } from '../walk.ts';

const DATATYPE = 0x03;
const SHARED_TYPE = 0x01;

/** Padding of version 1. */
const to8 = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** Reads an attribute's name, and the datatype message of its values. Bytes are the caller's own. */
export async function readAttribute(walk: Walk, bytes: Uint8Array): Promise<{ name: string; datatype: Uint8Array }> {
  const cursor = new Cursor(bytes, walk.sizes, 'attribute');
  const version = cursor.version(1, 2, 3);
  const flags = cursor.u8();
  const nameBytes = cursor.u16();
  const typeBytes = cursor.u16();
  // size of the dataspace; how the name is encoded, which is UTF-8 or a part of it
  cursor.skip(version === 3 ? 3 : 2);
  const text = cursor.take(nameBytes);
  if (version === 1) cursor.skip(to8(nameBytes) - nameBytes);
  const type = cursor.take(typeBytes);
  const end = text.indexOf(0);
  const name = new TextDecoder('utf-8', { ignoreBOM: true }).decode(end < 0 ? text : text.subarray(0, end));
  const isShared = version > 1 && (flags & SHARED_TYPE) !== 0;
  return { name, datatype: (isShared ? await sharedBytes(walk, DATATYPE, type) : type).slice() };
}
