/**
 * Records of uploads in a folder: one JSON file each, made whole by a rename.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Disk } from '../platform/types.ts';
import { linkSignals } from '../util/abort.ts';
import { gather, once } from '../util/streams.ts';
import type { UploadRecord, UploadRecords } from './types.ts';

/** A process that was killed loses its lock after ten seconds. */
const holdMs = 12_000;

const isRecord = (value: Partial<UploadRecord> | null): value is UploadRecord =>
  typeof value?.id === 'string' &&
  typeof value.url === 'string' &&
  typeof value.key === 'string' &&
  typeof value.uploadId === 'string' &&
  typeof value.partBytes === 'number' &&
  typeof value.options === 'object' &&
  typeof value.source?.kind === 'string' &&
  typeof value.fingerprint?.sizeBytes === 'number';

/**
 * Opens the records of a folder, which is made with the first one.
 *
 * @param folder absolute path, `/`-separated
 * @param waitMs how long to wait for what somebody else holds, who may be dead
 */
export function openFolderRecords(disk: Disk, folder: string, waitMs: number = holdMs): UploadRecords {
  const pathOf = (id: string): string => {
    if (!/^[\da-f]{32}$/.test(id)) throw new CloudError('no id of an upload', { code: 'InvalidArgument', operation: 'put' });
    return `${folder}/${id}.json`;
  };
  const get = async (id: string): Promise<UploadRecord | undefined> => {
    const file = await disk.open(pathOf(id));
    if (!file) return undefined;
    try {
      const text = new TextDecoder().decode(await gather(file.read(0, file.sizeBytes)));
      const value = JSON.parse(text) as Partial<UploadRecord> | null;
      if (!isRecord(value) || value.id !== id) throw new SyntaxError('no record of an upload');
      return { ...value, begun: new Date(value.begun) };
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      throw new CloudError('the record of an upload is damaged', { code: 'InvalidFile', operation: 'put', key: `${id}.json`, cause });
    } finally {
      await file.close();
    }
  };
  return {
    get,
    async list() {
      const entries = (await disk.list(folder)) ?? [];
      const ids = entries.map(({ name }) => /^([\da-f]{32})\.json$/.exec(name)?.[1]).filter((id) => id !== undefined);
      const records = await Promise.all(ids.map(get));
      return records.filter((record) => record !== undefined);
    },
    async put(record) {
      await disk.write(pathOf(record.id), once(new TextEncoder().encode(JSON.stringify(record))));
    },
    async remove(id) {
      await disk.remove(pathOf(id));
    },
    async hold(id) {
      await disk.makeDirectory(folder);
      const link = linkSignals();
      const late = new DOMException('somebody else has it', 'TimeoutError');
      const timer = setTimeout(() => link.abort(late), waitMs);
      return await new Promise<(() => Promise<void>) | undefined>((resolve, reject) => {
        const held = (): Promise<void> =>
          new Promise<void>((release) => {
            clearTimeout(timer);
            resolve(async () => {
              release();
              await holding;
            });
          });
        const holding = disk
          .lock(pathOf(id), held, { signal: link.signal })
          .catch((error: unknown) => (error === late ? resolve(undefined) : reject(error as Error)))
          .finally(() => clearTimeout(timer));
      });
    },
  };
}
