/**
 * One instance of a module that takes whole buffers, kept between calls: each call begins anew in it, by what the library promises.
 * It is dropped when it traps, and when it has grown.
 *
 * @module
 */
import { isCloudError } from '../errors.ts';
import { answerError, guarded, type Direction } from './answers.ts';
import { createInstances, type InstanceExports } from './instances.ts';
import type { WasmCode } from './loader.ts';

/** What such a module exports besides its own functions. */
export interface HeapExports extends InstanceExports {
  allocate(length: number): number;
  release(address: number): void;
}

/** Memory of an instance for one call. */
export interface Heap<E> {
  code: E;
  /** That much memory. */
  take(length: number): number;
  /** Memory that holds a copy of the bytes. */
  put(bytes: Uint8Array): number;
  /** A copy of what lies there. */
  copy(address: number, length: number): Uint8Array<ArrayBuffer>;
}

/** One instance after the other of one module. */
export interface Pool<E> {
  /** Runs one call; it must be done when `run` returns. The memory that it took is free afterwards. */
  use<T>(direction: Direction, run: (heap: Heap<E>) => T): Promise<T>;
}

/** The pool of a module's code. Two codes share nothing. */
export function createPool<E extends HeapExports>(name: string, code: WasmCode): Pool<E> {
  const instances = createInstances<E>();
  return {
    async use(direction, run) {
      const module = await code.module();
      return guarded(name, direction, () => {
        const exports = instances.take(module);
        const taken: number[] = [];
        const heap: Heap<E> = {
          code: exports,
          take(length) {
            const address = exports.allocate(length);
            if (!address) throw answerError(name, direction, -3);
            taken.push(address);
            return address;
          },
          put(bytes) {
            const address = heap.take(Math.max(bytes.length, 1));
            new Uint8Array(exports.memory.buffer).set(bytes, address);
            return address;
          },
          copy: (address, length) => new Uint8Array(exports.memory.buffer.slice(address, address + length)),
        };
        const keep = (): void => {
          for (const address of taken) exports.release(address);
          instances.keep(module, exports);
        };
        try {
          const result = run(heap);
          keep();
          return result;
        } catch (error) {
          // What the library itself refused leaves it whole; a trap does not.
          if (isCloudError(error)) keep();
          throw error;
        }
      });
    },
  };
}
