/**
 * A named collection of datasets, as Octue services exchange it.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import type { AbortOptions } from '../../types.ts';
import { Dataset } from '../dataset/dataset.ts';
import type { DatasetDownloadOptions } from '../dataset/move.ts';
import { loadDataset } from '../dataset/open-dataset.ts';
import type { DatasetUrlOptions } from '../dataset/signed.ts';
import { openScratchFolder } from '../scratch.ts';
import { manifestHash } from '../hash.ts';
import { formatJson } from '../json-write.ts';
import { manifestMetadataHash } from '../metadata-hash.ts';
import { cloudPlaceOf, placeBelow, placeOf, samePlace } from '../place.ts';
import { sdkVersion } from '../sdk-version.ts';
import { entriesOf, keysOf, objectOf, type PyObject } from '../value.ts';

/** All of a manifest. */
export interface ManifestState {
  readonly context: StoreContext;
  readonly id: string;
  name: string | null;
  datasets: Record<string, Dataset>;
}

/** Options of {@link Manifest.download}. */
export interface ManifestDownloadOptions extends DatasetDownloadOptions {
  /** Folders for datasets, by name. @default sub-folders of one that ends with the process */
  paths?: Readonly<Record<string, string>> | undefined;
  /** Download those too that have no path of their own. @default true */
  downloadAll?: boolean | undefined;
}

/** The names of datasets that are wanted, as in a service's configuration. */
export interface ManifestSpecification {
  datasets: Readonly<Record<string, unknown>>;
}

/**
 * Datasets by name. Made by `openManifest`.
 *
 * @example
 * const manifest = await openManifest({ datasets: { met_mast: 'gs://bucket/met-mast' } });
 * await manifest.useSignedUrlsForDatasets();
 * await manifest.toCloud('gs://bucket/manifest.json');
 */
export class Manifest {
  readonly #state: ManifestState;

  /** Use `openManifest` or `deserialiseManifest`. */
  constructor(state: ManifestState) {
    this.#state = state;
  }

  /** Its UUID. */
  get id(): string {
    return this.#state.id;
  }

  /** `null` when it has none. */
  get name(): string | null {
    return this.#state.name;
  }

  set name(name: string | null) {
    this.#state.name = name;
  }

  /** The datasets by their names, in the order given. */
  get datasets(): Readonly<Record<string, Dataset>> {
    return this.#state.datasets;
  }

  #entries(): [string, Dataset][] {
    return entriesOf(this.#state.datasets);
  }

  /** Whether each file of each dataset is in the cloud; a dataset without files is where its path is. */
  get allDatasetsAreInCloud(): boolean {
    return this.#entries().every(([, dataset]) => (dataset.size ? dataset.allFilesAreInCloud : dataset.existsInCloud));
  }

  /** A dataset by its name. @throws CloudError `InvalidArgument`: there is none; the message tells which there are */
  getDataset(name: string): Dataset {
    const { datasets } = this.#state;
    if (Object.hasOwn(datasets, name)) return datasets[name]!;
    const names = keysOf(datasets).join(', ') || 'none';
    throw new CloudError(`${String(this)} has no dataset '${name.slice(0, 80)}'; it has ${names}`, { code: 'InvalidArgument' });
  }

  /** `id` and `sdk_version`. */
  metadata(): PyObject {
    return { id: this.id, sdk_version: sdkVersion };
  }

  /** Hash of the names and hashes of the datasets. @throws FileNotFoundError a file has no content */
  async hashValue(options: AbortOptions = {}): Promise<string> {
    const hashes = this.#entries().map(async ([name, dataset]): Promise<[string, string]> => [name, await dataset.hashValue(options)]);
    return manifestHash(await Promise.all(hashes));
  }

  /** Always the same: a manifest has no metadata but its id. */
  metadataHashValue(): string {
    return manifestMetadataHash;
  }

