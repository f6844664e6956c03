/**
 * The `.octue` file of a folder on disk: read, and changed under a lock so that nobody's record is lost. A reader sees the old file or the
 * new one, whole.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import type { Disk, DiskStat } from '../platform/types.ts';
import type { StoreContext } from '../store/context.ts';
import type { AbortOptions } from '../types.ts';
import { delay } from '../util/abort.ts';
import { once } from '../util/streams.ts';
import { encodeUtf8 } from '../util/utf8.ts';
import { emptyOctueFile, formatOctueFile, octueFileName, readOctueFile, type OctueFile } from './octue-file.ts';
import { readFile } from './read-file.ts';
import { warn } from '../store/warn.ts';

const pathIn = (folder: string): string => `${folder === '/' ? '' : folder}/${octueFileName}`;

interface Read {
  file: OctueFile;
  text: string | undefined;
  version: string | undefined;
}

/** How long a writer that empties the file before it fills it may take, in ms: the original does so. */
const tornMs = 30;

/** Reads the file; what is malformed, or changes meanwhile, is read again, for it may be in the middle of being written. */
async function read(context: StoreContext, disk: Disk, folder: string, options: AbortOptions): Promise<Read> {
  for (let tries = 0; ; tries++) {
    const found = await readOnce(disk, folder, options).catch((error: unknown) => {
      if (!isCloudError(error, 'ObjectChanged') || tries === 9) throw error;
    });
    const problem = found?.file.problem;
    if (found && (!problem || tries > 0)) {
      if (problem) {
        const message = `${problem.message}: it is taken for empty, and the next save replaces it; mend or delete it`;
        warn(context, new CloudError(message, { code: 'InvalidArgument', key: pathIn(folder), cause: problem }));
      }
      return found;
    }
    await delay(tornMs, options.signal);
  }
}

async function readOnce(disk: Disk, folder: string, options: AbortOptions): Promise<Read> {
  const found = await readFile(disk, pathIn(folder), options);
  if (!found) return { file: emptyOctueFile, text: undefined, version: undefined };
  return { file: readOctueFile(found.bytes), text: new TextDecoder().decode(found.bytes), version: found.version };
}

/** The records of a folder; none when there is no file. What is malformed is told as a warning. */
export async function loadOctueFile(context: StoreContext, disk: Disk, folder: string, options: AbortOptions = {}): Promise<OctueFile> {
  return (await read(context, disk, folder, options)).file;
}

/**
 * Changes the records of a folder. Who else uses anyfile waits; a writer that knows no lock is noticed by the file's version, and the change
 * is made again on what that wrote.
 *
 * @param change what becomes of the records; pure, for it may be called again. What it throws ends the call and changes nothing
 * @param also done in the lock, before the records are written; when it fails they stay as they are
 * @throws CloudError `NotFound` when the folder is missing
 */
export async function changeOctueFile(
  context: StoreContext,
  disk: Disk,
  folder: string,
  change: (file: OctueFile) => OctueFile,
  { also, ...options }: AbortOptions & { also?: (() => Promise<void>) | undefined } = {},
): Promise<void> {
  const path = pathIn(folder);
  await disk.lock(
    path,
    async () => {
      let first = true;
      for (let tries = 0; ; tries++) {
        const { file, text, version } = await read(context, disk, folder, options);
        // Where writing makes folders on demand, this one is made by nobody but who wants a folder.
        if (version === undefined && (await disk.stat(folder, options))?.kind !== 'directory')
          throw new CloudError('there is no such folder', { code: 'NotFound', key: folder });
        const wanted = formatOctueFile(change(file));
        if (first) await also?.();
        first = false;
        if (wanted === text) return;
        const condition = (now: DiskStat | null): void => {
          if (now?.version !== version) throw new CloudError('changed meanwhile', { code: 'PreconditionFailed', key: path });
        };
        try {
          await disk.write(path, once(encodeUtf8(wanted)), { ...options, condition });
          return;
        } catch (error) {
          if (!isCloudError(error, 'PreconditionFailed') || tries === 9) throw error;
        }
      }
    },
    options,
  );
}

/** Runs a task while nobody else who uses anyfile changes records of the folder, or files with them. */
export const lockFolder = <T>(disk: Disk, folder: string, task: () => Promise<T>, options: AbortOptions): Promise<T> =>
  disk.lock(pathIn(folder), task, options);
