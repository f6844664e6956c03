/**
 * What a worker keeps for one page, by numbers that the page gives: opened objects, listings, uploads.
 *
 * @module
 */
import { CloudError } from '../errors.ts';

/** One thing that is kept. */
export interface Kept {
  /** Ends it. */
  release(reason: unknown): void;
}

/** All of them, of their kinds. */
export class KeptTable {
  readonly #all = new Map<number, Kept>();

  get size(): number {
    return this.#all.size;
  }

  put<T extends Kept>(id: number, kept: T): T {
    this.#all.set(id, kept);
    return kept;
  }

  /** @throws CloudError `InvalidArgument` when it is not, or not any more, there */
  get<T extends Kept>(id: number, of: new (...args: never) => T): T {
    const kept = this.find(id, of);
    if (!kept) throw new CloudError('this is over', { code: 'InvalidArgument' });
    return kept;
  }

  find<T extends Kept>(id: number, of: new (...args: never) => T): T | undefined {
    const kept = this.#all.get(id);
    return kept instanceof of ? kept : undefined;
  }

  /** It has ended by itself. */
  delete(id: number): void {
    this.#all.delete(id);
  }

  release(id: number, reason: unknown): void {
    const kept = this.#all.get(id);
    this.#all.delete(id);
    kept?.release(reason);
  }

  clear(reason: unknown): void {
    for (const id of this.#all.keys()) this.release(id, reason);
  }
}
