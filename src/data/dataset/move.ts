/**
 * Uploading and downloading whole datasets: many files at a time, none sent or fetched that is there already.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { startProgress, widthOf } from '../../files/progress.ts';
import type { ManyOptions } from '../../files/types.ts';
import { keyToPath } from '../../store/file-path.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { mapParallel } from '../../util/parallel.ts';
import { customMetadata } from '../datafile/cloud-object.ts';
import { Datafile } from '../datafile/datafile.ts';
import { linkCopy } from '../datafile/fetch.ts';
import { localCopyAt } from '../datafile/local-copy.ts';
import { metadataOf, metadataText } from '../datafile/state.ts';
import { upload, type UploadOptions } from '../datafile/upload.ts';
import { CloudLocationNotSpecifiedError, FileNotFoundError } from '../errors.ts';
import { withDatafile, withDataset } from '../octue-file.ts';
import { changeOctueFile } from '../octue-folder.ts';
import { parentOf, placeBelow, type CloudPlace, type LocalPlace } from '../place.ts';
import { openScratchFolder } from '../scratch.ts';
import { sdkVersion } from '../sdk-version.ts';
import { saveCloudRecord } from './record-store.ts';
import { datasetMetadata, datasetToText, pathInDataset, type DatasetState } from './state.ts';

/** Options of an upload of a dataset. */
export interface DatasetUploadOptions extends Omit<ManyOptions, 'total'>, Pick<UploadOptions, 'updateCloudMetadata'> {}

/** Options of a download of a dataset. */
export type DatasetDownloadOptions = Omit<ManyOptions, 'total'>;

interface Placed {
  datafile: Datafile;
  /** Below the dataset. */
  path: string;
}

/** Runs a task for every item; the first failure is thrown when all others are done. */
async function forAll<T>(
  items: readonly T[],
  width: number,
  task: (item: T, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  let failure: { error: unknown } | undefined;
  const attempt = async (item: T, _: number, inner: AbortSignal): Promise<void> => {
    try {
      await task(item, inner);
    } catch (error) {
      failure ??= { error };
    }
  };
  for await (const _ of mapParallel(items, width, attempt, { signal }));
  throwIfAborted(signal);
  if (failure) throw failure.error;
}

/**
 * Uploads all files below a prefix, then the record; the dataset is there from then on. When a file fails the others still go, the record does
 * not, and the dataset stays where it was: the same call goes on.
 */
export async function uploadDataset(state: DatasetState, to: CloudPlace, options: DatasetUploadOptions): Promise<void> {
  const { updateCloudMetadata, signal } = options;
  const placed = [...state.files].map((datafile): Placed => {
    const path = pathInDataset(state, datafile);
    if (path !== undefined) return { datafile, path };
    throw new CloudError(`${String(datafile)} is outside ${datasetToText(state)}, so it has no place below the target`, {
      code: 'InvalidArgument',
      operation: 'upload',
    });
  });
  // All that can be known to fail fails before anything is sent.
  if (updateCloudMetadata !== false)
    for (const { datafile, path } of placed) customMetadata(Datafile.stateOf(datafile), placeBelow(to, path), undefined);
  const { context } = state;
  const tell = startProgress(options.progress ?? context.options.progress, 'upload', options, placed);
  const found = { any: false };
  const one = async ({ datafile, path }: Placed, inner: AbortSignal): Promise<void> => {
    const file = Datafile.stateOf(datafile);
    await upload(file, placeBelow(to, path), { updateCloudMetadata, found, signal: inner });
    tell(path, datafile.sizeBytes ?? 0);
  };
  await forAll(placed, widthOf({ context }, options.parallel), one, signal);
  const known = state.place.kind === 'cloud' && state.place.url === to.url ? state.cloudRecord : undefined;
  await saveCloudRecord(state, to, known, { signal });
  state.place = to;
  state.path = to.url;
}

/**
 * Downloads all files that are in the cloud, with their metadata and the dataset's in `.octue` files. What is there already with the same
 * checksum is not fetched; another file that is newer is not replaced.
 *
 * @returns the folder's path
 */
export async function downloadDataset(state: DatasetState, to: LocalPlace | undefined, options: DatasetDownloadOptions): Promise<string> {
  const { context, place } = state;
  const { signal } = options;
  if (place.kind === 'local')
    throw new CloudLocationNotSpecifiedError(`${datasetToText(state)} is not in the cloud`, { operation: 'download' });
  const folder = to ?? (await openScratchFolder());
  const placed = [...state.files].flatMap((datafile): Placed[] => {
    if (!datafile.existsInCloud) return [];
    const path = pathInDataset(state, datafile) ?? datafile.name;
    // What a listing or a document calls a file must not lead out of the folder.
    keyToPath(folder.path, path);
    return [{ datafile, path }];
  });
  const tell = startProgress(options.progress ?? context.options.progress, 'download', options, placed);
  const one = async ({ datafile, path }: Placed, inner: AbortSignal): Promise<void> => {
    const file = Datafile.stateOf(datafile);
    await linkCopy(file, await localCopyAt(placeBelow(folder, path), { signal: inner }), { signal: inner });
    if (!file.local?.stat) throw new FileNotFoundError(`${String(datafile)} is not in the cloud any more`, { operation: 'download' });
    tell(path, datafile.sizeBytes ?? 0);
  };
  await (await folder.disk()).makeDirectory(folder.path, { signal });
  await forAll(placed, widthOf({ context }, options.parallel), one, signal);
  await writeRecords(state, folder, placed, { signal });
  return folder.path;
}

/** One `.octue` file in each folder. */
async function writeRecords(
  state: DatasetState,
  folder: LocalPlace,
  placed: readonly Placed[],
  options: { signal?: AbortSignal | undefined },
): Promise<void> {
  const { context } = state;
  const disk = await folder.disk();
  const folders = new Map<string, Placed[]>([[folder.path, []]]);
  for (const one of placed) {
    const path = parentOf(placeBelow(folder, one.path).path);
    folders.set(path, [...(folders.get(path) ?? []), one]);
  }
  for (const [path, members] of folders) {
    const change: Parameters<typeof changeOctueFile>[3] = (file) => {
      let changed = path === folder.path ? withDataset(file, datasetMetadata(state, folder.path)) : file;
      for (const { datafile, path: below } of members) {
        const name = below.slice(below.lastIndexOf('/') + 1);
        changed = withDatafile(changed, name, metadataOf(Datafile.stateOf(datafile)), sdkVersion);
      }
      return changed;
    };
    await changeOctueFile(context, disk, path, change, options);
    for (const { datafile } of members) {
      const { local } = Datafile.stateOf(datafile);
      if (local) local.saved = metadataText(Datafile.stateOf(datafile));
    }
  }
}
