/**
 * A file with metadata: on the local disk, in the cloud, or both.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Hdf5File } from '../../hdf5/file/file.ts';
import type { Hdf5WritableFile } from '../../hdf5/write/file.ts';
import type { Hdf5Mode, Hdf5WriteMode } from '../../hdf5/modes.ts';
import type { AbortOptions } from '../../types.ts';
import type { PyDateTime } from '../date-time.ts';
import { CloudLocationNotSpecifiedError, FileExistsError, LocalLocationNotSpecifiedError } from '../errors.ts';
import { satisfies, type SatisfiesOptions } from '../filter/satisfies.ts';
import type { Criteria } from '../filter/types.ts';
import type { FileHandle } from '../../handle/file-handle.ts';
import { withHandle } from '../../handle/with-handle.ts';
import type { DataOf } from '../../handle/modes.ts';
import { formatJson } from '../json-write.ts';
import { LabelSet, type LabelsInput } from '../label.ts';
import { metadataHash } from '../metadata-hash.ts';
import { cloudPlaceOf, localPlaceOf, parentOf, samePlace } from '../place.ts';
import { tagsFrom, withTags, type Tags, type TagsInput } from '../tags.ts';
import { posixSeconds } from '../time-zone.ts';
import { timestampFrom, type TimestampInput } from '../timestamp.ts';
import type { PyObject, PyValue } from '../value.ts';
import { infoOf, saveCloudMetadata, writablePlace } from './cloud-object.ts';
import { contentHash } from './content-hash.ts';
import { fetchTo, refresh } from './fetch.ts';
import { copyTo, lookLocally, saveLocalMetadata, scratchPlace } from './local-copy.ts';
import { openFile, type OpenFileOptions } from './open-file.ts';
import { opensAsHdf5, signedUrlMs, type Block, type DatafileUrlOptions, type MetadataOptions } from './options.ts';
import type { SaveOptions } from './edit-content.ts';
import type { DatafileHdf5Options } from './open-hdf5.ts';
import type { DatafileHdf5WriteOptions } from './write-hdf5.ts';
import { namedMetadata, toPlain, toPrimitive, type DatafilePrimitive } from './primitive.ts';
import { metadataOf, nameOf, toText, type DatafileState } from './state.ts';
import { upload, type UploadOptions } from './upload.ts';

/**
 * A file with an id, a timestamp, tags and labels. Made by `openDatafile`, which reads the metadata; the content is read when it is asked for.
 *
 * @example
 * const datafile = await openDatafile('gs://bucket/path/data.csv');
 * datafile.tags = { manufacturer: 'Vestas' };
 * await datafile.open('a', async (file) => file.write('one more line\n'));
 */
export class Datafile {
  readonly #state: DatafileState;

  /** Use `openDatafile` or `deserialiseDatafile`. */
  constructor(state: DatafileState) {
    this.#state = state;
  }

  /** Its UUID, which never changes. */
  get id(): string {
    return this.#state.id;
  }

