/**
 * How many bytes may be held at a time: whoever wants more waits, first come first served.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, PartBuffer } from '../types.ts';
import { onAbort, throwIfAborted } from './abort.ts';

/** Leave to hold bytes. */
export interface Hold {
  /** Gives it back; only the first call counts. */
  release(): void;
}

/** Room for a number of bytes. */
export interface ByteRoom {
  /** Waits for room. What is larger than all of it goes when nothing else of its kind is held. Rejects with `signal.reason`. */
  hold(sizeBytes: number, options?: AbortOptions): Promise<Hold>;
  /**
   * The same with an array of that size, with anything in it, at the beginning of a buffer that may be larger: buffers are used again, since garbage of
   * their size is collected late.
   */
  buffer(sizeBytes: number, options?: AbortOptions): Promise<PartBuffer>;
  /** Bytes that are held now, and how many wait. */
  readonly state: { readonly usedBytes: number; readonly waiting: number };
}

/** What is small has a share of its own, so that it never waits for what is large, nor the reverse. */
const smallBytes = 0x10_0000;
const smallShare = 1 / 8;

/** From here on a buffer is just as large as what is asked for: these are the parts of uploads, of which one is as large as the next. */
const exactBytes = 0x40_0001;

/** The size of a new buffer: up to a quarter more than what is asked for, so that it serves for others. */
function roundedUp(sizeBytes: number): number {
  if (sizeBytes >= exactBytes || sizeBytes < 4) return sizeBytes;
  const step = 2 ** Math.floor(Math.log2(sizeBytes)) / 4;
  return Math.ceil(sizeBytes / step) * step;
}

/** Where the smallest buffer is that holds so much and not much more; -1 for none. */
function bestOf(buffers: readonly ArrayBuffer[], sizeBytes: number): number {
  const most = sizeBytes >= exactBytes ? sizeBytes : sizeBytes * 4;
  let best = -1;
  for (const [i, { byteLength }] of buffers.entries())
    if (byteLength >= sizeBytes && byteLength <= most && (best < 0 || byteLength < buffers[best]!.byteLength)) best = i;
  return best;
}

interface Lane {
  readonly limit: number;
  used: number;
  readonly queue: { readonly sizeBytes: number; enter(): void }[];
}

/**
 * Make room. An eighth of it is for what has at most 1 MiB.
 *
 * @param limitBytes a whole number above 0
 * @throws CloudError `InvalidArgument`
 * @example const { bytes, release } = await createByteRoom(256 << 20).buffer(16 << 20, { signal });
 */
export function createByteRoom(limitBytes: number): ByteRoom {
  if (!(Number.isSafeInteger(limitBytes) && limitBytes > 0))
    throw new CloudError('bytes in flight are a whole number above 0', { code: 'InvalidArgument' });
  const lane = (limit: number): Lane => ({ limit, used: 0, queue: [] });
  const forSmall = Math.floor(limitBytes * smallShare);
  const small = lane(forSmall);
  const large = lane(limitBytes - forSmall);
  /** Buffers that nobody has. They and what is held stay within the limit together. */
  let spare: ArrayBuffer[] = [];

  const fits = ({ used, limit }: Lane, sizeBytes: number): boolean => used === 0 || used + sizeBytes <= limit;
  const grant = (of: Lane, sizeBytes: number): Hold => {
    of.used += sizeBytes;
    let held = true;
    return {
      release() {
        if (!held) return;
        held = false;
        of.used -= sizeBytes;
        serve(of);
      },
    };
  };
  const serve = (of: Lane): void => {
    for (let next = of.queue[0]; next && fits(of, next.sizeBytes); next = of.queue[0]) {
      of.queue.shift();
      next.enter();
    }
  };

  /** When nothing is in flight nothing is kept. Asked a turn later: of parts that end at once the next ones are about to begin. */
  const forget = (): void => {
    if (used() === 0) spare = [];
  };

  const room: ByteRoom = {
    hold(sizeBytes, { signal } = {}) {
      throwIfAborted(signal);
      const of = sizeBytes <= smallBytes ? small : large;
      if (!of.queue.length && fits(of, sizeBytes)) return Promise.resolve(grant(of, sizeBytes));
      return new Promise<Hold>((resolve, reject) => {
        const waiting = {
          sizeBytes,
          enter(): void {
            off();
            resolve(grant(of, sizeBytes));
          },
        };
        const off = onAbort(signal, () => {
          of.queue.splice(of.queue.indexOf(waiting), 1);
          serve(of);
          reject(signal?.reason);
        });
        of.queue.push(waiting);
      });
    },

    async buffer(sizeBytes, options) {
      const hold = await room.hold(sizeBytes, options);
      const at = bestOf(spare, sizeBytes);
      const bytes = new Uint8Array(at < 0 ? new ArrayBuffer(roundedUp(sizeBytes)) : spare.splice(at, 1)[0]!, 0, sizeBytes);
      // those of other sizes make way
      for (let kept = spareBytes(); spare.length && kept + used() > limitBytes; kept = spareBytes()) spare.shift();
      let released = false;
      return {
        bytes,
        release(back = bytes) {
          if (released) return;
          released = true;
          if (back?.length === sizeBytes) spare.push(back.buffer);
          hold.release();
          if (used() === 0) setTimeout(forget, 0);
        },
      };
    },

    get state() {
      return { usedBytes: used(), waiting: small.queue.length + large.queue.length };
    },
  };
  const used = (): number => small.used + large.used;
  const spareBytes = (): number => spare.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return room;
}
