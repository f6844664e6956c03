/**
 * Reading one version of a file.
 *
 * @module
 */
import * as fs from 'node:fs';
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { abortable, throwIfAborted } from '../../util/abort.ts';
import type { DiskFile, DiskStat } from '../types.ts';
import { diskError } from './disk-error.ts';
import { atOnce } from './disk-now.ts';
import { describe, guarded, orNull } from './disk-stat.ts';

const PIECE_BYTES = 0x100000;
/** What is read on the thread itself; more takes long enough to be worth the way to another. */
const NOW_BYTES = 0x40000;

/** Promises over file descriptors: a FileHandle that a reader forgets would end newer Nodes with an error when it is collected. */
const call = <T>(run: (done: (error: Error | null, value?: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value as T))));

const openFd = (path: string): Promise<number> =>
  atOnce(
    // what is no file, a pipe for one, must not be waited for here
    () => fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0)),
    () => call((done) => fs.open(path, 'r', done)),
  );
const closeFd = (fd: number): Promise<void> =>
  atOnce(
    () => fs.closeSync(fd),
    () => call((done) => fs.close(fd, done)),
  );
const statFd = async (fd: number): Promise<DiskStat> =>
  describe(
    await atOnce(
      () => fs.fstatSync(fd, { bigint: true }),
      () => call<fs.BigIntStats>((done) => fs.fstat(fd, { bigint: true }, done)),
    ),
  );

/** Fills bytes from a place on. @returns how many there were */
function readFd(fd: number, into: Uint8Array, at: number): Promise<number> {
  const later = (): Promise<number> => call((done) => fs.read(fd, into, 0, into.length, at, done));
  return into.length > NOW_BYTES ? later() : atOnce(() => fs.readSync(fd, into, 0, into.length, at), later);
}

/** Closes what readers forgot. Made with the first file. */
let forgotten: FinalizationRegistry<number> | undefined;

/** Open a file for reading; `null` when there is none, or a folder. */
export function openFile(path: string, options: AbortOptions = {}): Promise<DiskFile | null> {
  return guarded('get', path, {}, async () => {
    throwIfAborted(options.signal);
    const opening = orNull(openFd(path));
    const fd = await abortable(opening, options.signal).catch((error: unknown) => {
      opening.then((late) => (late === null ? undefined : closeFd(late))).catch(() => {});
      throw error;
    });
    if (fd === null) return null;
    let file: DiskFile | null = null;
    try {
      const stat = await statFd(fd);
      if (stat.kind === 'file') file = track(fd, path, stat);
    } finally {
      if (!file) await closeFd(fd);
    }
    return file;
  });
}

/** The error of a file that was written to in place. */
export const changed = (path: string, operation: string): CloudError =>
  new CloudError('the file changed while it was read', { code: 'ObjectChanged', retryable: true, key: path, operation });

function track(fd: number, path: string, stat: DiskStat): DiskFile {
  const token = {};
  let open = true;
  const file: DiskFile = {
    ...stat,
    // The generator keeps `file`, so that it is not taken for forgotten while somebody reads.
    read: (start, end, options) => readPieces(file, fd, path, start, end, options),
    async close() {
      if (!open) return;
      open = false;
      forgotten?.unregister(token);
      await closeFd(fd);
    },
  };
  forgotten ??= new FinalizationRegistry((lost) => fs.close(lost, () => {}));
  forgotten.register(file, fd, token);
  return file;
}

async function* readPieces(
  file: DiskFile,
  fd: number,
  path: string,
  start: number,
  end: number,
  options: NonNullable<Parameters<DiskFile['read']>[2]> = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { into } = options;
  for (let at = start; at < end; at += PIECE_BYTES) {
    throwIfAborted(options.signal);
    const length = Math.min(PIECE_BYTES, end - at);
    const piece = into ? into.subarray(at - start, at - start + length) : new Uint8Array(length);
    let size = 0;
    let now: DiskStat;
    try {
      for (let got = 1; got > 0 && size < piece.length; size += got) {
        got = await readFd(fd, piece.subarray(size), at + size);
      }
      // Replacing a file leaves the open one alone; only a change in place can show here.
      now = await statFd(fd);
    } catch (error) {
      throw diskError(error, 'get', path, options.signal);
    }
    throwIfAborted(options.signal);
    if (size < piece.length || now.version !== file.version) throw changed(path, 'get');
    yield piece;
  }
}