  /** The name given, else that of the object, else that of the file. */
  get name(): string {
    return nameOf(this.#state);
  }

  /** What stands behind the last dot of the name; empty when there is none, or only one in front. */
  get extension(): string {
    const { name } = this;
    const dot = name.lastIndexOf('.');
    return dot > 0 ? name.slice(dot + 1) : '';
  }

  /** When the data are from; `null` when nobody said. Set it to a `PyDateTime`, a `Date` or seconds since 1970. */
  get timestamp(): PyDateTime | null {
    return this.#state.timestamp;
  }

  /** @throws CloudError `InvalidArgument` */
  set timestamp(value: TimestampInput) {
    this.#state.timestamp = timestampFrom(value);
  }

  /** The timestamp in seconds since 1970, a naive one taken in the machine's zone. */
  get posixTimestamp(): number | null {
    const { timestamp } = this.#state;
    return timestamp && posixSeconds(timestamp);
  }

  /** Names with values. Change it or set another; it is stored by `updateMetadata`, `upload`, or on leaving a block that writes. */
  get tags(): Tags {
    return this.#state.tags;
  }

  /** @throws InvalidTagError */
  set tags(value: TagsInput) {
    this.#state.tags = tagsFrom(value);
  }

  /** A set of labels; what is added is checked. */
  get labels(): LabelSet {
    return this.#state.labels;
  }

  /** @throws InvalidLabelError */
  set labels(value: LabelsInput) {
    this.#state.labels = new LabelSet(value);
  }

  /** Where it is: the local path if there is one, else the URL. */
  get path(): string {
    return this.#state.local?.place.path ?? this.#state.cloud?.place.url ?? '';
  }

  /** Its URL, `null` when it is only local. That of a URL datafile may hold a signature. */
  get cloudPath(): string | null {
    return this.#state.cloud?.place.url ?? null;
  }

  /** Whether a local path is known; the file need not be there. */
  get existsLocally(): boolean {
    return this.#state.local !== undefined;
  }

  /** Whether a place in the cloud is known; the object need not be there. */
  get existsInCloud(): boolean {
    return this.#state.cloud !== undefined;
  }

  /** The bucket, or `null`. */
  get bucketName(): string | null {
    return this.#state.cloud?.place.bucket ?? null;
  }

  /** The key within the bucket, or `null`. */
  get pathInBucket(): string | null {
    const place = this.#state.cloud?.place;
    return place ? (place.kind === 'url' ? place.path : place.key) : null;
  }

  /** `gs`, `s3`, `mem`, `http`, `https`, or `null`. */
  get cloudProtocol(): string | null {
    return this.#state.cloud?.place.protocol ?? null;
  }

  /** The `.octue` file that holds its local metadata, or `null`. */
  get metadataPath(): string | null {
    const place = this.#state.local?.place;
    return place ? `${parentOf(place.path).replace(/\/$/, '')}/.octue` : null;
  }

  /** Size of the local file, else of the object, when it was last looked at; `null` when there was none or nobody looked. */
  get sizeBytes(): number | null {
    const { local, cloud } = this.#state;
    return local?.stat?.sizeBytes ?? cloud?.info?.sizeBytes ?? null;
  }

  /** When the local file, else the object, was changed, as far as it is known. */
  get lastModified(): Date | null {
    const { local, cloud } = this.#state;
    return local?.stat ? new Date(local.stat.mtimeMs) : (cloud?.info?.lastModified ?? null);
  }

  /** The metadata by their names in Octue's formats: `id`, `timestamp`, `tags`, `labels`, `sdk_version`, with `octue__` in front. */
  metadata(options: MetadataOptions = {}): Record<string, PyValue> {
    return namedMetadata(this.#state, options);
  }

  /** Adds labels; none when one is not valid. @throws InvalidLabelError */
  addLabels(...labels: string[]): void {
    this.#state.labels.update(...labels);
  }

  /** Adds tags, or sets them anew. @throws InvalidTagError */
  addTags(tags: TagsInput): void {
    this.#state.tags = withTags(this.#state.tags, tags);
  }

  /** Whether it satisfies one filter. @example datafile.satisfies({ labels__contains: 'a' }) */
  satisfies(criterion: Criteria<Datafile>, options?: SatisfiesOptions): boolean {
    return satisfies<Datafile>(this, criterion, options);
  }

  /**
   * CRC-32C of the content, base64: of the local file, else of the object, which is read when the store does not tell.
   *
   * @throws FileNotFoundError there is no content
   */
  async hashValue(options: AbortOptions = {}): Promise<string> {
    return this.#state.fixedHash ?? contentHash(this.#state, options);
  }

  /** The CRC-32C that the store tells, base64; `null` when it tells none, or there is no object. */
  async cloudHashValue(options: AbortOptions = {}): Promise<string | null> {
    const { cloud } = this.#state;
    if (!cloud) return null;
    return (await infoOf(cloud, options))?.crc32c ?? null;
  }

  /** Hash of timestamp, tags and labels; of the same metadata it is the same in every process. */
  metadataHashValue(): string {
    return metadataHash(metadataOf(this.#state));
  }

  /** Sets the hash by hand, once. @throws CloudError `InvalidArgument` when there is one */
  setHashValue(hash: string): void {
    if (this.#state.fixedHash !== undefined)
      throw new CloudError(`The hash of ${toText(this.#state)} is set already: resetHash() first`, { code: 'InvalidArgument' });
    this.#state.fixedHash = hash;
  }

  /** Lets go of a hash that was set by hand. */
  resetHash(): void {
    this.#state.fixedHash = undefined;
  }

  /**
   * Opens the content: from the local file, which is made from the cloud when there is none yet.
   *
   * What is written is seen by nobody before it is closed; then content and metadata are stored together, in the cloud too if it is there, unless
   * somebody else changed it meanwhile. With a block nothing is stored when it throws. Without one, `close()` or `await using` stores, unless a call
   * on the handle failed; `abort()` throws away.
   *
   * A file called `.hdf5` or `.h5` is opened as HDF5, as by {@link Datafile.openHdf5}, unless the mode has a `b`.
   *
   * @param mode Python's: `r`, `w`, `a` or `x`, with `+`, and `b` or `t`; of HDF5 h5py's. @default that of `openDatafile`, else `r`
   * @throws FileNotFoundError FileExistsError ReadOnlyResourceError
   * @throws ConflictError on closing: somebody else changed the file or the object; nothing was overwritten
   * @example
   * await datafile.open('w', async (file) => file.write('a,b\n1,2\n'));
   * await using file = await datafile.open('rb');
   * await scan.open('a', (file: Hdf5WritableFile) => file.setAttr('checked', true)); // of scan.h5
   */
  open<const M extends string = string>(mode?: M, options?: OpenFileOptions): Promise<FileHandle<DataOf<M>>>;
  open<T, const M extends string = string>(mode: M | undefined, block: Block<M, T>, options?: OpenFileOptions): Promise<T>;
  open<F extends Hdf5File | Hdf5WritableFile>(mode?: Hdf5Mode, options?: SaveOptions): Promise<F>;
  open<T>(mode: 'r' | undefined, block: (file: Hdf5File) => Promise<T> | T, options?: SaveOptions): Promise<T>;
  open<T>(mode: Hdf5WriteMode, block: (file: Hdf5WritableFile) => Promise<T> | T, options?: SaveOptions): Promise<T>;
  async open<T>(
    givenMode?: string,
    second?: OpenFileOptions | ((file: never) => Promise<T> | T),
    third?: OpenFileOptions,
  ): Promise<FileHandle | Hdf5File | Hdf5WritableFile | T> {
    const state = this.#state;
    const mode = givenMode ?? state.defaults.mode;
    const [options = {}, block] = typeof second === 'function' ? [third, second as (file: unknown) => Promise<T> | T] : [second];
    if (opensAsHdf5(nameOf(state), mode)) return (await import('./open-hdf5.ts')).openNamedHdf5(state, mode, options, block);
    const file = await openFile(state, mode, options);
    return block ? withHandle(file, block) : file;
  }

  /**
   * Opens the content as an HDF5 file, whatever it is called. To be read it is opened in the local file where there is one, else where it lies, of which
   * only what is looked at is fetched. To be written a working copy is made, which `close` stores together with the metadata, in the cloud too if the
   * file is there, unless somebody else changed it meanwhile. When storing fails what was written is kept: close again, or abort.
   *
   * @param mode h5py's: `r`, `r+`, `a`, `w`, `x` or `w-`. @default 'r'
   * @throws NotHdf5Error FileNotFoundError FileExistsError ReadOnlyResourceError; what `openHdf5` of anyfile/hdf5 throws
   * @throws ConflictError on closing: somebody else changed the file or the object; nothing was overwritten
   * @example
   * const scan = await openDatafile('s3://bucket/scan.h5');
   * const image = await (await scan.openHdf5()).dataset('/entry/image');
   * const file = await scan.openHdf5('r+');
   * await file.setAttr('checked', true);
   * await file.close();
   */
  openHdf5(mode?: 'r', options?: DatafileHdf5Options): Promise<Hdf5File>;
  openHdf5(mode: Hdf5WriteMode, options?: DatafileHdf5WriteOptions): Promise<Hdf5WritableFile>;
  async openHdf5(mode: Hdf5Mode = 'r', options: DatafileHdf5Options | DatafileHdf5WriteOptions = {}): Promise<Hdf5File | Hdf5WritableFile> {
    return (await import('./open-hdf5.ts')).openDatafileHdf5(this.#state, mode, options);
  }

  /** A path that other programs can open: the local one; from the cloud the content is brought first. @throws FileNotFoundError */
  async localPath(options: AbortOptions = {}): Promise<string> {
    return this.#state.local?.place.path ?? this.download(undefined, options);
  }

  /**
   * Brings the content to the disk, verified and whole or not at all.
   *
   * @param localPath where to; the datafile is there from then on. @default where it is, else a place that ends with the process
   * @returns the path
   * @throws CloudLocationNotSpecifiedError FileNotFoundError
   */
  async download(localPath?: string, options: AbortOptions = {}): Promise<string> {
    const state = this.#state;
    const { cloud, local } = state;
    if (!cloud) throw new CloudLocationNotSpecifiedError(`${toText(state)} has no place in the cloud`, { operation: 'download' });
    const wanted = localPath === undefined ? local?.place : localPlaceOf(state.context, localPath, 'A local path');
    if (wanted && local && samePlace(wanted, local.place) && (await lookLocally(local, options))) return wanted.path;
    state.local = await fetchTo(state, cloud, wanted ?? (await scratchPlace(state)), options);
    return state.local.place.path;
  }

  /**
   * Stores content and metadata in the cloud; what is there already with the same checksum is not sent.
   *
   * @param cloudPath where to; the datafile is there from then on. @default where it is
   * @returns its URL
   * @throws CloudLocationNotSpecifiedError ReadOnlyResourceError FileNotFoundError ConflictError
   * @throws CloudError `InvalidArgument`: more metadata than the store takes; nothing was sent
   */
  async upload(cloudPath?: string, options: UploadOptions = {}): Promise<string> {
    const state = this.#state;
    await upload(state, cloudPath === undefined ? undefined : cloudPlaceOf(state.context, cloudPath, 'A cloud path'), options);
    return state.cloud!.place.url;
  }

  /** Uploads to a URL; `null` forgets where it is in the cloud, and leaves the object there. @throws as {@link Datafile.upload} */
  async setCloudPath(cloudPath: string | null, options: UploadOptions = {}): Promise<void> {
    if (cloudPath !== null) return void (await this.upload(cloudPath, options));
    if (!this.#state.local) throw new CloudLocationNotSpecifiedError(`${toText(this.#state)} is nowhere but in the cloud`);
    this.#state.cloud = undefined;
  }

  /**
   * Brings or copies the content to a new path, where the datafile is from then on; a file that it was in before stays. `null` forgets the
   * local file.
   *
   * @throws FileExistsError something is there
   * @throws LocalLocationNotSpecifiedError `null`, and it is nowhere else
   */
  async setLocalPath(localPath: string | null, options: AbortOptions = {}): Promise<void> {
    const state = this.#state;
    if (localPath === null) {
      if (!state.cloud) throw new LocalLocationNotSpecifiedError(`${toText(state)} is nowhere but on the local disk`);
      state.local = undefined;
      return;
    }
    const place = localPlaceOf(state.context, localPath, 'A local path');
    const disk = await place.disk();
    if (await disk.stat(place.path, options)) throw new FileExistsError('something is there already', { key: place.path });
    const { cloud, local } = state;
    state.local = await (cloud ? fetchTo(state, cloud, place, { ...options, expected: null }) : copyTo(state, local!, place, options));
  }

  /** Stores the metadata: on the object if it is in the cloud, else in the folder's `.octue`. @throws as the two below */
  updateMetadata(options: AbortOptions = {}): Promise<void> {
    return this.#state.cloud ? this.updateCloudMetadata(options) : this.updateLocalMetadata(options);
  }

  /** Stores the metadata on the object. @throws CloudLocationNotSpecifiedError ReadOnlyResourceError FileNotFoundError ConflictError */
  updateCloudMetadata(options: AbortOptions = {}): Promise<void> {
    return saveCloudMetadata(this.#state, options);
  }

  /** Stores the metadata in the folder's `.octue`. @throws LocalLocationNotSpecifiedError FileNotFoundError */
  updateLocalMetadata(options: AbortOptions = {}): Promise<void> {
    return saveLocalMetadata(this.#state, options);
  }

  /**
   * Looks again at what is there, and takes over the metadata that are stored; changes that were made here are lost, also those to a
   * copy at no path of the user's when there is another version in the cloud now. A file at a path of the user's stays as it is: what is
   * uploaded from there then replaces what is in the cloud now.
   */
  refresh(options: AbortOptions = {}): Promise<void> {
    return refresh(this.#state, options);
  }

  /** A URL under which anybody can read it for a while. @throws CloudLocationNotSpecifiedError ReadOnlyResourceError */
  async generateSignedUrl({ expiresInMs = signedUrlMs, signal }: DatafileUrlOptions = {}): Promise<string> {
    const { place } = writablePlace(this.#state, 'generateSignedUrl');
    if (!place.store.signUrl) throw new CloudError('this store signs no URLs', { code: 'NotSupported', url: place.url });
    return place.store.signUrl(place.key, { expiresInMs, signal });
  }

  /** Everything but the content, as `deserialiseDatafile` takes it; nothing is downloaded. */
  toPrimitive(): DatafilePrimitive {
    return toPrimitive(this.#state);
  }

  /** The same as JSON text with sorted keys, as Octue's SDK writes it: without loss. */
  serialise(): string {
    return formatJson(toPrimitive(this.#state), { indent: 4, sortKeys: true });
  }

  /** For `JSON.stringify`, which does not tell 1.0 from 1 and has no NaN; {@link Datafile.serialise} is without loss. */
  toJSON(): PyObject {
    return toPlain(toPrimitive(this.#state));
  }

  /** `<Datafile('name')>` */
  toString(): string {
    return toText(this.#state);
  }

  /** Orders by name, for `sort`. */
  static compare(a: Datafile, b: Datafile): number {
    return a.name < b.name ? -1 : Number(a.name > b.name);
  }

  /** For the code beside this class. @internal */
  static stateOf(datafile: Datafile): DatafileState {
    return datafile.#state;
  }
}
