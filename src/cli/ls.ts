/**
 * `anyfile ls`: names below a path.
 *
 * @module
 */
import type { Command } from 'commander';
import { saveListing } from '../index.ts';
import { attempt } from './attempt.ts';
import { expandGroups, parseGlob } from './glob.ts';
import { ItemError, UsageError, type Task } from './io.ts';
import type { Start } from './run.ts';
import { below, isEmptyFolder, matches, select, type Selection } from './select.ts';
import { asFolder, isDisk, type Entry, type Place } from './session.ts';

interface LsOptions {
  shortpath?: boolean;
  flat?: boolean;
  expr?: boolean;
  long?: boolean;
  sqlite?: string;
}

/** What is listed for one selection: a file, a folder's content, or what a pattern matches. */
async function* entries(task: Task, { place, glob }: Selection, options: LsOptions): AsyncGenerator<Entry, void, undefined> {
  const { session } = task;
  if (glob) return yield* matches(task, place, options.flat ? { ...glob, flat: true } : glob);
  const file = place.folder ? null : await session.find(place.root, place.key);
  if (file) yield file;
  if (file && (isDisk(place.root) || !file.info)) return;
  if (!options.flat) return yield* below(task, place.root, place.key);
  const folder = asFolder(place.key);
  for await (const entry of session.list(place.root, folder, true)) if (entry.name !== folder) yield entry;
}

/** How much of a full path --shortpath takes off: what is in front of the path's last part. */
function frontOf({ session }: Task, place: Place, glob: boolean): number {
  const { root, key } = place;
  const text = session.show(root, glob ? asFolder(key) : isDisk(root) ? key.replace(/\/$/, '') : key);
  return Math.max(text.lastIndexOf('/') + 1, session.show(root, '').replace(/\/?$/, '/').length);
}

/** The path itself, or with -e what its groups expand to; then a name is the beginning of names. */
async function variantsOf(task: Task, text: string, { expr, flat }: LsOptions): Promise<Selection[]> {
  if (!expr) return [await select(task, text)];
  const found: Selection[] = [];
  for (const variant of expandGroups(text)) {
    found.push(await select(task, parseGlob(variant) || variant.endsWith('/') ? variant : `${variant}${flat ? '*' : '**'}`));
  }
  return found;
}

async function listOne(task: Task, text: string, variants: readonly Selection[], options: LsOptions): Promise<void> {
  const { session, out, options: asked } = task;
  let count = 0;
  let there = false;
  for (const selection of variants) {
    const front = options.shortpath ? frontOf(task, selection.place, selection.glob !== undefined) : 0;
    for await (const entry of entries(task, selection, options)) {
      const path = session.show(entry.root, entry.name).slice(front);
      count++;
      // who reads lines would take it for two names, or for one without the return at its end
      if (!asked.json && /[\n\r]/.test(path)) {
        out.fail(path, new ItemError('has a line break in its name, which a line cannot hold: use --json'));
        continue;
      }
      const { sizeBytes, lastModified } = entry.info ?? {};
      const folder = entry.info === undefined && entry.name.endsWith('/');
      const size = Number.isFinite(sizeBytes) ? sizeBytes : undefined;
      const columns = [size ?? '-', lastModified?.toISOString() ?? '-', path];
      const record = {
        path,
        type: folder ? 'folder' : 'file',
        ...(size !== undefined && { sizeBytes: size }),
        ...(lastModified && { lastModified }),
      };
      await out.data(options.long ? columns.join('\t') : path, record);
      out.done();
    }
    there ||= count > 0 || (!selection.glob && (await isEmptyFolder(task, selection.place)));
  }
  if (!there) out.fail(session.redact(text), new ItemError(/\*/.test(text) || options.expr ? 'nothing matches' : 'does not exist'));
}

/** List into a database, which is taken up where it ended. */
async function listInto(task: Task, paths: readonly string[], database: string, { expr, flat, long, shortpath }: LsOptions): Promise<void> {
  const { session, out, client, options, signal, io } = task;
  const [path, ...more] = paths;
  if (path === undefined || more.length > 0) throw new UsageError('--sqlite takes one path');
  if (expr || flat || long || shortpath || parseGlob(path))
    throw new UsageError('--sqlite takes all of a folder: no pattern, -e, -l, --flat or --shortpath');
  const place = await session.parse(path);
  if (!(await session.isFolder(place))) throw new ItemError(`${place.shown}: does not exist`);
  const shows = io.isTTY === true && options.progress && !options.quiet && !options.json;
  const onPage = (files: number): void => void (shows && io.stderr.write(`\r\x1b[K${files} files`));
  try {
    if (!options.dryRun) await saveListing(session.url(place.root, place.key), database, { client, signal, onPage });
  } finally {
    if (shows) io.stderr.write('\r\x1b[K');
  }
  out.done();
  if (options.json) await out.action('', { operation: 'ls', path: place.shown, database });
}

/** Add the command. */
export function addLs(program: Command, start: Start): void {
  program
    .command('ls')
    .description('list files; PATH is a file, a folder or a pattern (x*, x**, *SUFFIX, **SUFFIX: quote it)')
    .argument('<path...>')
    .option('-l, --long', 'size, date and name, with tabs between')
    .option('--shortpath', 'names without what is in front of the folder')
    .option('--flat', 'one level; folders end in /')
    .option('-e, --expr', 'expand [abc] to one character at a time; what results is the beginning of names')
    .option('--no-auth', 'send requests unsigned')
    .option('--sqlite <file>', 'into a database instead of onto the screen; one that broke off goes on')
    .action((paths: string[], options: LsOptions, command: Command) =>
      start(command, async (task) => {
        if (options.sqlite !== undefined) return listInto(task, paths, options.sqlite, options);
        const wanted: Selection[][] = [];
        for (const path of paths) wanted.push(await variantsOf(task, path, options));
        for (const [i, variants] of wanted.entries()) {
          await attempt(task, variants[0]!.shown, () => listOne(task, paths[i]!, variants, options));
        }
      }),
    );
}
