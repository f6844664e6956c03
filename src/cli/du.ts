/**
 * `anyfile du`: stored sizes.
 *
 * @module
 */
import type { Command } from 'commander';
import { attempt } from './attempt.ts';
import { ItemError, type Task } from './io.ts';
import type { Start } from './run.ts';
import { filesOf, selections, type Selection } from './select.ts';
import { asFolder } from './session.ts';
import { extensionOf, humanSize } from './sizes.ts';

interface DuOptions {
  grandTotal?: boolean;
  summarize?: boolean;
  humanReadable?: boolean;
  countFiles?: boolean;
  extensions?: boolean;
}

interface Usage {
  sizeBytes: number;
  files: number;
  byExtension: Map<string, number>;
}

type Format = (sizeBytes: number) => string;

async function measure(task: Task, selection: Selection, options: DuOptions, total: Usage, size: Format): Promise<void> {
  const { session, out } = task;
  const { place, glob, shown } = selection;
  let missing = false;
  const files = filesOf(task, selection, { deep: true, onMissing: () => void (missing = true) });
  const folder = asFolder(place.key);
  const own = { sizeBytes: 0, files: 0 };
  for await (const { name, info } of files) {
    const sizeBytes = Number.isFinite(info?.sizeBytes)
      ? (info?.sizeBytes ?? 0)
      : ((await session.files(place.root).size(name, { signal: task.signal })) ?? 0);
    own.sizeBytes += sizeBytes;
    own.files++;
    const extension = extensionOf(name);
    total.byExtension.set(extension, (total.byExtension.get(extension) ?? 0) + sizeBytes);
    if (options.summarize) continue;
    // names are those in the folder; a file is called as it was given
    const path = name.startsWith(folder) && name !== place.key ? name.slice(folder.length) : shown;
    await out.data(`${size(sizeBytes)}\t${path}`, { path, sizeBytes });
  }
  if (missing) return out.fail(shown, new ItemError(glob ? 'nothing matches' : 'does not exist'));
  if (options.summarize) await out.data(`${size(own.sizeBytes)}\t${shown}`, { path: shown, ...own });
  out.done();
  total.sizeBytes += own.sizeBytes;
  total.files += own.files;
}

/** Add the command. */
export function addDu(program: Command, start: Start): void {
  program
    .command('du')
    .description('stored sizes of files')
    .argument('<path...>')
    .option('-c, --grand-total', 'bytes of all')
    .option('-s, --summarize', 'one line for each argument')
    .option('-h, --human-readable', '1.50 KiB instead of 1536')
    .option('-N, --count-files', 'number of files')
    .option('-e, --extensions', 'bytes by file extension')
    .action((paths: string[], options: DuOptions, command: Command) =>
      start(command, async (task) => {
        const { out } = task;
        const total: Usage = { sizeBytes: 0, files: 0, byExtension: new Map() };
        const size = options.humanReadable ? humanSize : String;
        for await (const selection of selections(task, paths)) {
          await attempt(task, selection.shown, () => measure(task, selection, options, total, size));
        }
        if (options.grandTotal) await out.data(`${size(total.sizeBytes)}\tbytes total`, { total: 'bytes', value: total.sizeBytes });
        if (options.countFiles) await out.data(`${total.files}\tfiles total`, { total: 'files', value: total.files });
        if (!options.extensions) return;
        if (!task.options.json) await out.data('\nUsage by file extension:', {});
        for (const [extension, sizeBytes] of [...total.byExtension].sort((a, b) => b[1] - a[1])) {
          await out.data(`${size(sizeBytes)}\t${extension || '(no extension)'}`, { extension, sizeBytes });
        }
      }),
    );
}
