/**
 * Instances of codecs that wait for their next input: to make one takes JavaScriptCore milliseconds.
 *
 * @module
 */

/** What such a module exports besides its own functions. */
export interface InstanceExports {
  memory: WebAssembly.Memory;
  _initialize?(): void;
}

/** One instance a module, for one user at a time. */
export interface Instances<E> {
  /** The one that waits, or a new one. Whoever takes it has it alone. */
  take(module: WebAssembly.Module): E;
  /** Lets it wait for the next input. Not after a trap or a failed growth: then nobody knows what it is like inside. */
  keep(module: WebAssembly.Module, instance: E): void;
}

/** An instance whose memory has grown beyond this is not kept. */
export const keptBytes = 0x1000000;

/** Instances that are kept, none yet. */
export function createInstances<E extends InstanceExports>(): Instances<E> {
  const idle = new WeakMap<WebAssembly.Module, E | undefined>();
  return {
    take(module) {
      const kept = idle.get(module);
      // Cheaper than to delete the entry, which would be made again each time.
      idle.set(module, undefined);
      if (kept) return kept;
      const exports = new WebAssembly.Instance(module).exports as unknown as E;
      exports._initialize?.();
      return exports;
    },
    keep(module, instance) {
      if (instance.memory.buffer.byteLength <= keptBytes) idle.set(module, instance);
    },
  };
}
