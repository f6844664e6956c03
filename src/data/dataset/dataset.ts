/**
 * A folder of datafiles with metadata of its own: on the local disk or in the cloud.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { mapParallel } from '../../util/parallel.ts';
import type { Datafile } from '../datafile/datafile.ts';
import { LocalLocationNotSpecifiedError } from '../errors.ts';
import type { FilterSet } from '../filter/containers.ts';
import { datasetHash } from '../hash.ts';
import { formatJson } from '../json-write.ts';
import { LabelSet, sortedLabels, type LabelsInput } from '../label.ts';
import { metadataHash } from '../metadata-hash.ts';
import { octueFileName } from '../octue-file.ts';
import { cloudPlaceOf, localPlaceOf, type LocalPlace } from '../place.ts';
import { copyTags, tagsFrom, withTags, type Tags, type TagsInput } from '../tags.ts';
import type { PyObject } from '../value.ts';
import { addFile, type AddOptions } from './add.ts';
import { downloadDataset, uploadDataset, type DatasetDownloadOptions, type DatasetUploadOptions } from './move.ts';
import { noCloudPlace, saveCloudRecord, saveLocalRecord, saveRecord } from './record-store.ts';
import { signDataset, type DatasetUrlOptions } from './signed.ts';
import { datasetMetadata, datasetName, datasetToText, filePaths, pathInDataset, writableDatasetPlace, type DatasetState } from './state.ts';

/**
 * A set of datafiles with an id, a name, tags and labels. Made by `openDataset`.
 *
 * @example
 * const dataset = await openDataset('campaign');
 * dataset.tags = { site: 'north' };
 * await dataset.upload('gs://bucket/campaign');
 * for (const datafile of dataset) console.log(datafile.name, datafile.sizeBytes);
 */
export class Dataset implements Iterable<Datafile> {
  readonly #state: DatasetState;

  /** Use `openDataset` or `deserialiseDataset`. */
  constructor(state: DatasetState) {
    this.#state = state;
  }

  // ---------------------------------------------------------------- what it is

  /** Its UUID. */
  get id(): string {
    return this.#state.id;
  }

