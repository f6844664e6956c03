/**
 * zstd (wasm/codecs/zstd.c), and the smaller module that only decodes.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { answerError } from './answers.ts';
import { wasmCode, type WasmCode, type WasmInit } from './loader.ts';
import { startMachine, type Machine } from './machine.ts';
import { createPool, type HeapExports, type Pool } from './pool.ts';

interface DecodeExports extends HeapExports {
  size(input: number, length: number): number;
  decompress(input: number, length: number, output: number, room: number): number;
}

interface ZstdExports extends DecodeExports {
  bound(length: number): number;
  compress(level: number, input: number, length: number, output: number, room: number): number;
}

const both: WasmCode = /* @__PURE__ */ wasmCode('zstd', () => import('../../wasm/built/zstd.wasm'));
const decodeOnly: WasmCode = /* @__PURE__ */ wasmCode('zstd', () => import('../../wasm/built/zstd-decode.wasm'));

let encoders: Pool<ZstdExports> | undefined;
let decoders: Pool<DecodeExports> | undefined;

/** Says where the code comes from: zstd.wasm, which works both ways, or zstd-decode.wasm, which decodes. */
export function initZstd(source: WasmInit): void {
  both.init(source);
  decodeOnly.init(source);
}

/** The module that was seen to compress. */
let checked: WebAssembly.Module | undefined;

/** The code that compresses. NotSupported when a program gave one that does not. */
async function encoder(): Promise<WebAssembly.Module> {
  const module = await both.module();
  if (module === checked) return module;
  if (WebAssembly.Module.exports(module).some(({ name }) => name === 'compress')) return (checked = module);
  throw new CloudError('zstd: the module given to init() only decodes', { code: 'NotSupported' });
}

/** Most bytes that are decoded at a time: more has to come as a stream. */
const maxRoomBytes = 0x2000000;

/** One frame. */
export async function zstdWhole(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>> {
  await encoder();
  return (encoders ??= createPool('zstd', both)).use('compress', ({ code, put, take, copy }) => {
    const bound = code.bound(bytes.length);
    const input = put(bytes);
    const output = take(bound);
    const written = code.compress(level, input, bytes.length, output, bound);
    if (written < 0) throw answerError('zstd', 'compress', written);
    return copy(output, written);
  });
}

/**
 * All frames, when they tell their sizes and need no more than 32 MiB.
 *
 * @returns undefined when they do not: then they must be decoded as a stream, which also says what is wrong with them
 */
export function unzstdWhole(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return (decoders ??= createPool('zstd', decodeOnly)).use('decompress', ({ code, put, take, copy }) => {
    const input = put(bytes);
    const size = code.size(input, bytes.length);
    if (size < 0 || size > Math.min(maxRoomBytes, maxOutputBytes)) return undefined;
    const output = take(Math.max(size, 1));
    const written = code.decompress(input, bytes.length, output, size);
    if (written < 0) throw answerError('zstd', 'decompress', written);
    return copy(output, written);
  });
}

/** Begins to compress a stream. */
export const startZstd = async (level: number, sizeHint?: number): Promise<Machine> =>
  startMachine('zstd', 'compress', await encoder(), level, sizeHint);

/** Begins to decode a stream. */
export const startUnzstd = async (): Promise<Machine> => startMachine('zstd', 'decompress', await decodeOnly.module());
