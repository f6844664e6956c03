/**
 * Datasets by their names on the command line.
 *
 * @module
 */
import { isCloudError, openDataset, redactUrl, type Datafile, type Dataset } from '../index.ts';
import { attempt } from './attempt.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { isDisk, isWeb, type Place } from './session.ts';
import { humanSize } from './sizes.ts';

/** Which files of a dataset are meant. */
export interface ChoiceOptions {
  include?: readonly string[];
  exclude?: readonly string[];
  recursive?: boolean;
}

/** A dataset and where it is. */
export interface Opened {
  dataset: Dataset;
  place: Place;
  /** A file's path in the dataset, or by itself when it lies elsewhere; without what may be secret. */
  below(datafile: Datafile): string;
  /** A file's whole path, without what may be secret. */
  shown(datafile: Datafile): string;
}

/** A bad pattern is a mistake on the command line. */
async function checkPatterns({ client, signal }: Task, { include, exclude }: ChoiceOptions): Promise<void> {
  if (!include && !exclude) return;
  try {
    await openDataset('mem://pattern-check', { client, include, exclude, signal });
  } catch (error) {
    if (isCloudError(error, 'InvalidArgument')) throw new UsageError(error.message);
  }
}

/** Open what a name stands for; `undefined` when that failed, which is told then. @throws UsageError */
export async function openAt(task: Task, path: string, options: ChoiceOptions, ignoreStoredMetadata = false): Promise<Opened | undefined> {
  const place = await task.session.parse(path);
  await checkPatterns(task, options);
  let opened: Opened | undefined;
  await attempt(task, place.shown, async () => {
    opened = await open(task, place, options, ignoreStoredMetadata);
  });
  return opened;
}

async function open(task: Task, place: Place, options: ChoiceOptions, ignoreStoredMetadata: boolean): Promise<Opened> {
  const { client, session, signal } = task;
  const { parallel } = task.options;
  const { include, exclude, recursive } = options;
  const { root, key } = place;
  const mustBeThere = async (): Promise<void> => {
    if (isWeb(root) || (await session.isFolder(place))) return;
    throw new ItemError((await session.find(root, key)) ? 'is a file, not a directory' : 'does not exist');
  };
  if (isDisk(root)) await mustBeThere();
  const choice = { include, exclude, recursive, ignoreStoredMetadata };
  const dataset = await openDataset(session.url(root, key), { client, signal, parallel, ...choice });
  if (dataset.size === 0) await mustBeThere();
  const base = place.shown.replace(/(?<=.)\/+$/, '');
  return {
    dataset,
    place,
    below: (datafile) => dataset.pathOf(datafile) ?? datafile.name,
    shown(datafile) {
      const path = dataset.pathOf(datafile);
      if (path !== undefined && !isWeb(root)) return `${base === '/' ? '' : base}/${path}`;
      const url = datafile.cloudPath ?? datafile.path;
      return isWeb(url) ? redactUrl(url) : url;
    },
  };
}

/** The number of files and their bytes, as the last line of what is listed or done. */
export const totalText = (files: number, sizeBytes: number): string =>
  `${files} ${files === 1 ? 'file' : 'files'}, ${humanSize(sizeBytes)}`;
