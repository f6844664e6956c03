/**
 * One run of the command: arguments in, exit status out.
 *
 * @module
 */
import { Command, CommanderError } from 'commander';
import { Client, type CloudError } from '../index.ts';
import { addAlias } from './alias.ts';
import { addCat } from './cat.ts';
import { addCompletion } from './completion.ts';
import { addCp } from './cp.ts';
import { addDataset } from './dataset.ts';
import { addDoctor } from './doctor.ts';
import { addDu } from './du.ts';
import { addH5 } from './h5.ts';
import { addHead } from './head.ts';
import { BrokenPipe, UsageError, type CliIo, type Task } from './io.ts';
import { addLs } from './ls.ts';
import { addMeta } from './meta.ts';
import { addGlobalOptions, clientOptions, globalOptions } from './options.ts';
import { createOutput } from './output.ts';
import { addRm } from './rm.ts';
import { addServe } from './serve.ts';
import { createSession, type Session } from './session.ts';
import { addSign } from './sign.ts';
import { addSync } from './sync.ts';
import { addTouch } from './touch.ts';
import { addVerify } from './verify.ts';
import { addWatch } from './watch.ts';
import { addXfer } from './xfer.ts';

/** Run a command's work with what its options say; a number that it gives is the status instead of what its output counted. */
export type Start = (command: Command, work: (task: Task) => Promise<void | number>) => Promise<void>;

const usage = 2;
const interrupted = 130;

/** `anyfile alias add` → `alias add` */
const nameOf = (command: Command): string => (command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name());

/** What the parser says, without the values that it quotes: one of them may be what must not be shown. */
const withoutValues = (text: string): string =>
  text
    .replace(/^error: /, 'anyfile: ')
    .replace(/(option '--?[^'=]*)=.*'/s, "$1'")
    .replace(/ argument '.*' is invalid\./s, ' is invalid.');

/** All commands, each with the common options. */
export function createProgram(io: CliIo, start: Start): Command {
  const program = new Command('anyfile');
  program
    .description(
      'Files on S3, GCS, the web and the disk.\nPATH is s3://bucket/key, gs://bucket/key, https://…, file:///path, a plain path, or an alias.',
    )
    .helpOption('--help', 'what there is')
    .helpCommand(false)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => write(withoutValues(text)),
      getErrHasColors: () => false,
      getOutHasColors: () => false,
    });
  addGlobalOptions(program);
  program.option('-V, --version', 'the version').on('option:version', () => {
    io.stdout.write(`${io.version?.() ?? 'unknown'}\n`);
    throw new CommanderError(0, 'commander.version', 'version');
  });
  for (const add of [
    addLs,
    addCat,
    addCp,
    addRm,
    addDu,
    addHead,
    addTouch,
    addVerify,
    addSync,
    addSign,
    addMeta,
    addDataset,
    addH5,
    addAlias,
    addDoctor,
    addServe,
    addCompletion,
    addWatch,
    addXfer,
  ])
    add(program, start);
  const common = (command: Command): void => {
    for (const sub of command.commands) {
      sub.helpOption('--help', 'what there is').helpCommand(false);
      if (sub.commands.length === 0) addGlobalOptions(sub);
      common(sub);
    }
  };
  common(program);
  return program;
}

/**
 * Run the command. Reads nothing but what it is given, except through the library: files, and the variables that it looks up itself.
 *
 * @param argv without the program's name
 * @returns 0 all done, 1 some item failed, 2 the command line is wrong, 3 nothing could be done, 130 interrupted
 * @example const status = await run(['ls', 's3://bucket/'], { stdout, stderr, stdin, env: process.env });
 */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  let status = 0;
  const start: Start = async (command, work) => {
    const options = globalOptions(command);
    const name = nameOf(command);
    const signal = io.signal ?? new AbortController().signal;
    // not the console, which knows nothing of --quiet and --json
    const onWarning = (warning: CloudError): void => out.warn(warning);
    const client = new Client(clientOptions(options, { onWarning, ...io.clientOptions }));
    const session: Session = createSession(client, signal);
    const color = options.color && io.isTTY === true && !io.env['NO_COLOR'];
    const { stdout, stderr } = io;
    const { json, quiet } = options;
    const out = createOutput({ name: `anyfile ${name}`, stdout, stderr, json, quiet, color, redact: (text) => session.redact(text) });
    try {
      signal.throwIfAborted();
      const said = await work({ name, options, out, session, client, io, signal });
      status = typeof said === 'number' ? said : out.status();
    } catch (error) {
      if (signal.aborted) {
        out.note(
          json
            ? JSON.stringify({ operation: name, error: { code: 'Interrupted', message: 'interrupted' } })
            : `anyfile ${name}: interrupted`,
        );
        status = interrupted;
      } else if (error instanceof BrokenPipe) return;
      else {
        out.fatal(error);
        status = error instanceof UsageError ? usage : out.status();
      }
    } finally {
      await client.close();
    }
    if (status !== usage) out.summary();
  };
  try {
    await createProgram(io, start).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // without a command the help is what was wrong with it
    return error.exitCode === 0 ? 0 : usage;
  }
  return status;
}
