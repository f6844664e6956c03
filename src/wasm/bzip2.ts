/**
 * bzip2 (wasm/codecs/bzip2.c).
 *
 * @module
 */
import { wasmCode, type WasmCode } from './loader.ts';
import { startMachine, type Machine } from './machine.ts';

/** The code of both ways. */
export const bzip2Code: WasmCode = /* @__PURE__ */ wasmCode('bz2', () => import('../../wasm/built/bzip2.wasm'));

/** Begins to compress. */
export const startBzip2 = async (level: number, sizeHint?: number): Promise<Machine> =>
  startMachine('bz2', 'compress', await bzip2Code.module(), level, sizeHint);

/** Begins to decode. */
export const startUnbzip2 = async (): Promise<Machine> => startMachine('bz2', 'decompress', await bzip2Code.module());
