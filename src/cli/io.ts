/**
 * What the command stands on: streams, environment, signal. Given, never reached for, so that it runs in process as well.
 *
 * @module
 */
import type { Writable } from 'node:stream';
import type { Client, ClientOptions } from '../index.ts';
import type { GlobalOptions } from './options.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** The surroundings of one run. */
export interface CliIo {
  /** What was asked for, and what was done. */
  stdout: Writable;
  /** Errors, one a line, and the progress bar. */
  stderr: Writable;
  /** Names, one a line, where a command is given `-`. */
  stdin: AsyncIterable<Uint8Array | string>;
  /** For NO_COLOR; the library reads its own variables when it needs them. */
  env: Readonly<Record<string, string | undefined>>;
  /** Whether stderr is a terminal: only there are a bar and colours shown. @default false */
  isTTY?: boolean | undefined;
  /** Ends the run with status 130. */
  signal?: AbortSignal | undefined;
  /** What --version prints; asked only then. */
  version?: (() => string) | undefined;
  /** The text that `license` prints; asked only then. */
  license?: (() => string) | undefined;
  /** For programs that embed the command: credentials, a fetch, an observer. Flags win. */
  clientOptions?: ClientOptions | undefined;
}

/** One command at work. */
export interface Task {
  /** `ls`, `cp`, … */
  readonly name: string;
  readonly options: GlobalOptions;
  readonly out: Output;
  readonly session: Session;
  readonly client: Client;
  readonly io: CliIo;
  /** Aborted by the user, or when nobody reads the output any more. */
  readonly signal: AbortSignal;
}

/** The command line itself is wrong: status 2. */
export class UsageError extends Error {}

/** One item cannot be done, whatever the network says: status 1. */
export class ItemError extends Error {
  /** For programs that read the record of the error. */
  readonly code: string;

  constructor(message: string, code = 'Refused') {
    super(message);
    this.code = code;
  }
}

/** Nobody reads the output any more. */
export class BrokenPipe extends Error {}
