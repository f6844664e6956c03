/**
 * `anyfile verify`: whether two places hold the same files.
 *
 * @module
 */
import { Option, type Command } from 'commander';
import type { Known } from './checksums.ts';
import type { Comparison, CompareOptions } from './compare.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import { parseSize } from './options.ts';
import { mapInOrder } from './pool.ts';
import type { Start } from './run.ts';
import { isDisk, type Entry } from './session.ts';
import { pairUp, treeOf, type Tree } from './tree.ts';

interface VerifyOptions extends CompareOptions {
  matchingOnly?: boolean;
  verbose?: boolean;
}

const width = 16;

/** Two files of one name. */
interface Pair {
  name: string;
  source: Entry;
  target: Entry;
}

const columns = [13, 13, 5, 5, 35, 35, 25, 25];
const row = (cells: readonly (string | number | undefined)[]): string =>
  cells.map((cell, i) => String(cell ?? 'None').padEnd(columns[i] ?? 0)).join('');

/** A line of the table: sizes, encodings, ETags and MD5s of both, and the name. */
function line({ name, source, target }: Pair, { source: one, target: other }: Comparison): string {
  const tag = ({ info }: Entry, { md5 }: Known): string | undefined => (info?.md5 ? md5 : (plainTag(info?.etag) ?? md5));
  return row([
    one.sizeBytes,
    other.sizeBytes,
    source.info?.contentEncoding,
    target.info?.contentEncoding,
    tag(source, one),
    tag(target, other),
    one.md5,
    other.md5,
    name,
  ]);
}

const plainTag = (etag = ''): string | undefined => /^"?([0-9a-f]{32}(?:-\d+)?)"?$/i.exec(etag)?.[1];
const header = row(['src bytes', 'target bytes', 'senc', 'tenc', 'src etag', 'target etag', 'src md5', 'target md5', 'filename']);

/** Why a pair is not taken for equal. */
function reasonOf({ likeness, source, target }: Comparison): string {
  if (source.sizeBytes !== target.sizeBytes) return `differs in size: ${source.sizeBytes} and ${target.sizeBytes} bytes`;
  if (likeness === 'unknown') return 'cannot be told from what the stores say: no checksum is known of both (--checksum reads them)';
  return 'differs in content: same size, other checksum';
}

/** The names that only one side has, with -v. */
async function tellNames({ out, options }: Task, title: string, names: readonly string[], side: string): Promise<void> {
  // the original's form: an empty list is an empty line
  if (!options.json) await out.data(names.length > 0 ? title : `${title}\n`, {});
  for (const path of names) await out.data(path, { operation: 'verify', path, state: side });
}

async function compareAll(task: Task, pairs: readonly Pair[], options: VerifyOptions): Promise<{ matching: number; failed: number }> {
  const { session, out, signal, options: common } = task;
  // on use: the hashes are nothing for other commands
  const { compareFiles } = await import('./compare.ts');
  const verbose = options.verbose === true;
  const total = { matching: 0, failed: 0 };
  const compare = (pair: Pair): Promise<Comparison> => compareFiles(task, pair.source, pair.target, options);
  for await (const outcome of mapInOrder(pairs, common.parallel ?? width, compare)) {
    const { name, source } = outcome.item;
    const comparison = 'value' in outcome ? outcome.value : undefined;
    const same = comparison?.likeness === 'same';
    if (same) {
      total.matching++;
      out.done();
    } else {
      if (signal.aborted) throw signal.reason;
      if (verbose && !common.json && comparison) {
        if (total.failed === 0) await out.data(header, {});
        await out.data(line(outcome.item, comparison), {});
      }
      total.failed++;
      const error = comparison ? new ItemError(reasonOf(comparison), 'Different') : (outcome as { error: unknown }).error;
      out.fail(session.show(source.root, source.name), error);
    }
    if (common.json && verbose && comparison)
      await out.data('', {
        operation: 'verify',
        path: name,
        state: same ? 'same' : comparison.likeness === 'unknown' ? 'unknown' : 'different',
        source: shown(comparison.source),
        target: shown(comparison.target),
      });
  }
  if (verbose && !common.json && total.failed > 0) await out.data('--', {});
  return total;
}

const shown = ({ sizeBytes, md5, crc32c, inParts }: Known): object => ({ sizeBytes, md5, crc32c, etag: inParts });

/** The sets of names, then each pair. */
async function verify(task: Task, from: string, to: string, options: VerifyOptions): Promise<void> {
  const { out, session } = task;
  const [first, second] = [await session.parse(from), await session.parse(to)];
  if (!options.deep && (isDisk(first.root) || isDisk(second.root)))
    throw new UsageError('a disk keeps no checksums: --checksum (or --md5) reads the files');
  const [source, target] = [await treeOf(task, from), await treeOf(task, to)] as [Tree, Tree];
  if (source.isFile !== target.isFile) throw new ItemError('source and target must both be files or both be directories');
  const { there, surplus } = pairUp(source, target);
  const [extra, missing] = [[...source.files.keys()].filter((name) => !there.has(name)), [...surplus.keys()]];
  const counts = { sourceFiles: source.files.size, targetFiles: target.files.size };
  if (options.verbose && extra.length + missing.length > 0) {
    await tellNames(task, 'Extra source files:', extra, 'source only');
    await tellNames(task, 'Extra target files:', missing, 'target only');
  }
  const end = (ok: boolean, text: string, record: object): Promise<void> =>
    out.data(`${ok ? 'success' : 'failed'}. ${text}`, { operation: 'verify', ok, ...record });
  if (!options.matchingOnly && extra.length + missing.length > 0) {
    const about = new ItemError(`${extra.length} files are in the source alone, ${missing.length} in the target alone`, 'Different');
    out.fail(source.selection.shown, about);
    return end(false, `${counts.sourceFiles} source files, ${counts.targetFiles} target files.`, { ...counts, extra, missing });
  }
  const pairs = [...source.files].flatMap(([name, file]): Pair[] => {
    const other = there.get(name);
    return other ? [{ name, source: file, target: other }] : [];
  });
  const { matching, failed } = await compareAll(task, pairs, options);
  const ignored = extra.length + missing.length;
  const text = failed > 0 ? `${failed} failed. ${matching} succeeded.` : `${matching} files matching.`;
  return end(failed === 0, `${text} ${ignored} ignored.`, { ...counts, matching, failed, ignored });
}

/** Add the command. */
export function addVerify(program: Command, start: Start): void {
  program
    .command('verify')
    .description('compare two places: names, sizes and checksums of the stored bytes; status 1 where they differ')
    .argument('<source>')
    .argument('<target>')
    .option('-m, --matching-only', 'leave out names that only one side has')
    .option('-v, --verbose', 'tell what differs, in a table')
    .option('--checksum', 'read what the stores tell no checksum of that both have; files of a disk need it')
    .option('--md5', 'the same')
    .addOption(
      new Option('--multipart-threshold <size>', 'with --part-size: smaller files were uploaded in one piece').argParser(parseSize),
    )
    .addOption(new Option('--part-size <size>', 'size of the parts in which files were uploaded: 8MiB').argParser(parseSize))
    .action((from: string, to: string, given: Record<string, unknown>, command: Command) =>
      start(command, (task) =>
        verify(task, from, to, {
          matchingOnly: given['matchingOnly'] === true,
          verbose: given['verbose'] === true,
          deep: given['checksum'] === true || given['md5'] === true,
          full: given['verbose'] === true,
          partSizeBytes: given['partSize'] as number | undefined,
          thresholdBytes: given['multipartThreshold'] as number | undefined,
        }),
      ),
    );
}
