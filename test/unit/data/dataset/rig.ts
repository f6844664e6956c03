/**
 * Settings for datasets: those of datafiles, with whole trees of files.
 *
 * @module
 */
import type { Dataset } from '../../../../src/data/dataset/dataset.ts';
import { openDataset, type DatasetOptions } from '../../../../src/data/dataset/open-dataset.ts';
import type { ClientOptions } from '../../../../src/index.ts';
import { test } from '../../../harness.ts';
import { ownKinds, withSetting, type CloudKind, type Setting } from '../datafile/places.ts';

export { allKinds, ownKinds, requestsOf } from '../datafile/places.ts';

/** What a test gets besides. */
export interface Rig extends Setting {
  openDs(path: string, options?: DatasetOptions): Promise<Dataset>;
  /** Writes local files, their paths relative to the folder. */
  putTree(files: Readonly<Record<string, string>>): Promise<void>;
  /** Writes objects, their keys relative to the prefix. */
  putObjects(files: Readonly<Record<string, string>>): Promise<void>;
  /** All local files below the folder with their texts, without `.octue` files. */
  localTree(below?: string): Promise<Record<string, string>>;
  /** All keys below the prefix, sorted. */
  keys(below?: string): Promise<string[]>;
  /** JSON of the `.octue` file of a folder. */
  octue(below?: string): Promise<{ dataset?: Record<string, unknown>; datafiles?: Record<string, Record<string, unknown>> }>;
  /** JSON of the `.octue` object below a prefix. */
  cloudOctue(below: string): Promise<{ dataset?: Record<string, unknown>; [other: string]: unknown }>;
}

/** Files of a dataset as they are below it, in its order. */
export function below(dataset: Dataset, base: string = dataset.path): string[] {
  return [...dataset].map((datafile) => {
    const path = dataset.existsLocally ? datafile.path : datafile.cloudPath!;
    return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : path;
  });
}

/** The files of many tests. */
export const tree: Readonly<Record<string, string>> = { 'a.csv': 'one', 'b.txt': 'two', 'sub/a.csv': 'three', 'sub/deep/c.csv': 'four' };

/** An error of that name. */
export const named =
  (name: string) =>
  (error: Error): boolean =>
    error.name === name;

function rigOf(setting: Setting): Rig {
  const { client, folder, disk, store, putLocal, localText, cloudText } = setting;
  const walk = async (at: string, found: Record<string, string>, from: number): Promise<Record<string, string>> => {
    for (const { name, kind } of (await disk.list(at)) ?? []) {
      if (kind === 'directory') await walk(`${at}/${name}`, found, from);
      else if (name !== '.octue') found[`${at}/${name}`.slice(from)] = (await localText(`${at}/${name}`.slice(folder.length + 1)))!;
    }
    return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  return {
    ...setting,
    openDs: (path, options = {}) => openDataset(path, { client, ...options }),
    async putTree(files) {
      for (const [name, text] of Object.entries(files)) await putLocal(name, text);
    },
    async putObjects(files) {
      for (const [name, text] of Object.entries(files)) await store.put(name, text);
    },
    localTree(at = '') {
      const top = `${folder}${at && `/${at}`}`;
      return walk(top, {}, top.length + 1);
    },
    async keys(at = '') {
      const found: string[] = [];
      for await (const { objects } of store.list({ prefix: at })) found.push(...objects.map(({ key }) => key));
      return found.sort();
    },
    octue: async (at = '') => JSON.parse((await localText(`${at && `${at}/`}.octue`)) ?? '{}') as never,
    cloudOctue: async (at) => JSON.parse((await cloudText(`${at}/.octue`)) ?? '{}') as never,
  };
}

/** Opens a rig and takes it away. */
export const withRig = <T>(kind: CloudKind, use: (rig: Rig) => Promise<T>, more: ClientOptions = {}): Promise<T> =>
  withSetting(kind, (setting) => use(rigOf(setting)), more);

/** Registers one test for each kind of cloud. */
export function everywhere(what: string, fn: (rig: Rig) => Promise<void>, kinds: readonly CloudKind[] = ownKinds): void {
  for (const kind of kinds) test(`dataset, ${kind}: ${what}`, () => withRig(kind, fn), { timeoutMs: 60_000 });
}

/** Registers one test that needs the local disk alone. */
export function locally(what: string, fn: (rig: Rig) => Promise<void>): void {
  test(`dataset, local: ${what}`, () => withRig('mem', fn), { timeoutMs: 60_000 });
}
