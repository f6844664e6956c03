/**
 * Making manifests: of datasets that are named, or from where one was written.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { StoreContext } from '../../store/context.ts';
import { contextOf, type SessionOptions } from '../../store/session.ts';
import type { AbortOptions } from '../../types.ts';
import { Dataset } from '../dataset/dataset.ts';
import { deserialiseDataset, openDataset } from '../dataset/open-dataset.ts';
import { FileNotFoundError } from '../errors.ts';
import { newId, normaliseId } from '../id.ts';
import { parseJson } from '../json-read.ts';
import { placeOf, type Place } from '../place.ts';
import { readFile } from '../read-file.ts';
import { anyPath, pathsFrom, type PathCheck } from '../trust.ts';
import { entriesOf, isPlainObject, objectOf, type PyObject, type PyValue } from '../value.ts';
import { Manifest } from './manifest.ts';

/** What a manifest may be made of: datasets, their paths, or serialised datasets, by name. */
export interface ManifestInput {
  datasets?: Readonly<Record<string, Dataset | string | PyObject>> | undefined;
  /** @default random */
  id?: string | undefined;
  name?: string | null | undefined;
}

/** Options of {@link openManifest}. */
export interface ManifestOptions extends SessionOptions, AbortOptions {
  /** Of the datasets and their files. @default false */
  ignoreStoredMetadata?: boolean | undefined;
  /** Take paths of the local disk, and hosts of S3 services, from a manifest that was read from elsewhere. @default false */
  trusted?: boolean | undefined;
}

/**
 * Open a manifest; its datasets are opened, all at once.
 *
 * @param source datasets by name, or where a manifest was written: `gs://`, `s3://`, a URL, or a local file. One from elsewhere is data: it may
 *   not name files of this machine, unless it is trusted
 * @throws FileNotFoundError there is none
 * @throws CloudError `InvalidResponse`: what is there is no manifest; `PermissionDenied`: it names what it may not
 * @example
 * const manifest = await openManifest('gs://bucket/manifest.json');
 * const dataset = manifest.getDataset('met_mast');
 */
export async function openManifest(source: string | ManifestInput, options: ManifestOptions = {}): Promise<Manifest> {
  const context = contextOf(options);
  if (typeof source !== 'string') return build(context, source, anyPath, options);
  const place = placeOf(context, source);
  const root = parse(await readText(place, options), place);
  const { id, name = null, datasets = {} } = root;
  if (typeof id !== 'string' || !isPlainObject(datasets)) throw notOne('it has no id, or no datasets', place);
  const given = { id, name: typeof name === 'string' ? name : null, datasets: datasets as Record<string, PyObject> };
  return build(context, given, place.kind === 'local' || options.trusted ? anyPath : pathsFrom(context, place, 'manifest'), options);
}

/**
 * A manifest from its serialised form, as `toPrimitive` or `serialise` gives it or Octue's SDK wrote it; it counts as the user's own. Its datasets are
 * opened.
 *
 * @throws CloudError `InvalidArgument`: not a serialised manifest, or one with keys that are not known
 */
export async function deserialiseManifest(value: PyObject | string, options: ManifestOptions = {}): Promise<Manifest> {
  const root = typeof value === 'string' ? parseJson(value) : value;
  const unknown = isPlainObject(root) ? Object.keys(root).filter((key) => !['id', 'name', 'datasets'].includes(key)) : ['no object'];
  if (unknown.length) throw new CloudError(`Not a serialised manifest: it has ${unknown.join(', ')}`, { code: 'InvalidArgument' });
  return build(contextOf(options), root as ManifestInput, anyPath, options);
}

async function build(
  context: StoreContext,
  { datasets, id, name }: ManifestInput,
  check: PathCheck,
  options: ManifestOptions,
): Promise<Manifest> {
  const given = datasets instanceof Map ? [...(datasets as Map<string, PyObject>)] : entriesOf(datasets ?? {});
  // All are looked at before any is opened.
  for (const [, one] of given) for (const path of pathsIn(one)) check(path);
  const { ignoreStoredMetadata, trusted, signal } = options;
  const about = { client: { context }, ignoreStoredMetadata, trusted, signal };
  const opened = given.map(async ([key, one]): Promise<[string, Dataset]> => {
    if (one instanceof Dataset) return [key, one];
    const dataset = typeof one === 'string' ? await openDataset(one, about) : await deserialiseDataset(one, about);
    // A signed document names files too.
    for (const datafile of dataset) check(datafile.cloudPath ?? datafile.path);
    return [key, dataset];
  });
  return new Manifest({
    context,
    id: id === undefined || id === null ? newId() : normaliseId(id),
    name: name ?? null,
    datasets: objectOf((await Promise.all(opened)) as never) as unknown as Record<string, Dataset>,
  });
}

/** All paths that an entry names itself. */
function pathsIn(one: Dataset | string | PyObject): string[] {
  if (one instanceof Dataset) return [];
  if (typeof one === 'string') return [one];
  if (!isPlainObject(one)) throw new CloudError('a dataset of a manifest is a path, an object or a Dataset', { code: 'InvalidArgument' });
  const textsAt = (value: PyValue | undefined): string[] => {
    if (typeof value === 'string') return [value];
    if (Array.isArray(value)) return (value as PyValue[]).flatMap(textsAt);
    return isPlainObject(value) ? ['path', 'local_path', 'cloud_path'].flatMap((key) => textsAt(value[key] ?? undefined)) : [];
  };
  const path = one['path'] ?? '.';
  if (typeof path !== 'string') throw new CloudError('the path of a dataset of a manifest is no text', { code: 'InvalidArgument' });
  return [path, ...textsAt(one['files'])];
}

async function readText(place: Place, { signal }: AbortOptions): Promise<string> {
  const missing = (): FileNotFoundError =>
    new FileNotFoundError('there is no manifest', { url: place.kind === 'local' ? undefined : place.url });
  if (place.kind === 'local') {
    const file = await readFile(await place.disk(), place.path, { signal });
    if (!file) throw missing();
    return new TextDecoder().decode(file.bytes);
  }
  const result = await place.store.get(place.key, { signal });
  if (!result) throw missing();
  return result.text();
}

function parse(text: string, place: Place): PyObject {
  let root: PyValue;
  try {
    root = parseJson(text);
  } catch (cause) {
    throw notOne('it is no JSON', place, cause);
  }
  if (isPlainObject(root)) return root;
  throw notOne('it is no object', place);
}

const notOne = (why: string, place: Place, cause?: unknown): CloudError =>
  new CloudError(`Not a manifest: ${why}`, { code: 'InvalidResponse', url: place.kind === 'local' ? undefined : place.url, cause });