  /**
   * Downloads datasets; those on the local disk stay where they are.
   *
   * @returns the folders by the names of the datasets
   */
  async download({ paths, downloadAll = true, ...options }: ManifestDownloadOptions = {}): Promise<Record<string, string>> {
    for (const name of Object.keys(paths ?? {})) this.getDataset(name);
    const found: [string, string][] = [];
    let rest: Awaited<ReturnType<typeof openScratchFolder>> | undefined;
    for (const [name, dataset] of this.#entries()) {
      if (!dataset.existsInCloud) continue;
      if (paths && Object.hasOwn(paths, name)) found.push([name, await dataset.download(paths[name], options)]);
      else if (downloadAll || paths === undefined) {
        rest ??= await openScratchFolder();
        found.push([name, await Dataset.downloadTo(dataset, placeBelow(rest, folderName(name, found.length)), options)]);
      }
    }
    return objectOf(found) as Record<string, string>;
  }

  /** Gives each dataset another path; its files are not touched. @param makePath called with one dataset after the other */
  async updateDatasetPaths(makePath: (dataset: Dataset) => string | Promise<string>): Promise<void> {
    for (const [, dataset] of this.#entries()) {
      const path = await makePath(dataset);
      const state = Dataset.stateOf(dataset);
      const place = placeOf(state.context, path);
      state.path = path;
      if (samePlace(place, state.place)) continue;
      // Its files lie where they lay, and of the record at the other place nothing is known.
      Object.assign(state, { place, filesAt: state.filesAt ?? state.place, saved: undefined, cloudRecord: undefined });
    }
  }

  /** Puts signed URLs in place of the paths of datasets in buckets; once that is done another call changes nothing. @throws as `Dataset.generateSignedUrl` */
  async useSignedUrlsForDatasets(options: DatasetUrlOptions = {}): Promise<void> {
    await this.updateDatasetPaths((dataset) =>
      Dataset.stateOf(dataset).place.kind === 'cloud' ? dataset.generateSignedUrl(options) : dataset.path,
    );
  }

  /** Writes the manifest, not its datasets, as one object. @returns its URL */
  async toCloud(cloudPath: string, { signal }: AbortOptions = {}): Promise<string> {
    const { store, key, url } = cloudPlaceOf(this.#state.context, cloudPath, 'A cloud path');
    await store.put(key, this.serialise(), { contentType: 'text/plain', signal });
    return url;
  }

  /**
   * Fills an empty manifest with a dataset for each name of a specification, in the folder of that name.
   *
   * @throws CloudError `InvalidArgument`: it has datasets already
   */
  async prepare({ datasets }: ManifestSpecification, options: AbortOptions = {}): Promise<this> {
    const state = this.#state;
    if (keysOf(state.datasets).length) {
      throw new CloudError(`${String(this)} has datasets already`, { code: 'InvalidArgument', operation: 'prepare' });
    }
    const made = Object.keys(datasets).map(async (name): Promise<[string, Dataset]> => [
      name,
      new Dataset(await loadDataset(state.context, name, options)),
    ]);
    state.datasets = objectOf((await Promise.all(made)) as never) as unknown as Record<string, Dataset>;
    return this;
  }

  /** `id`, `name`, `datasets`: by their paths, those that were made of named files in full. */
  toPrimitive(): PyObject {
    const datasets = this.#entries().map(
      ([name, dataset]) => [name, Dataset.stateOf(dataset).fromFiles ? dataset.toPrimitive() : dataset.path] as const,
    );
    return { id: this.id, name: this.name, datasets: objectOf(datasets) };
  }

  /** The same as JSON text with sorted keys, as Octue's SDK writes it. */
  serialise(): string {
    return formatJson(this.toPrimitive(), { indent: 4, sortKeys: true });
  }

  /** For `JSON.stringify`. */
  toJSON(): PyObject {
    return JSON.parse(formatJson(this.toPrimitive())) as PyObject;
  }

  /** `<Manifest('name')>`, or its id in place of a name. */
  toString(): string {
    return this.name === null ? `<Manifest(${this.id})>` : `<Manifest('${this.name}')>`;
  }
}

/** A name of a dataset as that of a folder, on any disk: each name gives another one. @param nth in place of the end of a long name */
function folderName(name: string, nth: number): string {
  const escaped = name.replace(/[^\w. -]|^[. ]|[. ]$/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escaped && escaped.length <= 200 ? escaped : `${escaped.slice(0, 180)}%~${nth}`;
}
