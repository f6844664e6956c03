/**
 * h5wasm, loaded on first use and made safe.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { attemptHolder, currentAttempt, shareHolder, type AttemptHolder } from './attempt.ts';
import { guard } from './guards.ts';
import type { H5Module } from './module.ts';

/** Functions that are relied on; another release that lacks one is refused here rather than found out later. */
const needed = [
  'open',
  'close_file',
  'get_type',
  'get_names',
  'get_attribute_names',
  'get_attribute_metadata',
  'get_attribute_data',
  'get_dataset_metadata',
  'get_dataset_filters',
  'get_dataset_data',
  'get_region_data',
  'reclaim_vlen_memory',
  'reclaim_vlen_memory_count',
  'create_object_reference',
  'get_plugin_search_paths',
  'ccall',
  '_malloc',
  '_free',
] as const;

const ERRORS = '/dev/anyfile-errors';
/** A number of devices that Emscripten leaves to others. */
const MAJOR = 64;
const MOST_TEXT = 20_000;
const mark = Symbol.for('anyfile.hdf5');

/**
 * The library prints its errors to standard error, each time, and much of that are misses, which are none. The text goes to the attempt instead.
 */
function catchErrors({ FS }: H5Module): void {
  const decoder = new TextDecoder();
  FS.closeStream(2);
  const device = FS.makedev(MAJOR, 1);
  FS.registerDevice(device, {
    open() {},
    close() {},
    read: () => 0,
    write(_: unknown, buffer: Uint8Array, offset: number, length: number): number {
      const attempt = currentAttempt();
      if (attempt && !attempt.missed && attempt.text.length < MOST_TEXT)
        attempt.text += decoder.decode(buffer.slice(offset, offset + length));
      return length;
    },
  });
  FS.mkdev(ERRORS, device);
  const { fd } = FS.open(ERRORS, 'w');
  if (fd !== 2) throw new CloudError(`h5wasm's standard error has number ${fd}`, { code: 'NotSupported', operation: 'openHdf5' });
}

/** The path without `.` and `..`. */
function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

const ENOENT = 44;

/** Files may name others, to be opened along: nothing but what is in the file's own folder is there for them. */
function confine({ FS, get_plugin_search_paths: pluginPaths }: H5Module): void {
  const files = FS as unknown as { open(path: unknown, ...rest: unknown[]): unknown; cwd(): string };
  const open = files.open.bind(files);
  files.open = (path, ...rest) => {
    const root = currentAttempt()?.root;
    if (root !== undefined && typeof path === 'string') {
      const wanted = resolved(path.startsWith('/') ? path : `${files.cwd()}/${path}`);
      const isAllowed = [root, ...pluginPaths()].some((folder) => wanted === folder || wanted.startsWith(`${folder}/`));
      if (!isAllowed) throw new FS.ErrnoError(ENOENT);
    }
    return open(path, ...rest);
  };
}

async function load(): Promise<H5Module> {
  let module: H5Module & { [mark]?: AttemptHolder };
  try {
    const { ready } = (await import('h5wasm')) as unknown as { ready: Promise<H5Module> };
    module = await ready;
  } catch (cause) {
    throw new CloudError(
      'h5wasm could not be loaded: it is a dependency of anyfile that bundlers have to find, and pages with a Content-Security-Policy need `wasm-unsafe-eval`',
      { code: 'NotSupported', operation: 'openHdf5', cause },
    );
  }
  const missing = needed.filter((name) => typeof module[name] !== 'function');
  if (missing.length)
    throw new CloudError(`this release of h5wasm has no ${missing.join(', ')}: anyfile needs 0.10.3`, {
      code: 'NotSupported',
      operation: 'openHdf5',
    });
  const other = module[mark];
  if (other) {
    // another copy of this code has made it safe already
    if (other.version !== 1)
      throw new CloudError('another release of anyfile uses the same h5wasm in another way: use one of the two', {
        code: 'NotSupported',
        operation: 'openHdf5',
      });
    shareHolder(other);
    return module;
  }
  catchErrors(module);
  confine(module);
  guard(module);
  module[mark] = attemptHolder();
  return module;
}

let loading: Promise<H5Module> | undefined;

/**
 * The library. There is one in each realm, and its memory never shrinks.
 *
 * @throws CloudError `NotSupported` where it cannot be loaded
 */
export async function loadLibrary(): Promise<H5Module> {
  loading ??= load();
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}
