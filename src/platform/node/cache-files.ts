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

/** The result of one call with a callback. */
const called = <T>(call: (done: (error: Error | null, result?: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, result) => {
      if (error) reject(error);
      else resolve(result as T);
    });
  });

const close = (file: number): Promise<void> => called((done) => fs.close(file, done));

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
    read: (file, into, at) => called<number>((done) => fs.read(file, into, 0, into.length, at, done)),
    closeSync: (file) => fs.closeSync(file),
    async write(path, parts, durable) {
      const file = await called<number>((done) => fs.open(full(path), CREATE, FILE_MODE, done));
      let written: number;
      try {
        written = await called<number>((done) => fs.writev(file, parts, done));
        if (durable) await called<void>((done) => fs.fsync(file, done));
      } catch (error) {
        await close(file).catch(() => {});
        throw error;
      }
      await close(file);
      return written;
    },
    rename: (from, to) => called((done) => fs.rename(full(from), full(to), done)),
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
