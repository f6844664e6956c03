/**
 * `anyfile h5`: HDF5 files, read where they lie.
 *
 * @module
 */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { parseSlice } from './h5-slice.ts';
import type * as running from './h5-run.ts';
import type { Task } from './io.ts';
import type { Start } from './run.ts';

/** The options of these commands, as they are told apart in h5-run.ts. */
type Run = typeof running;
type OptionsOf<K extends keyof Run> = Parameters<Run[K]>[3];

function positive(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1.');
  return Number(text);
}

const about = `
URL is s3://bucket/scan.h5, gs://…, https://…, or a file of this machine. PATH is that of an object in the file, / when left out.
Only what is asked for is fetched.`;

const examples: Record<string, string[]> = {
  ls: ['anyfile h5 ls s3://bucket/scan.h5', 'anyfile h5 ls s3://bucket/scan.h5 /entry/data', 'anyfile h5 ls --json scan.h5 | jq .shape'],
  tree: ['anyfile h5 tree s3://bucket/scan.h5', 'anyfile h5 tree -L 2 scan.h5 /entry'],
  attrs: ['anyfile h5 attrs s3://bucket/scan.h5 /entry/data', 'anyfile h5 attrs -r --csv scan.h5 > attributes.csv'],
  dump: [
    'anyfile h5 dump scan.h5 /entry/time',
    'anyfile h5 dump s3://bucket/scan.h5 /entry/data --slice 0,100:200,-5:',
    'anyfile h5 dump --csv scan.h5 /table > table.csv',
    'anyfile h5 dump --plugins node_modules/h5wasm-plugins/plugins scan.h5 /packed',
  ],
  head: ['anyfile h5 head scan.h5 /table', 'anyfile h5 head -n 3 s3://bucket/scan.h5 /entry/data --slice 7'],
};

/** Add the commands. */
export function addH5(program: Command, start: Start): void {
  const h5 = program
    .command('h5')
    .description('HDF5 files, read where they lie: what is in them, attributes, values')
    .addHelpText('after', about);
  const run =
    (work: (task: Task, run: Run) => Promise<void>) =>
    async (task: Task): Promise<void> =>
      work(task, await import('./h5-run.ts'));
  const reading = (name: string, description: string, path = '[path]'): Command =>
    h5
      .command(name)
      .description(description)
      .argument('<url>')
      .argument(path)
      .option('-v, --verbose', 'say on stderr how many requests and bytes it took')
      .addHelpText('after', `${about}\n\n${examples[name]!.map((example) => `  ${example}`).join('\n')}`);
  const values = (name: string, description: string): Command =>
    reading(name, description, '<path>')
      .addOption(new Option('--slice <slice>', 'which values, as in Python: 0:10,:,-1 or ::2,...').argParser(parseSlice))
      .option('--csv', 'comma-separated values: up to two axes, records in columns')
      .option('--plugins <folder>', 'where plugins of filters are: a folder or URL with the files of h5wasm-plugins');

  reading('ls', 'names in a group, with kind, type, shape, chunks and filters').action(
    (url: string, path: string | undefined, options: OptionsOf<'list'>, command: Command) =>
      start(
        command,
        run((task, { list }) => list(task, url, path, options)),
      ),
  );
  reading('tree', 'everything below a group')
    .addOption(new Option('-L, --level <n>', 'go down so many levels').argParser(positive))
    .action((url: string, path: string | undefined, options: OptionsOf<'tree'>, command: Command) =>
      start(
        command,
        run((task, { tree }) => tree(task, url, path, options)),
      ),
    );
  reading('attrs', 'names and values of attributes')
    .option('-r, --recursive', 'of everything below as well')
    .option('--csv', 'comma-separated values: path, name, value')
    .action((url: string, path: string | undefined, options: OptionsOf<'attrs'>, command: Command) =>
      start(
        command,
        run((task, { attrs }) => attrs(task, url, path, options)),
      ),
    );
  values('dump', 'values of a dataset: a line for each row').action(
    (url: string, path: string, options: OptionsOf<'dump'>, command: Command) =>
      start(
        command,
        run((task, { dump }) => dump(task, url, path, options)),
      ),
  );
  values('head', 'the first rows of a dataset')
    .addOption(new Option('-n, --rows <n>', 'how many').argParser(positive).default(10))
    .action((url: string, path: string, { rows, ...options }: OptionsOf<'dump'> & { rows: number }, command: Command) =>
      start(
        command,
        run((task, { dump }) => dump(task, url, path, { ...options, limit: rows })),
      ),
    );
}
