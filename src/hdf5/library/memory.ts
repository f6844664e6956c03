/**
 * Memory of the library's module.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { H5Module } from './module.ts';

/** What one read may take of the memory, of which there are 2 GiB. */
const MOST_BYTES = 0x7000_0000;

const tooMuch = (sizeBytes: number): CloudError =>
  new CloudError(`${sizeBytes} bytes at a time are more than memory holds: read in blocks`, { code: 'QuotaExceeded', operation: 'read' });

/** Refuses what no memory holds. @throws CloudError `QuotaExceeded` */
export function checkSize(sizeBytes: number): void {
  if (!(sizeBytes <= MOST_BYTES)) throw tooMuch(sizeBytes);
}

/**
 * Lends memory for as long as `act` runs.
 *
 * @throws CloudError `QuotaExceeded`
 */
export function withMemory<T>(module: H5Module, sizeBytes: number, act: (pointer: number) => T): T {
  checkSize(sizeBytes);
  const pointer = module._malloc(Math.max(sizeBytes, 1)) >>> 0;
  if (!pointer) throw tooMuch(sizeBytes);
  try {
    return act(pointer);
  } finally {
    module._free(pointer);
  }
}

/** How values are read into memory. */
interface Reading<T> {
  /** Has the library put them there. */
  read(): void;
  /** Makes something of them. */
  take(): T;
  /** Gives back what they point to. */
  reclaim(): void;
}

/**
 * Lends memory for values, zeros to begin with. What they point to is given back, also what was there already when reading failed.
 *
 * @param hasPointers whether they point somewhere
 * @throws CloudError `QuotaExceeded`
 */
export function withValues<T>(
  module: H5Module,
  sizeBytes: number,
  hasPointers: boolean,
  of: (pointer: number, address: bigint) => Reading<T>,
): T {
  return withMemory(module, sizeBytes, (pointer) => {
    const { read, take, reclaim } = of(pointer, BigInt(pointer));
    // pointers to nothing are no harm; and what nobody wrote, and nobody is to fill, the library leaves as it is
    module.HEAPU8.fill(0, pointer, pointer + sizeBytes);
    try {
      read();
      return take();
    } finally {
      if (hasPointers) reclaim();
    }
  });
}
