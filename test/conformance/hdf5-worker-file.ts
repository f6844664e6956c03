/**
 * A small HDF5 file, written in memory: what a worker is asked for where there is no server.
 *
 * @module
 */
import type { File } from 'h5wasm';

/** Side of `/image`, which holds 0, 1, 2 … in gzipped chunks of 64 times 64. */
export const SIDE = 256;
/** Small groups below `/many`: more than go in one message. */
export const MANY = 600;

let made: Promise<Uint8Array<ArrayBuffer>> | undefined;

/** The bytes of a file that is written by a function. */
export async function written(write: (file: File) => void): Promise<Uint8Array<ArrayBuffer>> {
  // loaded on use: a page that only asks a worker is not to have it
  const library = await import('h5wasm');
  const { FS } = await library.ready;
  const name = `/tmp-worker-${Math.random().toString(36).slice(2)}.h5`;
  const file = new library.File(name, 'w');
  write(file);
  file.close();
  const bytes = Uint8Array.from(FS.readFile(name));
  FS.unlink(name);
  return bytes;
}

function write(file: File): void {
  const data = Float32Array.from({ length: SIDE * SIDE }, (_, i) => i);
  const image = file.create_dataset({ name: 'image', data, shape: [SIDE, SIDE], chunks: [64, 64], compression: 6 });
  image.create_attribute('scale', new Float64Array([0.5, 2]));
  image.create_attribute('constructor', 'a name that objects have');
  file.create_dataset({ name: 'wide', data: new BigInt64Array(4096).fill(7n) });
  file.create_dataset({ name: 'one', data: 42, shape: [], dtype: '<i4' });
  file.create_dataset({ name: 'texts', data: ['a', 'ä', ''], dtype: 'S' });
  file.create_soft_link('/image', 'soft');
  file.create_soft_link('/nothing', 'broken');
  const many = file.create_group('many');
  for (let i = 0; i < MANY; i++) many.create_group(`g${i}`);
}

/** Its bytes; a copy for each who asks. */
export async function workerFile(): Promise<Uint8Array<ArrayBuffer>> {
  made ??= written(write);
  return (await made).slice();
}
