/**
 * Files of a cache. Callbacks rather than `fs.promises`: its handles cost more than what is read from them here.
 *
 * @module
 */
import { Buffer } from 'node:buffer';
import * as fs from 'node:fs';
import process from 'node:process';
import type { CacheFiles } from '../types.ts';

const READ = 'r';
/** Never over another file. */
const CREATE = 'wx';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** A close that takes longer, in ms, waits for something: on network disks it sends what was written. */
const CLOSE_MS = 1;

/** What is left of buffers behind so many bytes. */
function behind(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  let skip = count;
  return parts.flatMap((part) => {
    const from = Math.min(skip, part.length);
    skip -= from;
    return from < part.length ? [part.subarray(from)] : [];
  });
}

/** See {@link CacheFiles}. */
export function openCacheFiles(folder: string): CacheFiles {
  const full = (path: string): string => `${folder}/${path}`;
  let closesFast = true;
  /** Closes a file that was written: at once where that does not wait, since another thread takes longer to be woken up than to close it. */
  function close(file: number, then: (error: Error | null | undefined) => void): void {
    const since = performance.now();
    const look = (): void => void (closesFast = performance.now() - since < CLOSE_MS);
    if (!closesFast)
      return fs.close(file, (error) => {
        look();
        then(error);
      });
    let failure: Error | undefined;
    try {
      fs.closeSync(file);
    } catch (error) {
      failure = error as Error;
    }
    look();
    then(failure);
  }
  return {
    processId: process.pid,
    isAlive(processId) {
      try {
        process.kill(processId, 0);
        return true;
      } catch (error) {
        return (error as { code?: unknown }).code !== 'ESRCH';
      }
    },
    allocate(sizeBytes) {
      const { buffer } = Buffer.allocUnsafeSlow(sizeBytes);
      return buffer instanceof ArrayBuffer && buffer.byteLength === sizeBytes ? new Uint8Array(buffer) : new Uint8Array(sizeBytes);
    },
    openSync: (path) => fs.openSync(full(path), READ),
    readSync: (file, into, at) => fs.readSync(file, into, 0, into.length, at),
    read: (file, into, at) =>
      new Promise((resolve, reject) => {
        fs.read(file, into, 0, into.length, at, (error, count) => (error ? reject(error) : resolve(count)));
      }),
    closeSync: (file) => fs.closeSync(file),
    // Only what may wait for a disk or a server goes off the thread. Making the file is over before a thread would have been woken up.
    write: (path, parts, durable) =>
      new Promise((resolve, reject) => {
        const file = fs.openSync(full(path), CREATE, FILE_MODE);
        const end = (error: Error | null, written: number): void =>
          close(file, (unclosed) => {
            const failure = error ?? unclosed;
            if (failure) reject(failure);
            else resolve(written);
          });
        const finish = (error: Error | null, written: number): void => {
          if (error || !durable) end(error, written);
          else fs.fsync(file, (unflushed) => end(unflushed, written));
        };
        // A disk that fills up takes a part and says nothing: why there was not more it says when it is asked again.
        const go = (left: readonly Uint8Array[], before: number): void =>
          fs.writev(file, left, (error, count) => {
            const rest = error || !count ? [] : behind(left, count);
            if (rest.length) go(rest, before + count);
            else finish(error, before + count);
          });
        go(parts, 0);
      }),
    renameSync: (from, to) => fs.renameSync(full(from), full(to)),
    removeSync: (path) => fs.unlinkSync(full(path)),
    listSync: (path) => fs.readdirSync(full(path)),
    statSync(path) {
      const { size, mtimeMs } = fs.statSync(full(path));
      return { sizeBytes: size, mtimeMs };
    },
    touchSync(path, mtimeMs) {
      const seconds = mtimeMs / 1000;
      fs.utimesSync(full(path), seconds, seconds);
    },
    makeFolderSync: (path) => void fs.mkdirSync(full(path), { recursive: true, mode: FOLDER_MODE }),
    removeFolder: (path) => fs.promises.rm(full(path), { recursive: true, force: true }),
  };
}
