/**
 * Files of a cache. Callbacks rather than `fs.promises`: its handles cost more than what is read from them here.
 *
 * @module
 */
import * as fs from 'node:fs';
import process from 'node:process';
import type { CacheFiles } from '../types.ts';

const READ = 'r';
/** Never over another file. */
const CREATE = 'wx';
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** See {@link CacheFiles}. */
export function openCacheFiles(folder: string): CacheFiles {
  const full = (path: string): string => `${folder}/${path}`;
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
    openSync: (path) => fs.openSync(full(path), READ),
    readSync: (file, into, at) => fs.readSync(file, into, 0, into.length, at),
    read: (file, into, at) =>
      new Promise((resolve, reject) => {
        fs.read(file, into, 0, into.length, at, (error, count) => (error ? reject(error) : resolve(count)));
      }),
    closeSync: (file) => fs.closeSync(file),
    // Only what may wait for a disk or a server goes off the thread: bytes, and closing, which on network disks sends them. Making the file is
    // over before a thread would have been woken up.
    write: (path, parts, durable) =>
      new Promise((resolve, reject) => {
        const file = fs.openSync(full(path), CREATE, FILE_MODE);
        const end = (error: Error | null, written: number): void =>
          fs.close(file, (unclosed) => {
            const failure = error ?? unclosed;
            if (failure) reject(failure);
            else resolve(written);
          });
        fs.writev(file, parts, (error, written) => {
          if (error || !durable) end(error, written);
          else fs.fsync(file, (unflushed) => end(unflushed, written));
        });
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
