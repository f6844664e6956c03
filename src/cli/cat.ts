/**
 * `anyfile cat`: the bytes of files, decoded where the store says that they are encoded.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { decompressStream } from '../codecs.ts';
import { isCloudError, type EncodingOption, type GetOptions, type GetResult } from '../index.ts';
import { attempting } from './attempt.ts';
import { BrokenPipe, ItemError, UsageError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import type { Start } from './run.ts';
import { filesOf, selections } from './select.ts';
import { isWeb, type Entry } from './session.ts';
import { SUFFIXES } from './steps.ts';

/** Files up to this size are read ahead of their turn. */
const aheadBytes = 8 << 20;
const width = 8;

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

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

/** A file that is open, and how its stored bytes are encoded as far as its name or header tells. */
interface Opened {
  result: GetResult;
  encoding: string | undefined;
}

/** Opens a file under the key that it has: on a disk perhaps with the suffix of its encoding. `null` when it is missing. */
async function open({ session, signal }: Task, { root, name, key }: Entry, range?: GetOptions['range']): Promise<Opened | null> {
  const store = session.store(root);
  let at = key;
  let result = await store.get(key, { range, signal });
  if (!result && key === name && session.suffixed(root)) {
    at = (await session.find(root, name))?.key ?? key;
    result = at === key ? null : await store.get(at, { range, signal });
  }
  const ending = at.slice(name.length);
  const encoding = Object.keys(SUFFIXES).find((one) => SUFFIXES[one] === ending) ?? result?.contentEncoding;
  return result && { result, encoding };
}

/** How the bytes that came are encoded; whether a runtime has decoded them is known at their end. */
function encodingOf({ result, encoding = '' }: Opened): EncodingOption {
  const name = encoding
    .trim()
    .toLowerCase()
    .replace(/^x-gzip$/, 'gzip');
  return result.decoded || name === 'identity' ? null : (name as EncodingOption);
}

/** A file that is read ahead of its turn: stored bytes when they are few, `undefined` when they are to be streamed, `null` when there are none. */
async function readAhead(
  task: Task,
  entry: Entry,
): Promise<{ bytes: Uint8Array<ArrayBuffer>; encoding: EncodingOption } | null | undefined> {
  const opened = await open(task, entry);
  if (!opened) return null;
  const { result } = opened;
  // a web server need not tell the size: 0 is both
  if ((result.totalBytes || Infinity) > aheadBytes) {
    await result[Symbol.asyncDispose]();
    return undefined;
  }
  const bytes = await result.bytes();
  return { bytes, encoding: encodingOf(opened) };
}

/** Prints bytes as they come, decoded. */
async function print({ out, signal }: Task, bytes: Stream, encoding: EncodingOption): Promise<void> {
  const decoded = encoding ? bytes.pipeThrough(decompressStream(encoding, { signal })) : bytes;
  for await (const chunk of decoded) await out.bytes(chunk);
}

async function stream(task: Task, entry: Entry): Promise<boolean> {
  const { session, out, signal } = task;
  const opened = await open(task, entry);
  if (!opened) return false;
  if (opened.encoding && session.store(entry.root).capabilities.storedBytes !== true) {
    // a runtime that may decode by itself: only whole bytes tell
    await opened.result[Symbol.asyncDispose]();
    const bytes = await session.files(entry.root).get(entry.name, { signal });
    if (bytes) await out.bytes(bytes);
    return bytes !== null;
  }
  await print(task, opened.result.stream(), encodingOf(opened));
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
      const { value } = outcome;
      if (value?.encoding) await print(task, new Blob([value.bytes]).stream(), value.encoding);
      else if (value) await out.bytes(value.bytes);
      if (value === null || (value === undefined && !(await stream(task, item)))) throw await absence(task, item.root, item.name);
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

/** The one file that names stand for: a name, a pattern that matches one, a list of one. UsageError where there are more. */
async function onlyOne(files: AsyncGenerator<Entry, void, undefined>): Promise<Entry | undefined> {
  let only: Entry | undefined;
  for await (const entry of files) {
    if (only) throw new UsageError('a range goes with one file');
    only = entry;
  }
  return only;
}

/** Prints stored bytes as they come, also of a file that is larger than memory. */
async function printRange(task: Task, entry: Entry, range: Range): Promise<void> {
  const { session, out, signal } = task;
  const { root, name } = entry;
  try {
    const opened = await open(task, entry, range).catch((error: unknown) => {
      // of a disk there is nothing behind the end, and that is no error
      if (session.suffixed(root) && isCloudError(error, 'RangeNotSatisfiable')) return undefined;
      throw error;
    });
    if (opened === null) throw await absence(task, root, name);
    if (opened?.encoding && session.store(root).capabilities.storedBytes !== true) {
      await opened.result[Symbol.asyncDispose]();
      throw new ItemError('this runtime decodes it by itself: there is no range of what is stored', 'NotSupported');
    }
    if (opened) await print(task, opened.result.stream(), null);
    out.done();
  } catch (error) {
    if (signal.aborted || error instanceof BrokenPipe) throw error;
    out.fail(session.show(root, name), error);
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
        const entry = await onlyOne(sources(task, paths));
        return entry && printRange(task, entry, range);
      }),
    );
}
