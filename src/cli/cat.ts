/**
 * `anyfile cat`: the bytes of files, decoded where the store says that they are encoded.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { GetResult } from '../index.ts';
import { attempting } from './attempt.ts';
import { BrokenPipe, ItemError, UsageError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import type { Start } from './run.ts';
import { filesOf, fromStdin, select, selections } from './select.ts';
import { isWeb, type Entry } from './session.ts';

/** Files up to this size are read ahead of their turn. */
const aheadBytes = 8 << 20;
const width = 8;

interface Range {
  start: number;
  end?: number | undefined;
}

/** `START-END`, `START-`, `-END`, in bytes; END is exclusive. */
function parseRange(text: string): Range {
  const match = /^(\d*)-(\d*)$/.exec(text.trim());
  const [start, end] = [Number(match?.[1] || 0), match?.[2] ? Number(match[2]) : undefined];
  if (!match || text.trim() === '-' || !Number.isSafeInteger(start) || (end !== undefined && (end < start || !Number.isSafeInteger(end)))) {
    throw new InvalidArgumentError('Write START-END in bytes, END exclusive; either may be left out.');
  }
  return { start, end };
}

/** The whole file when it is small or encoded, `undefined` when it is to be streamed, `null` when it is missing. */
async function readAhead({ session, signal }: Task, { root, name, key }: Entry): Promise<Uint8Array | null | undefined> {
  const result = key === name ? await session.store(root).get(name, { signal }) : null;
  if (result) {
    if (!result.contentEncoding && result.totalBytes > aheadBytes) return discard(result, undefined);
    if (!result.contentEncoding || result.decoded) return result.bytes();
    await discard(result, null);
  } else if (!session.suffixed(root)) return null;
  return session.files(root).get(name, { signal });
}

async function discard<T>(result: GetResult, value: T): Promise<T> {
  await result[Symbol.asyncDispose]();
  return value;
}

async function stream({ session, signal, out }: Task, { root, key }: Entry): Promise<boolean> {
  const result = await session.store(root).get(key, { signal });
  if (!result) return false;
  for await (const chunk of result.stream()) await out.bytes(chunk);
  return true;
}

/** Why there is no such file. */
async function absence({ session }: Task, root: string, key: string): Promise<ItemError> {
  const folder = !isWeb(root) && (await session.isFolder({ root, key }));
  return new ItemError(folder ? 'is a directory' : 'does not exist');
}

/** Print files one behind the other, in order; those that fail are told and left out. */
export async function printFiles(task: Task, files: AsyncIterable<Entry> | Iterable<Entry>): Promise<void> {
  const { session, out, signal, options } = task;
  for await (const outcome of mapInOrder(files, Math.min(options.parallel ?? width, 64), (entry) => readAhead(task, entry))) {
    const { item } = outcome;
    try {
      if ('error' in outcome) throw outcome.error;
      if (outcome.value) await out.bytes(outcome.value);
      if (outcome.value === null || (outcome.value === undefined && !(await stream(task, item))))
        throw await absence(task, item.root, item.name);
      out.done();
    } catch (error) {
      if (signal.aborted || error instanceof BrokenPipe) throw error;
      out.fail(session.show(item.root, item.name), error);
    }
  }
}

/** What names stand for: a name without a pattern is a file, and is not looked for before it is read. */
async function* sources(task: Task, names: readonly string[]): AsyncGenerator<Entry, void, undefined> {
  const { session, out } = task;
  for await (const selection of selections(task, names)) {
    const { place, glob, shown } = selection;
    if (!glob && !place.folder) {
      yield { root: place.root, name: place.key, key: place.key };
      continue;
    }
    const onFolder = (key: string): void => out.fail(session.show(place.root, key), new ItemError('is a directory'));
    yield* attempting(task, shown, filesOf(task, selection, { deep: false, onFolder }));
  }
}

async function printRange(task: Task, text: string, { start, end }: Range): Promise<void> {
  const { session, out, signal } = task;
  const { place, glob } = await select(task, text);
  if (glob) throw new UsageError('a range goes with one file');
  try {
    const bytes = await session.files(place.root).get({ path: place.key, start, end }, { raw: true, signal });
    if (!bytes) throw await absence(task, place.root, place.key);
    await out.bytes(bytes);
    out.done();
  } catch (error) {
    if (signal.aborted || error instanceof BrokenPipe) throw error;
    out.fail(place.shown, error);
  }
}

/** Add the command. */
export function addCat(program: Command, start: Start): void {
  program
    .command('cat')
    .description('print the bytes of files; - takes names from standard input')
    .argument('<path...>')
    .addOption(new Option('-r, --range <start-end>', 'bytes of one stored file; END is exclusive').argParser(parseRange))
    .action((paths: string[], options: { range?: Range }, command: Command) =>
      start(command, async (task) => {
        const { range } = options;
        if (!range) return printFiles(task, sources(task, paths));
        if (fromStdin(paths) || paths.length !== 1) throw new UsageError('a range goes with one file');
        return printRange(task, paths[0]!, range);
      }),
    );
}
