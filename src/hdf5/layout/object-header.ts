/**
 * Object headers and their messages, with all continuations (IV.A.1: prefixes of version 1 and 2).
 *
 * @module
 */
import type { Look } from '../types.ts';
import type { Cursor } from './cursor.ts';
import type { HeaderMessage, ObjectHeader, Superblock } from './types.ts';
import { Walk } from './walk.ts';

/** What the library reads of an object header at first, so more than is needed must be here. */
export const HEADER_GUESS_BYTES = 512;
const NIL = 0x00;
const CONTINUATION = 0x10;
const CHECKSUM_BYTES = 4;

interface Block {
  at: number;
  sizeBytes: number;
}

/** What the messages of one header have in common, and what was found of them. */
interface State {
  readonly walk: Walk;
  version: number;
  /** Whether messages tell the order in which they were made. */
  tracked: boolean;
  messages: HeaderMessage[];
  next: Block[];
}

/** Messages from the cursor on to `end`. */
function readMessages(cursor: Cursor, end: number, state: State): void {
  const { version, tracked, messages, next } = state;
  const prefixBytes = version === 1 ? 8 : tracked ? 6 : 4;
  while (cursor.at + prefixBytes <= end) {
    state.walk.spend(1);
    const type = version === 1 ? cursor.u16() : cursor.u8();
    const sizeBytes = cursor.u16();
    const flags = cursor.u8();
    cursor.skip(version === 1 ? 3 : prefixBytes - 4);
    if (cursor.at + sizeBytes > end) throw cursor.bad('has a message that is longer than its block');
    const from = cursor.at;
    const bytes = cursor.take(sizeBytes);
    if (type === CONTINUATION) {
      cursor.at = from;
      next.push({ at: cursor.place(), sizeBytes: cursor.length() });
      cursor.at = from + sizeBytes;
    } else if (type !== NIL) messages.push({ type, flags, bytes });
  }
}

/** Goes to the first message; gives where the messages end. */
function readPrefix(cursor: Cursor, state: State): number {
  // a cursor of a version 2 header begins with its signature
  if (cursor.left >= 4 && cursor.signature('OHDR')) {
    state.version = cursor.version(2);
    const flags = cursor.u8();
    state.tracked = (flags & 0x04) !== 0;
    // times of access, change and birth; when attributes move
    cursor.skip((flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0));
    const sizeBytes = cursor.uint(1 << (flags & 3));
    return cursor.at + sizeBytes;
  }
  cursor.at = 0;
  state.version = cursor.version(1);
  // reserved, number of messages, references
  cursor.skip(7);
  const sizeBytes = cursor.u32();
  cursor.skip(4);
  return cursor.at + sizeBytes;
}

/** {@link readObjectHeader} within a walk. */
export async function objectHeader(walk: Walk, address: number): Promise<ObjectHeader> {
  const what = 'object header';
  const state: State = { walk, version: 0, tracked: false, messages: [], next: [] };
  let cursor = await walk.open(address, HEADER_GUESS_BYTES, what, { clip: true });
  let end = readPrefix(cursor, state);
  const wholeBytes = end + (state.version === 2 ? CHECKSUM_BYTES : 0);
  if (wholeBytes > cursor.bytes.length) {
    const { at } = cursor;
    cursor = await walk.open(address, wholeBytes, what);
    cursor.at = at;
  }
  readMessages(cursor, end, state);
  const seen = new Set([address]);
  while (state.next.length) {
    const blocks = state.next.splice(0);
    const cursors = await Promise.all(
      blocks.map(({ at, sizeBytes }) => walk.open(at, sizeBytes, `${what}'s continuation`, { exact: blocks.length > 1 })),
    );
    cursors.forEach((one, i) => {
      const { at } = blocks[i]!;
      if (seen.has(at)) throw one.bad('comes twice');
      seen.add(at);
      end = one.bytes.length;
      if (state.version === 2) {
        if (!one.signature('OCHK')) throw one.bad('does not begin with OCHK');
        end -= CHECKSUM_BYTES;
      }
      readMessages(one, end, state);
    });
  }
  return { address, version: state.version, messages: state.messages };
}

/**
 * Reads an object header with its continuations. Messages that several objects share are given as they are: see `ownBytes`.
 *
 * @param address of the header, from the file's first byte on
 * @throws Hdf5Error when there is none
 */
export function readObjectHeader(look: Look, superblock: Superblock, address: number): Promise<ObjectHeader> {
  return objectHeader(new Walk(look, superblock), address);
}
