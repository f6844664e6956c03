/**
 * Files that pass through in one piece, in arrays that are filled again and again.
 *
 * @module
 */
import type { AbortOptions, GetResult, PutOptions } from '../types.ts';
import type { ByteRoom } from '../util/byte-room.ts';

/** All bytes of a file, in room that is held for them. */
export interface Whole {
  readonly bytes: Uint8Array;
  /** How a put of just these bytes gives them away. */
  readonly giveAway: PutOptions['giveAway'];
  /** Gives the room back, and the array where its writer has said that it is free. */
  release(): void;
}

interface Held {
  release(spare?: Uint8Array<ArrayBuffer> | null): void;
}

/** From here on an array that was filled before takes less than a new one. */
const lentBytes = 0x2_0001;

/**
 * Reads all of a file.
 *
 * @param copies how many arrays of its size there will be. Of several, which are decoded or encoded from one another, none is lent
 */
export async function readWhole(result: GetResult, room: ByteRoom, copies: number, options: AbortOptions): Promise<Whole> {
  const { sizeBytes } = result;
  const lends = copies === 1 && sizeBytes >= lentBytes;
  const buffer = lends ? await room.buffer(sizeBytes, options) : undefined;
  const held: Held = buffer ?? (await room.hold(Math.max(1, sizeBytes) * copies, options));
  try {
    const bytes = await result.bytes(buffer?.bytes);
    const isLent = bytes.buffer === buffer?.bytes.buffer;
    // who made an array of its own has left ours alone
    let spare = isLent ? null : buffer?.bytes;
    const giveAway = isLent ? (free: Uint8Array<ArrayBuffer>): void => void (spare = free) : true;
    return { bytes, giveAway, release: () => held.release(spare) };
  } catch (error) {
    // something may still be under way in it
    held.release(null);
    throw error;
  }
}
