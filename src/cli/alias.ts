/**
 * `anyfile alias`: short names for S3 endpoints, kept for other processes.
 *
 * @module
 */
import type { Command } from 'commander';
import { isCloudError } from '../index.ts';
import { UsageError, type Task } from './io.ts';
import type { Start } from './run.ts';

/** What the library refuses about a name is a mistake on the command line. */
async function change(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isCloudError(error, 'InvalidArgument')) throw new UsageError(error.message);
    throw error;
  }
}

async function list({ client, out, signal }: Task): Promise<void> {
  const entries = await client.aliases.listAliases({ signal });
  for (const { name, host, official } of [...entries].sort((a, b) => Number(a.official) - Number(b.official))) {
    await out.data(`${`${name}://`.padEnd(15)} -> ${host} ${official ? '(official)' : ''}`, { name, host, official });
    out.done();
  }
}

async function add({ client, out, options, signal }: Task, name: string, host: string): Promise<void> {
  // without `persistent` the name is checked and kept by this client alone
  await change(client.aliases.addAlias(name, host, { persistent: !options.dryRun, signal }));
  if (options.json) await out.action('', { operation: 'alias add', name, host });
  out.done();
}

async function remove({ client, out, options, signal }: Task, name: string): Promise<void> {
  await change(client.aliases.removeAlias(name, { persistent: !options.dryRun, signal }));
  if (options.json) await out.action('', { operation: 'alias rm', name });
  out.done();
}

/** Add the command. */
export function addAlias(program: Command, start: Start): void {
  const alias = program.command('alias').description('short names for S3 endpoints: lab://bucket/key');
  alias
    .command('ls')
    .description('all names')
    .action((_options: object, command: Command) => start(command, list));
  alias
    .command('add')
    .description('give an endpoint a name, e.g. anyfile alias add lab s3://https://s3.lab.example/')
    .argument('<name>')
    .argument('<host>')
    .action((name: string, host: string, _options: object, command: Command) => start(command, (task) => add(task, name, host)));
  alias
    .command('rm')
    .description('forget a name; one that is not there is no error')
    .argument('<name>')
    .action((name: string, _options: object, command: Command) => start(command, (task) => remove(task, name)));
}
