/**
 * One walk through a file's structures: within the file, and not for ever.
 *
 * @module
 */
import { Hdf5Error } from '../errors.ts';
import type { ByteRange, Look } from '../types.ts';
import { Cursor } from './cursor.ts';
import type { FieldSizes } from './types.ts';

/** Structures that one walk looks at, at most. The largest that were seen have some 10,000. */
const MAX_STEPS = 1 << 20;
/** Bytes of structures, counted as often as they are read. */
const MAX_BYTES = 256 << 20;

/** Bytes of one structure. Sizes that lie must not have most of a file fetched. */
const MAX_STRUCTURE_BYTES = 16 << 20;

/** How a structure is read. */
export interface OpenOptions {
  /** The four characters that it begins with; the cursor is behind them. */
  signature?: string | undefined;
  /** Nothing behind it is fetched along: for those that are read side by side. */
  exact?: boolean | undefined;
  /** It may be shorter where the file ends. */
  clip?: boolean | undefined;
}

/** What one call of the planner reads by. */
export class Walk<Sizes extends FieldSizes = FieldSizes> {
  readonly look: Look;
  readonly sizes: Sizes;
  #stepsLeft = MAX_STEPS;
  #bytesLeft = MAX_BYTES;
  /** Parts of a file that do not lie over one another are not larger than the file. */
  #fetchLeft: number;
  readonly #once = new Map<number, Promise<unknown>>();

  constructor(look: Look, sizes: Sizes) {
    this.look = look;
    this.sizes = sizes;
    this.#fetchLeft = look.byteLength;
  }

  /** Counts what is done; too much is an error. */
  spend(steps: number, bytes = 0): void {
    this.#stepsLeft -= steps;
    this.#bytesLeft -= bytes;
    if (this.#stepsLeft < 0 || this.#bytesLeft < 0)
      throw new Hdf5Error('HDF5 file: its structures are too large to plan by', { code: 'NotSupported' });
  }

  /** Throws unless all of the range is in the file. */
  check(start: number, end: number, what: string): void {
    if (!(start >= 0 && end >= start && end <= this.look.byteLength))
      throw new Hdf5Error(`HDF5 file: ${what} at ${start} reaches past the end of the file`);
  }

  /** Makes something of a place when it is first asked for. */
  once<T>(at: number, make: () => Promise<T>): Promise<T> {
    let made = this.#once.get(at) as Promise<T> | undefined;
    if (!made) this.#once.set(at, (made = make()));
    return made;
  }

  /** Reads one structure. */
  async open(at: number, sizeBytes: number, what: string, options: OpenOptions = {}): Promise<Cursor> {
    const { signature, exact, clip } = options;
    const end = clip ? Math.min(at + sizeBytes, Math.max(at, this.look.byteLength)) : at + sizeBytes;
    this.check(at, end, what);
    this.spend(1, end - at > MAX_STRUCTURE_BYTES ? Infinity : end - at);
    const bytes = await this.look.read(at, end, { exact });
    const cursor = new Cursor(bytes, this.sizes, `${what} at ${at}`);
    if (bytes.length !== end - at) throw cursor.bad('could not be read whole');
    if (signature && !cursor.signature(signature)) throw cursor.bad(`does not begin with ${signature}`);
    return cursor;
  }

  /** Fetches ranges, without looking at them. */
  async ensure(ranges: readonly ByteRange[], what: string): Promise<void> {
    for (const { start, end } of ranges) {
      this.check(start, end, what);
      this.#fetchLeft -= end - start;
    }
    if (this.#fetchLeft < 0) throw new Hdf5Error(`HDF5 file: ${what} lies over another one`);
    this.spend(ranges.length);
    if (ranges.length) await this.look.ensure(ranges);
  }
}
