/**
 * Objects as files of one folder. What a file cannot hold (metadata, content headers, ETags) is kept beside them, in `.anyfile.serve` below
 * the folder: one JSON file an object, called after the SHA-256 of its key, with the version of the file that it belongs to. What was
 * changed by others has no such record: its ETag is computed when it is first asked for.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { join, sep } from 'node:path';
import { isCloudError, openStore, type GetResult, type ObjectInfo, type ObjectStore } from '../../index.ts';
import { S3Error } from './errors.ts';
import { createLocks, type Lock } from './locks.ts';
import { plainPayload, type Payload } from './payload.ts';

/** Name of the folder with all that is not an object. Not `.anyfile-…`: such names are temporary files, and are tidied away. */
export const STATE_FOLDER = '.anyfile.serve';

/** What is kept with an object besides its bytes. */
export interface About {
  /** Content-Type and the like, by their lower-case names. */
  headers: Record<string, string>;
  /** Without `x-amz-meta-`. */
  metadata: Record<string, string>;
}

interface ObjectRecord extends About {
  key: string;
  /** Of the file, as the store tells it. */
  version: string;
  /** With quotes. */
  etag: string;
  checksums?: Record<string, string> | undefined;
}

/** An object that is there. */
export interface Stored extends Omit<ObjectRecord, 'version'> {
  sizeBytes: number;
  /** In whole seconds, as HTTP tells it. */
  lastModified: Date;
}

/** Throws where an object may not be written, replaced or deleted; asked when nothing else can come in between. */
export type Condition = (now: Stored | null) => void;

/** The objects of one folder. */
export interface Shelf {
  /** All of them, as files. */
  readonly files: ObjectStore;
  /** Parts of uploads and the like. */
  readonly state: ObjectStore;
  readonly stateFolder: string;
  readonly lock: Lock;
  head(key: string): Promise<Stored | null>;
  /** What is there at this moment, opened; `null` where nothing is. */
  open(key: string, range?: { start: number; end: number }): Promise<{ stored: Stored; body: GetResult } | null>;
  /** Whole or not at all. @param etagOf of the body's digest, with quotes. @default its MD5 */
  put(key: string, payload: Payload, about: About, options?: { condition?: Condition; etag?: string }): Promise<Stored>;
  /** Other metadata and headers for the same bytes; `null` where nothing is. */
  describe(key: string, about: About, condition: Condition): Promise<Stored | null>;
  remove(key: string, condition?: Condition): Promise<void>;
}

const recordsInMemory = 20_000;

const refuse = (): S3Error => new S3Error(403, 'AccessDenied', `Keys may not begin with ${STATE_FOLDER}`);

/** Whether a key is of the server's own folder, on disks too that take capitals for small letters. */
export const isState = (key: string): boolean => key.split('/', 1)[0]!.normalize('NFC').toLowerCase() === STATE_FOLDER;

/** The same as the store takes it, a null where it finds nothing. */
async function orNull<T>(work: Promise<T | null>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    // a key that can be no file is none
    if (isCloudError(error, 'InvalidArgument')) return null;
    throw error;
  }
}

/** Folders without any file in them, so that a file may take their place. */
async function removeEmpty(path: string): Promise<void> {
  try {
    for (const entry of await fs.readdir(path, { withFileTypes: true })) {
      if (!entry.isDirectory()) return;
      await removeEmpty(join(path, entry.name));
    }
    await fs.rmdir(path);
  } catch {
    // it is no folder, or not empty
  }
}

/**
 * Open a folder.
 *
 * @param folder absolute; must be there
 * @param readOnly keep nothing on the disk: what is found out is kept in memory
 */
