/**
 * Which of the steps that were laid out can be made: found before the first byte is written.
 *
 * @module
 */
import type { EncodingOption } from '../index.ts';
import { findClashes, foldsNames } from './clash.ts';
import { ItemError, type Task } from './io.ts';
import { refusal, type Step } from './plan.ts';
import { mapInOrder } from './pool.ts';
import { isDisk } from './session.ts';

/** Encodings by all their names, and what they add to a name on a disk. */
export const SUFFIXES: Readonly<Record<string, string>> = {
  gzip: '.gz',
  br: '.br',
  zstd: '.zstd',
  bz2: '.bz2',
  bzip2: '.bz2',
  xz: '.xz',
  lzma: '.xz',
};

/** Files in flight, where nobody says otherwise. */
export const copyWidth = 32;

/** Last parts of names that every disk takes. */
const PLAIN = /^(?!(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$))[a-z\d](?:[\w.-]{0,80}\w)?$/i;

const withEnding = (name: string, ending: string): string => (name.endsWith(ending) ? name : name + ending);

/** What the source's own name says of its encoding: nothing in buckets, whose files say it in a header. */
export const endingOf = ({ key, name }: Step['entry']): string => key.slice(name.length);

/** The path of a key on its disk. */
export const pathOf = (root: string, key: string): string => `${root.slice('file://'.length).replace(/\/$/, '')}/${key}`;

/** The name on a disk of what a header says is encoded. */
export const storedNameOf = ({ name }: Step, contentEncoding: string | undefined): string =>
  withEnding(name, SUFFIXES[contentEncoding ?? ''] ?? '');

/** The name under which a step's bytes will be on a disk: an encoding shows in it. */
export async function storedName(task: Task, step: Step, encoding: EncodingOption | undefined): Promise<string> {
  const { session, signal } = task;
  const { entry, name } = step;
  if (encoding === undefined && session.suffixed(entry.root)) return withEnding(name, endingOf(entry));
  const stored = encoding ?? (await session.files(entry.root).head(entry.name, { signal }))?.contentEncoding;
  return storedNameOf(step, stored ? String(stored) : undefined);
}

/** What the steps are to do. */
export interface Intent {
  /** @default as stored */
  encoding?: EncodingOption | undefined;
  /** The sources are taken away. @default false */
  moves?: boolean | undefined;
}

/**
 * Steps that can be made. Others are told: names that lead out, that the destination cannot hold together, or that stay where they are; of moves also
 * those that would replace what is still to be moved.
 */
export async function feasible(task: Task, steps: readonly Step[], { encoding, moves = false }: Intent = {}): Promise<Step[]> {
  const { session, out, options } = task;
  const root = steps[0]?.root;
  if (root === undefined) return [];
  const disk = isDisk(root);
  const place = { keysAsPrefixes: !disk, folds: disk && (await foldsNames(session.files(root).url.replace('file://', ''))) };
  const names = steps.map(({ name }) => name);
  // `x` may become `x.gz`: looked into only where both names are there
  const all = new Set(names);
  const paired = (name: string): boolean => Object.values(SUFFIXES).some((suffix) => all.has(name + suffix));
  if (disk) for (const [i, step] of steps.entries()) if (paired(step.name)) names[i] = await storedName(task, step, encoding);
  const clashes = findClashes(names, place);
  const same = moves ? await import('./same-file.ts') : undefined;
  const replacing = await same?.replacingSources(task, steps, encoding);
  // on a disk it is renamed, which does no harm and may be what is meant: `A` becomes `a`
  const isSame = async (step: Step): Promise<boolean> =>
    encoding === undefined && (step.from === step.to || (!disk && (await same?.isItself(task, step, encoding)) === true));
  const good: Step[] = [];
  // a plain name is refused for its folder's sake alone
  const folders = new Map<string, Promise<unknown>>();
  const refused = (step: Step): Promise<unknown> => {
    const cut = step.name.lastIndexOf('/') + 1;
    if (!PLAIN.test(step.name.slice(cut))) return refusal(task, step);
    const folder = step.name.slice(0, cut);
    const known = folders.get(folder) ?? refusal(task, step);
    folders.set(folder, known);
    return known;
  };
  let index = 0;
  for await (const outcome of mapInOrder(steps, options.parallel ?? copyWidth, refused)) {
    if ('error' in outcome) throw outcome.error;
    const { item, value: reason } = outcome;
    const other = clashes.get(index++);
    if (reason) out.fail(item.from, reason);
    else if (other !== undefined) out.fail(item.from, new ItemError(`clashes with ${other} at the destination (not copied)`));
    else if (await isSame(item)) out.fail(item.from, new ItemError('source and destination are the same file'));
    else if (replacing?.has(item)) out.fail(item.from, new ItemError(`${item.to} is to be moved itself (not moved)`));
    else good.push(item);
  }
  return good;
}
