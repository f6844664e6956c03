/**
 * WebAssembly modules: embedded as text, compiled once, or given by the program where the runtime lets no text become code.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { fromBase64 } from '../util/base64.ts';

/** Where a module's code comes from instead of from what is embedded: exactly one of these. */
export interface WasmInit {
  /** Compiled already: what `import` gives in workerd and in bundlers that know WebAssembly. */
  module?: WebAssembly.Module | undefined;
  /** The bytes of the `.wasm` file. */
  bytes?: Uint8Array<ArrayBuffer> | ArrayBuffer | undefined;
  /** Where the `.wasm` file is; fetched on first use. */
  url?: string | URL | undefined;
}

/** The code of one module. */
export interface WasmCode {
  /** Says where the code comes from. Must be called before the first use; later it is of no effect. */
  init(source: WasmInit): void;
  /** Compiles it, once. Rejects with `NotSupported` where the runtime or the page's policy bars WebAssembly. */
  module(): Promise<WebAssembly.Module>;
}

/** The smallest module: nothing but the header. */
const emptyModule = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Throws where WebAssembly is barred, before anything is decoded. By an instance: under a policy WebKit compiles, and refuses that. */
const mayInstantiate = (): WebAssembly.Instance => new WebAssembly.Instance(new WebAssembly.Module(emptyModule));

const barred = (name: string, cause: unknown): CloudError =>
  new CloudError(`WebAssembly cannot be had for ${name}: allow 'wasm-unsafe-eval', or hand the module to init()`, {
    code: 'NotSupported',
    cause,
  });

/**
 * The code of a module that is loaded on use.
 *
 * @param text imports the module with the embedded text
 * @example const zstd = wasmCode('zstd', () => import('../../wasm/built/zstd.wasm'));
 */
export function wasmCode(name: string, text: () => Promise<{ default: string }>): WasmCode {
  let source: WasmInit = {};
  let compiled: Promise<WebAssembly.Module> | undefined;
  const compile = async (): Promise<WebAssembly.Module> => {
    const { module, bytes, url } = source;
    if (module) return module;
    mayInstantiate();
    if (url) {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`answered by ${response.status}`);
      return WebAssembly.compile(await response.arrayBuffer());
    }
    return WebAssembly.compile(bytes ?? fromBase64((await text()).default));
  };
  const forget = (error: unknown): never => {
    compiled = undefined;
    throw barred(name, error);
  };
  return {
    init: (given) => {
      source = given;
    },
    // What failed is tried anew, with what init() may have given meanwhile.
    module: () => (compiled ??= compile().catch(forget)),
  };
}

/**
 * The exports of a small module that imports nothing, at once; `undefined` where the runtime or the page's policy bars WebAssembly: then
 * plain JavaScript does the work.
 */
export function instantiateNow<T>(text: string): T | undefined /* oxlint-disable-line typescript/no-unnecessary-type-parameters */ {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(fromBase64(text))).exports as T;
  } catch {
    return undefined;
  }
}
