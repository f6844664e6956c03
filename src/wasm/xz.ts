/**
 * xz (wasm/codecs/xz.c).
 *
 * @module
 */
import { wasmCode, type WasmCode } from './loader.ts';
import { startMachine, type Machine } from './machine.ts';

/** The code of both ways. */
export const xzCode: WasmCode = /* @__PURE__ */ wasmCode('xz', () => import('../../wasm/built/xz.wasm'));

/** Begins to compress. */
export const startXz = async (level: number, sizeHint?: number): Promise<Machine> =>
  startMachine('xz', 'compress', await xzCode.module(), level, sizeHint);

/** Begins to decode. */
export const startUnxz = async (): Promise<Machine> => startMachine('xz', 'decompress', await xzCode.module());
