/**
 * Messages that are kept elsewhere (IV.A.2: shared messages, versions 1 to 3): in the header of a committed datatype, or in a heap of
 * the file.
 *
 * @module
 */
import { Cursor } from './cursor.ts';
import { objectHeader } from './object-header.ts';
import { sharedObject } from './shared-heap.ts';
import type { HeaderMessage } from './types.ts';
import type { Walk } from './walk.ts';

const SHARED = 0x02;
const IN_HEAP = 1;
const HEAP_ID_BYTES = 8;

/**
 * The message that bytes of a shared one stand for.
 *
 * @param type of the message
 */
export async function sharedBytes(walk: Walk, type: number, bytes: Uint8Array): Promise<Uint8Array> {
  const cursor = new Cursor(bytes, walk.sizes, 'shared message');
  const version = cursor.version(1, 2, 3);
  const place = cursor.u8();
  if (version === 3 && place === IN_HEAP) return sharedObject(walk, type, cursor.take(HEAP_ID_BYTES));
  // the first version has a whole entry of a group there
  if (version === 1) cursor.skip(6 + walk.sizes.lengthBytes);
  const owner = cursor.place();
  const { messages } = await objectHeader(walk, owner);
  const message = messages.find((one) => one.type === type && !(one.flags & SHARED));
  if (!message) throw cursor.bad(`leads to an object without it (at ${owner})`);
  return message.bytes;
}

/** A message's own bytes, wherever they are. */
export async function ownBytes(walk: Walk, { type, flags, bytes }: HeaderMessage): Promise<Uint8Array> {
  return flags & SHARED ? sharedBytes(walk, type, bytes) : bytes;
}
