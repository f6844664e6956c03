/**
 * Check bytes against what the store promised, while they stream by.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { ByteSource } from '../types.ts';
import { collect } from '../util/streams.ts';
import { checkBytes, createChecker, type Checker, type Expectation } from './expectation.ts';

/** Up to here bytes are hashed when all are there; longer bodies piece by piece, while the next piece is on its way. */
const atOnceBytes = 0x20000;

/** The error for bytes of an object that are not those that the store promised. */
export const notThose = (expected: Pick<Expectation, 'hash'>, about: { key: string; url: string }): CloudError =>
  new CloudError(`the bytes of ${about.key} do not have the ${expected.hash} that the store gives`, {
    code: 'IntegrityError',
    operation: 'get',
    ...about,
  });

/**
 * Pass bytes through a hash; the end rejects with IntegrityError when it does not match.
 *
 * @param onVerified called once, when the last byte was read and the checksum held; not when that cannot be said
 */
export function verifying(
  source: ByteSource,
  expected: Expectation,
  about: { key: string; url: string },
  onVerified: () => void,
): ByteSource {
  // Made when a chunk comes: the runtime's own are dear, and bodies that are read at once need none.
  let checker: Checker | undefined;
  const conclude = (held: boolean | undefined): void => {
    if (held === false) throw notThose(expected, about);
    if (held) onVerified();
  };
  let done = false;
  const take = (chunk: Uint8Array | undefined): Uint8Array | undefined => {
    checker ??= createChecker(expected);
    if (chunk) checker.update(chunk);
    else {
      done = true;
      conclude(checker.finish());
    }
    return chunk;
  };
  // No async function: each of them makes a chunk wait for two turns more.
  const read = (): Promise<Uint8Array | undefined> => (done ? Promise.resolve(undefined) : source.read().then(take));
  const cancel = (reason?: unknown): Promise<void> => source.cancel(reason);
  if (!source.bytes) return { read, cancel };
  // In the literal: in V8 a method that is added behind it keeps all of its request alive until the next full garbage collection.
  return {
    read,
    cancel,
    async bytes(sizeHint = 0, into) {
      if (checker || sizeHint > atOnceBytes) {
        const readInto = async (part: Uint8Array): Promise<number> => {
          if (done) return 0;
          const size = await source.readInto!(part);
          take(size > 0 ? part.subarray(0, size) : undefined);
          return size;
        };
        return collect(read, sizeHint, into, source.readInto && readInto);
      }
      const bytes = await source.bytes!(sizeHint);
      conclude(checkBytes(expected, bytes));
      return bytes;
    },
  };
}

/**
 * Read once more, from the beginning, what turned out to be wrong; the second time is the last. Only by `bytes`: what `read` handed out
 * cannot be taken back, so there the error stands.
 *
 * @param again gives the same version's bytes anew
 */
export function twice(source: ByteSource, again: () => Promise<ByteSource>): ByteSource {
  let current = source;
  let handedOut = false;
  return {
    read() {
      handedOut = true;
      return current.read();
    },
    cancel: (reason) => current.cancel(reason),
    async bytes(sizeHint = 0, into) {
      const all = (): Promise<Uint8Array> => current.bytes?.(sizeHint, into) ?? collect(() => current.read(), sizeHint, into);
      try {
        return await all();
      } catch (error) {
        if (handedOut || !isCloudError(error, 'IntegrityError')) throw error;
        current = await again();
        return all();
      }
    },
  };
}
