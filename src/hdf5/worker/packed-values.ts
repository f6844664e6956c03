/**
 * Values on their way to another thread: numbers are given away, not copied, and references stay what they are.
 *
 * @module
 */
import { LEAST_GIVEN_BYTES, ownBytes } from '../../rpc/own-bytes.ts';
import { Hdf5Reference } from '../values/reference.ts';

/** Values as a message holds them. */
export interface PackedValues<T = unknown> {
  readonly value: T;
  /**
   * The references among them. A copy forgets their class, but within one message it keeps what is the same object, so they are found without
   * looking for them.
   */
  readonly references: Hdf5Reference[];
}

const isPrimitive = (value: unknown): boolean => value === null || typeof value !== 'object';

/**
 * Get values ready to be sent. They must be nobody else's: numbers in them are gone when they were sent, and arrays that are part of a larger buffer
 * are replaced in place by copies, so that nothing else goes with them.
 *
 * @param transfer is added the buffers to be given away, each once
 */
export function packValues<T>(value: T, transfer: Set<ArrayBuffer>): PackedValues<T> {
  const references = new Set<Hdf5Reference>();
  const visit = (one: unknown): unknown => {
    if (isPrimitive(one)) return one;
    if (ArrayBuffer.isView(one)) {
      const own = ownBytes(one as Uint8Array);
      if (own.byteLength >= LEAST_GIVEN_BYTES) transfer.add(own.buffer);
      return own;
    }
    if (one instanceof Hdf5Reference) references.add(one);
    // of long arrays of texts no keys are made
    else if (!(Array.isArray(one) && one.every(isPrimitive))) {
      const its = one as Record<string, unknown>;
      for (const key of Object.keys(its)) {
        const now = visit(its[key]);
        if (now !== its[key]) its[key] = now;
      }
    }
    return one;
  };
  return { value: visit(value) as T, references: [...references] };
}

/** The values that came. */
export function unpackValues<T>({ value, references }: PackedValues<T>): T {
  for (const reference of references) Object.setPrototypeOf(reference, Hdf5Reference.prototype);
  return value;
}