  /** The name given or stored, else that of the folder. */
  get name(): string {
    return datasetName(this.#state);
  }

  set name(name: string) {
    this.#state.name = name;
  }

  /** Names with values; stored by `updateMetadata`, `upload` or `edit`. */
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

  /** Adds labels; none when one is not valid. @throws InvalidLabelError */
  addLabels(...labels: string[]): void {
    this.#state.labels.update(...labels);
  }

  /** Adds tags, or sets them anew. @throws InvalidTagError */
  addTags(tags: TagsInput): void {
    this.#state.tags = withTags(this.#state.tags, tags);
  }

  /** Where it is, as it was given. That of a signed dataset is its URL. */
  get path(): string {
    return this.#state.path;
  }

  /** Its files, to be filtered and ordered. */
  get files(): FilterSet<Datafile> {
    return this.#state.files;
  }

  /** How many files there are. */
  get size(): number {
    return this.#state.files.size;
  }

  /** The sum of their sizes, as far as these are known. */
  get totalBytes(): number {
    let sum = 0;
    for (const { sizeBytes } of this.#state.files) sum += sizeBytes ?? 0;
    return sum;
  }

  /** Whether it is in the cloud. */
  get existsInCloud(): boolean {
    return this.#state.place.kind !== 'local';
  }

  /** Whether it is on the local disk. */
  get existsLocally(): boolean {
    return this.#state.place.kind === 'local';
  }

  /** Whether each file is in the cloud; so it is when there are none. */
  get allFilesAreInCloud(): boolean {
    return [...this.#state.files].every((datafile) => datafile.existsInCloud);
  }

  /** The bucket, or `null`. */
  get bucketName(): string | null {
    const { place } = this.#state;
    return place.kind === 'local' ? null : place.bucket;
  }

  /** The prefix within the bucket, or `null`. */
  get pathInBucket(): string | null {
    const { place } = this.#state;
    return place.kind === 'local' ? null : place.kind === 'url' ? place.path : place.key;
  }

  /** `gs`, `s3`, `mem`, `http`, `https`, or `null`. */
  get cloudProtocol(): string | null {
    const { place } = this.#state;
    return place.kind === 'local' ? null : place.protocol;
  }

  /** Where its own metadata are stored. */
  get metadataPath(): string {
    const { place } = this.#state;
    return place.kind === 'url' ? place.url : `${(place.kind === 'local' ? place.path : place.url).replace(/\/$/, '')}/${octueFileName}`;
  }

  /** Each file. */
  [Symbol.iterator](): Iterator<Datafile> {
    return this.#state.files[Symbol.iterator]();
  }

  /** Whether this very datafile is a member. */
  has(datafile: Datafile): boolean {
    return this.#state.files.has(datafile);
  }

  /** Where a file is below the dataset, with `/` between the parts; undefined when it is elsewhere. */
  pathOf(datafile: Datafile): string | undefined {
    return pathInDataset(this.#state, datafile);
  }

  /** The only file with a label. @throws FilterError `UnexpectedNumberOfResults` */
  getFileByLabel(label: string): Datafile {
    return this.#state.files.one({ labels__contains: label });
  }

  // ---------------------------------------------------------------- hashes

  /** Hash of the hashes of all files, whatever they are called. @throws FileNotFoundError a file has no content */
  async hashValue(options: AbortOptions = {}): Promise<string> {
    const { fixedHash, files, context } = this.#state;
    if (fixedHash !== undefined) return fixedHash;
    const hashes: string[] = [];
    const one = (datafile: Datafile, _: number, signal: AbortSignal): Promise<string> => datafile.hashValue({ signal });
    for await (const hash of mapParallel(files, context.options.concurrency ?? 32, one, options)) hashes.push(hash);
    return datasetHash(hashes);
  }

  /** Hash of name, tags and labels. */
  metadataHashValue(): string {
    return metadataHash(datasetMetadata(this.#state));
  }

  // ---------------------------------------------------------------- doing

  /**
   * Brings a file into the dataset: to its folder or under its prefix, unless it is there.
   *
   * @throws FileExistsError another file is in its place in the folder
   * @throws ReadOnlyResourceError
   */
  add(datafile: Datafile, options: AddOptions = {}): Promise<void> {
    return addFile(this.#state, datafile, options);
  }

  /**
   * Uploads all files, many at a time, and the dataset's metadata: one request for each, and one. Files that are there with the same checksum are
   * not sent, so that the same call goes on where one broke off.
   *
   * @param cloudPath where to; the dataset is there from then on. @default where it is
   * @returns its URL
   * @throws CloudLocationNotSpecifiedError ReadOnlyResourceError
   * @throws CloudError `InvalidArgument`: a file outside the dataset, or more metadata than the store takes; nothing was sent
   * @throws ConflictError something was changed in the cloud meanwhile; it was not overwritten
   */
  async upload(cloudPath?: string, options: DatasetUploadOptions = {}): Promise<string> {
    const state = this.#state;
    const to =
      cloudPath === undefined
        ? writableDatasetPlace(state, 'upload', noCloudPlace(state, 'upload'))
        : cloudPlaceOf(state.context, cloudPath, 'A cloud path');
    await uploadDataset(state, to, options);
    return to.url;
  }

  /**
   * Downloads all files, many at a time, and writes their metadata and the dataset's beside them.
   *
   * @param folder made when it is missing. @default one that ends with the process
   * @returns its absolute path
   * @throws CloudLocationNotSpecifiedError
   * @throws FileExistsError another file is in place of one, and newer
   */
  async download(folder?: string, options: DatasetDownloadOptions = {}): Promise<string> {
    const state = this.#state;
    return downloadDataset(state, folder === undefined ? undefined : localPlaceOf(state.context, folder, 'The folder'), options);
  }

  /** Stores the dataset's own metadata where it is. @throws ReadOnlyResourceError ConflictError */
  updateMetadata(options: AbortOptions = {}): Promise<void> {
    return saveRecord(this.#state, options);
  }

  /** The same, if it is in the cloud. @throws CloudLocationNotSpecifiedError ReadOnlyResourceError ConflictError */
  async updateCloudMetadata(options: AbortOptions = {}): Promise<void> {
    const state = this.#state;
    const operation = 'updateCloudMetadata';
    await saveCloudRecord(state, writableDatasetPlace(state, operation, noCloudPlace(state, operation)), state.cloudRecord, options);
  }

  /** The same, if it is on the local disk; its folder is made when it is missing. @throws LocalLocationNotSpecifiedError ConflictError */
  async updateLocalMetadata(options: AbortOptions = {}): Promise<void> {
    const { place } = this.#state;
    if (place.kind !== 'local') throw new LocalLocationNotSpecifiedError(`${String(this)} is not on the local disk`);
    await saveLocalRecord(this.#state, place, options);
  }

  /** Runs a block, then stores the dataset's metadata; not when it throws. @example await dataset.edit((dataset) => dataset.labels.add('checked')) */
  async edit<T>(block: (dataset: this) => Promise<T> | T, options: AbortOptions = {}): Promise<T> {
    const result = await block(this);
    await this.updateMetadata(options);
    return result;
  }

  /**
   * A URL under which anybody can open the dataset for a while, with `openDataset`. It is that of a document beside the files; each call
   * writes another one.
   *
   * @throws CloudLocationNotSpecifiedError ReadOnlyResourceError
   */
  generateSignedUrl(options: DatasetUrlOptions = {}): Promise<string> {
    return signDataset(this.#state, options);
  }

  // ---------------------------------------------------------------- as data

  /** `id`, `name`, `tags`, `labels`, `path`, and `files` as paths. */
  toPrimitive({ includeFiles = true }: { includeFiles?: boolean | undefined } = {}): PyObject {
    const { id, tags, labels, path } = this.#state;
    const all: PyObject = { id, name: this.name, tags: copyTags(tags), labels: sortedLabels(labels), path };
    if (includeFiles) all['files'] = filePaths(this.#state);
    return all;
  }

  /** The same as JSON text with sorted keys, as Octue's SDK writes it: without loss. */
  serialise(): string {
    return formatJson(this.toPrimitive(), { indent: 4, sortKeys: true });
  }

  /** For `JSON.stringify`, which does not tell 1.0 from 1; {@link Dataset.serialise} does. */
  toJSON(): PyObject {
    return JSON.parse(formatJson(this.toPrimitive())) as PyObject;
  }

  /** `<Dataset('name')>` */
  toString(): string {
    return datasetToText(this.#state);
  }

  /** {@link Dataset.download} to a place. @internal */
  static downloadTo(dataset: Dataset, folder: LocalPlace, options: DatasetDownloadOptions): Promise<string> {
    return downloadDataset(dataset.#state, folder, options);
  }

  /** For the code beside this class. @internal */
  static stateOf(dataset: Dataset): DatasetState {
    return dataset.#state;
  }
}
