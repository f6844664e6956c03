/**
 * `anyfile head`: what the store knows of files, as JSON under HTTP's names.
 *
 * @module
 */
import type { Command } from 'commander';
import type { FileHead } from '../index.ts';
import { attempting } from './attempt.ts';
import { ItemError, type Task } from './io.ts';
import { mapInOrder } from './pool.ts';
import type { Start } from './run.ts';
import { filesOf, selections } from './select.ts';

const NAMES = [
  'Cache-Control',
  'Content-Length',
  'Content-Type',
  'ETag',
  'Last-Modified',
  'Content-Md5',
  'Content-Encoding',
  'Content-Disposition',
  'Content-Language',
  'Storage-Class',
  'Request-Charged',
  'Parts-Count',
] as const;

/** The fields that cloud-files has, then what else is known. */
function fields(head: FileHead): Record<string, unknown> {
  const { crc32c, generation, versionId, metadata } = head;
  return {
    ...Object.fromEntries(NAMES.map((name) => [name, head[name]])),
    ...(crc32c !== undefined && { 'Content-Crc32c': crc32c }),
    ...(generation !== undefined && { Generation: generation }),
    ...(versionId !== undefined && { 'Version-Id': versionId }),
    ...(Object.keys(metadata).length > 0 && { Metadata: metadata }),
  };
}

interface Wanted {
  shown: string;
  root: string;
  name: string;
}

async function* wanted(task: Task, paths: readonly string[]): AsyncGenerator<Wanted, void, undefined> {
  const { session } = task;
  for await (const selection of selections(task, paths)) {
    const { place, shown, glob } = selection;
    if (!glob) yield { shown, root: place.root, name: place.key };
    else {
      const files = attempting(task, shown, filesOf(task, selection, { deep: false }));
      for await (const { root, name } of files) yield { shown: session.show(root, name), root, name };
    }
  }
}

async function heads(task: Task, paths: readonly string[]): Promise<void> {
  const { session, out, options, signal } = task;
  const found: [string, Record<string, unknown>][] = [];
  const ask = ({ root, name }: Wanted): Promise<FileHead | null> =>
    name === '' || name.endsWith('/') ? Promise.resolve(null) : session.files(root).head(name, { signal });
  for await (const outcome of mapInOrder(wanted(task, paths), options.parallel ?? 16, ask)) {
    const { shown } = outcome.item;
    if ('value' in outcome && outcome.value) {
      found.push([shown, fields(outcome.value)]);
      out.done();
    } else {
      if (signal.aborted) throw signal.reason;
      out.fail(shown, 'error' in outcome ? outcome.error : new ItemError('does not exist'));
    }
  }
  if (options.json) for (const [path, about] of found) await out.data('', { path, ...about });
  else if (paths.length === 1 && found.length === 1) await out.data(JSON.stringify(found[0]![1], null, 2), {});
  else if (found.length > 0) await out.data(JSON.stringify(Object.fromEntries(found), null, 2), {});
}

/** Add the command. */
export function addHead(program: Command, start: Start): void {
  program
    .command('head')
    .description('size, type, ETag, … of files, as JSON: an object for one, an object of objects for several')
    .argument('<path...>')
    .action((paths: string[], _options: object, command: Command) => start(command, (task) => heads(task, paths)));
}