export function createShelf(folder: string, readOnly: boolean): Shelf {
  const files = openStore(folder);
  const stateFolder = join(folder, STATE_FOLDER);
  const state = openStore(stateFolder);
  const lock = createLocks();
  const known = new Map<string, ObjectRecord>();
  let top: string | undefined;

  /** Parents are looked at by the store; the file itself may be a link as well. */
  async function checkInside(key: string): Promise<void> {
    if (isState(key)) throw refuse();
    top ??= await fs.realpath(folder);
    const real = await fs.realpath(join(folder, key)).catch(() => undefined);
    if (real !== undefined && !real.startsWith(top.endsWith(sep) ? top : top + sep))
      throw new S3Error(403, 'AccessDenied', 'This file is a link that leads out of the folder');
  }

  const recordKey = (key: string): string => {
    const hash = createHash('sha256').update(key).digest('hex');
    return `objects/${hash.slice(0, 2)}/${hash.slice(2)}.json`;
  };
  const remember = (record: ObjectRecord): void => {
    known.delete(record.key);
    known.set(record.key, record);
    if (known.size > recordsInMemory) known.delete(known.keys().next().value!);
  };
  async function save(record: ObjectRecord): Promise<void> {
    if (!readOnly) await state.put(recordKey(record.key), JSON.stringify(record));
    remember(record);
  }

  /** What is kept for this version of a file; found out where nothing is. Under the key's lock. */
  async function recordOf({ key, etag: version = '' }: ObjectInfo): Promise<ObjectRecord> {
    const inMemory = known.get(key);
    if (inMemory?.version === version) return inMemory;
    try {
      const kept = (await (await state.get(recordKey(key)))?.json()) as ObjectRecord | undefined;
      if (kept?.key === key && kept.version === version) {
        remember(kept);
        return kept;
      }
    } catch {
      // broken off by a power cut: what it said is lost, and the file is as good as one that others made
    }
    const found = await files.get(key, { ifMatch: version });
    const payload = plainPayload(found ? found.stream() : new Blob([]).stream());
    for await (const _ of payload.chunks);
    const record: ObjectRecord = { key, version, etag: `"${payload.digest().md5.toString('hex')}"`, headers: {}, metadata: {} };
    try {
      await save(record);
    } catch {
      // a disk that takes nothing: it is found out again next time
      remember(record);
    }
    return record;
  }

  const storedOf = ({ version: _, ...record }: ObjectRecord, info: ObjectInfo): Stored => ({
    ...record,
    sizeBytes: info.sizeBytes,
    lastModified: new Date(Math.floor((info.lastModified?.getTime() ?? 0) / 1000) * 1000),
  });

  async function look(key: string): Promise<{ info: ObjectInfo; stored: Stored } | null> {
    await checkInside(key);
    const info = await orNull(files.head(key));
    return info && { info, stored: storedOf(await recordOf(info), info) };
  }

  return {
    files,
    state,
    stateFolder,
    lock,

    head: (key) => lock(key, async () => (await look(key))?.stored ?? null),

    open: (key, range) =>
      lock(key, async () => {
        const found = await look(key);
        const body = found && (await files.get(key, { ifMatch: found.info.etag, ...(range && { range }) }));
        return found && body && { stored: found.stored, body };
      }),

    async put(key, payload, about, { condition, etag } = {}) {
      await checkInside(key);
      let failure: { error: unknown } | undefined;
      let release: (() => void) | undefined;
      // between the last byte and the record nobody else sees or changes the key
      async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
        try {
          yield* payload.chunks;
          release = await lock.hold(key);
          if (condition) condition((await look(key))?.stored ?? null);
          await removeEmpty(join(folder, key));
        } catch (error) {
          failure = { error };
          throw error;
        }
      }
      try {
        const written = await files.put(key, chunks());
        const { md5, checksums } = payload.digest();
        const record: ObjectRecord = {
          ...about,
          key,
          version: written.etag ?? '',
          etag: etag ?? `"${md5.toString('hex')}"`,
          ...(Object.keys(checksums).length > 0 && { checksums }),
        };
        await save(record);
        const info = await files.head(key);
        return storedOf(record, info ?? { key, sizeBytes: payload.digest().sizeBytes, metadata: {} });
      } catch (error) {
        throw failure ? failure.error : error;
      } finally {
        release?.();
      }
    },

    describe: (key, about, condition) =>
      lock(key, async () => {
        const found = await look(key);
        if (!found) return null;
        condition(found.stored);
        const { etag, checksums } = found.stored;
        // so that whoever compares times sees a change
        await files.touch!(key);
        const info = await files.head(key);
        if (!info) return null;
        const record: ObjectRecord = { ...about, key, version: info.etag ?? '', etag, ...(checksums && { checksums }) };
        await save(record);
        return storedOf(record, info);
      }),

    remove: (key, condition) =>
      lock(key, async () => {
        if (condition) condition((await look(key))?.stored ?? null);
        else await checkInside(key);
        try {
          await files.delete(key);
        } catch (error) {
          // what can be no file is not there
          if (!isCloudError(error, 'InvalidArgument') && !isCloudError(error, 'NotFound') && !isCloudError(error, 'AlreadyExists'))
            throw error;
        }
        known.delete(key);
        await state.delete(recordKey(key));
      }),
  };
}
