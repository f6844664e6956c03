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
import { linkCopy, wouldFetch } from '../datafile/fetch.ts';
import { localCopyAt } from '../datafile/local-copy.ts';
import { metadataOf, metadataText } from '../datafile/state.ts';
import { upload, type UploadOptions } from '../datafile/upload.ts';
import { wouldUpload } from '../datafile/upload-plan.ts';
import { CloudLocationNotSpecifiedError, FileNotFoundError } from '../errors.ts';
import { withDataset, type OctueFile } from '../octue-file.ts';
import { changeOctueFile } from '../octue-folder.ts';
import { parentOf, placeBelow, type CloudPlace, type LocalPlace } from '../place.ts';
import { datafileRecord, objectAt, withKey } from '../record.ts';
import { openScratchFolder } from '../scratch.ts';
import { sdkVersion } from '../sdk-version.ts';
import { entriesOf, objectOf } from '../value.ts';
import { saveCloudRecord } from './record-store.ts';
import { datasetMetadata, datasetToText, pathInDataset, type DatasetState } from './state.ts';

/** How one file of an upload or download ended. */
export interface MovedFile {
  /** Below the dataset. */
  path: string;
  sizeBytes: number;
  /** It was there already, so that no content was sent or fetched; its metadata are stored all the same. */
  skipped: boolean;
  /** Why it failed; the first such error is also what the call rejects with, when all other files are done. */
  error?: unknown;
}

/** Options of a download of a dataset. */
export interface DatasetDownloadOptions extends Omit<ManyOptions, 'total'> {
  /** Told of every file when it is done or has failed, in no order. What it throws counts as that file's failure. */
  onFile?: ((file: MovedFile) => void) | undefined;
  /** Change nothing: `onFile` is told what would become of each file. @default false */
  dryRun?: boolean | undefined;
}

/** Options of an upload of a dataset. */
export interface DatasetUploadOptions extends DatasetDownloadOptions, Pick<UploadOptions, 'updateCloudMetadata'> {}

interface Placed {
  datafile: Datafile;
  /** Below the dataset. */
  path: string;
}

/** Runs a task for every item, first alone for the one in front; the first failure is thrown when all others are done. */
async function forAll<T>(
  front: readonly T[],
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
  for await (const _ of mapParallel(front, 1, attempt, { signal }));
  for await (const _ of mapParallel(items, width, attempt, { signal }));
  throwIfAborted(signal);
  if (failure) throw failure.error;
}

/** Runs the task of one file, which gives whether content was moved, and tells how it ended. */
function telling(
  { onFile }: DatasetDownloadOptions,
  task: (placed: Placed, signal: AbortSignal) => Promise<boolean>,
): (placed: Placed, signal: AbortSignal) => Promise<void> {
  return async (placed, signal) => {
    const { datafile, path } = placed;
    let moved: boolean;
    try {
      moved = await task(placed, signal);
    } catch (error) {
      onFile?.({ path, sizeBytes: datafile.sizeBytes ?? 0, skipped: false, error });
      throw error;
    }
    onFile?.({ path, sizeBytes: datafile.sizeBytes ?? 0, skipped: !moved });
  };
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
  const one = telling(options, async ({ datafile, path }, inner) => {
    const file = Datafile.stateOf(datafile);
    if (options.dryRun) return wouldUpload(file, placeBelow(to, path), { signal: inner });
    const sent = await upload(file, placeBelow(to, path), { updateCloudMetadata, found, signal: inner });
    tell(path, datafile.sizeBytes ?? 0);
    return sent;
  });
  await forAll(...scoutFirst(placed, to), widthOf({ context }, options.parallel), one, signal);
  if (options.dryRun) return;
  const known = state.place.kind === 'cloud' && state.place.url === to.url ? state.cloudRecord : undefined;
  await saveCloudRecord(state, to, known, { signal });
  state.place = to;
  state.path = to.url;
  state.filesAt = undefined;
}

/**
 * The smallest file that is to go to a new place, and the others. It goes alone: when something is there already, as after an upload that broke
 * off, the others look before they send.
 */
function scoutFirst(placed: readonly Placed[], to: CloudPlace): [front: Placed[], rest: Placed[]] {
  const isNew = ({ datafile, path }: Placed): boolean => datafile.cloudPath !== placeBelow(to, path).url && datafile.existsLocally;
  const sizeOf = ({ datafile }: Placed): number => datafile.sizeBytes ?? 0;
  const [scout] = placed.filter(isNew).sort((a, b) => sizeOf(a) - sizeOf(b));
  return scout ? [[scout], placed.filter((one) => one !== scout)] : [[], [...placed]];
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
  checkApart(state, placed);
  const tell = startProgress(options.progress ?? context.options.progress, 'download', options, placed);
  const one = telling(options, async ({ datafile, path }, inner) => {
    const file = Datafile.stateOf(datafile);
    const copy = await localCopyAt(placeBelow(folder, path), { signal: inner });
    const gone = (): FileNotFoundError =>
      new FileNotFoundError(`${String(datafile)} is not in the cloud any more`, { operation: 'download' });
    if (options.dryRun) {
      const fetches = await wouldFetch(file, copy, { signal: inner });
      if (!fetches && !copy.stat) throw gone();
      return fetches;
    }
    await linkCopy(file, copy, { signal: inner });
    if (!file.local?.stat) throw gone();
    tell(path, datafile.sizeBytes ?? 0);
    return file.local !== copy;
  });
  if (!options.dryRun) await (await folder.disk()).makeDirectory(folder.path, { signal });
  await forAll([], placed, widthOf({ context }, options.parallel), one, signal);
  if (options.dryRun) return folder.path;
  await writeRecords(state, folder, placed, { signal });
  return folder.path;
}

/** Files from elsewhere go by their names alone, and so could replace each other. @throws CloudError `InvalidArgument` */
function checkApart(state: DatasetState, placed: readonly Placed[]): void {
  const taken = new Map<string, string | null>();
  for (const { datafile, path } of placed) {
    const { cloudPath } = datafile;
    if ((taken.get(path) ?? cloudPath) !== cloudPath) {
      const message = `two files of ${datasetToText(state)} would be downloaded to one path`;
      throw new CloudError(message, { code: 'InvalidArgument', key: path, operation: 'download' });
    }
    taken.set(path, cloudPath);
  }
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
    const members = folders.get(path);
    if (members) members.push(one);
    else folders.set(path, [one]);
  }
  for (const [path, members] of folders) {
    const change: Parameters<typeof changeOctueFile>[3] = (file) =>
      withMembers(path === folder.path ? withDataset(file, datasetMetadata(state, folder.path)) : file, members);
    await changeOctueFile(context, disk, path, change, options);
    for (const { datafile } of members) {
      const { local } = Datafile.stateOf(datafile);
      if (local) local.saved = metadataText(Datafile.stateOf(datafile));
    }
  }
}

/** The file with the records of all members. Put in one by one, each would cost a copy of all others. */
function withMembers(file: OctueFile, members: readonly Placed[]): OctueFile {
  if (!members.length) return file;
  const records = new Map(entriesOf(objectAt(file.root, 'datafiles') ?? {}));
  for (const { datafile, path } of members) {
    records.set(path.slice(path.lastIndexOf('/') + 1), datafileRecord(metadataOf(Datafile.stateOf(datafile)), sdkVersion));
  }
  return { root: withKey(file.root, 'datafiles', objectOf(records)) };
}
