/**
 * What is printed, and the count behind the exit status.
 *
 * @module
 */
import type { Writable } from 'node:stream';
import { isCloudError, type CloudError, type ErrorCode } from '../index.ts';
import { BrokenPipe, ItemError, UsageError } from './io.ts';

/** Where a command's words go. */
export interface Output {
  /** What the command was asked for; a record that is text already is JSON. Rejects with BrokenPipe when nobody reads it. */
  data(text: string, record: object | string): Promise<void>;
  /** Bytes as they are. Rejects with BrokenPipe. */
  bytes(chunk: Uint8Array): Promise<void>;
  /** One thing that was done, or would be: printed unless --quiet; a closed pipe does not stop the work. */
  action(text: string, record: object | string): Promise<void>;
  /** Counts things that need no line. */
  done(count?: number): void;
  /** One item that failed; the others go on. */
  fail(what: string, error: unknown): void;
  /** Why the whole command ends. */
  fatal(error: unknown): void;
  /** A line on stderr that is no failure. */
  note(text: string): void;
  /** Something odd that the library found, and that is no failure. */
  warn(warning: CloudError): void;
  /** How many items failed so far. */
  failures(): number;
  /** The last line, when something failed. */
  summary(): void;
  /** 0 all done, 1 some item failed, 3 nothing could be done. */
  status(): number;
  /** Called in front of every line, to take a progress bar out of the way. */
  beforeLine: () => void;
}

/** Options of {@link createOutput}. */
export interface OutputOptions {
  name: string;
  stdout: Writable;
  stderr: Writable;
  json: boolean;
  quiet: boolean;
  color: boolean;
  /** Takes secrets out of a text. */
  redact: (text: string) => string;
}

/** Codes that speak of one item and its bytes, not of keys, network or place. */
const ITEM_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'IntegrityError',
  'Truncated',
  'ObjectChanged',
  'CompressionError',
  'DecompressionError',
  'PreconditionFailed',
  'RangeNotSatisfiable',
  'RangeNotSupported',
]);
/** The same, unless a server says it: then it is about a bucket or the whole request. */
const LOCAL_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['NotFound', 'AlreadyExists', 'InvalidArgument']);

const isItem = (error: unknown): boolean =>
  error instanceof ItemError ||
  (isCloudError(error) && (ITEM_CODES.has(error.code) || (LOCAL_CODES.has(error.code) && error.status === undefined)));

/** What is told of an error. Nothing of causes, stacks, URLs or keys: those may hold what must not be shown. */
function describe(error: unknown): { code: string; message: string; [field: string]: unknown } {
  if (isCloudError(error)) {
    const { code, status, providerCode, requestId, retryable } = error;
    // A library's own message may carry a name with its query; these cases need no more than a word.
    const message = code === 'NotFound' && status === undefined ? 'does not exist' : error.message;
    return {
      code,
      message,
      ...(status !== undefined && { status }),
      ...(providerCode && { providerCode }),
      ...(requestId && { requestId }),
      retryable,
    };
  }
  if (error instanceof ItemError) return { code: error.code, message: error.message };
  if (error instanceof UsageError) return { code: 'Usage', message: error.message };
  // A SyntaxError quotes what it could not read.
  if (error instanceof SyntaxError || !(error instanceof Error)) return { code: 'Unexpected', message: 'unexpected failure' };
  return { code: 'Unexpected', message: `${error.name}: ${error.message}` };
}

const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f\u2028\u2029]+/g, ' ');

/** Make the output of one command. */
export function createOutput(options: OutputOptions): Output {
  const { name, stdout, stderr, json, quiet, color, redact } = options;
  const operation = name.replace(/^anyfile /, '');
  let done = 0;
  let failed = 0;
  let hard = 0;
  let closed = false;
  let wake = (): void => {};
  stdout.on('error', () => {
    closed = true;
    wake();
  });
  // Nothing can be said when this happens, and nothing is lost but words.
  stderr.on('error', () => {});

  const write = async (chunk: string | Uint8Array): Promise<void> => {
    if (closed || stdout.destroyed) throw new BrokenPipe();
    if (stdout.write(chunk)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        stdout.off('drain', end).off('close', end);
        resolve();
      };
      wake = end;
      stdout.once('drain', end).once('close', end);
      if (closed) end();
    });
    if (closed) throw new BrokenPipe();
  };
  const say = (text: string): void => {
    output.beforeLine();
    stderr.write(`${oneLine(redact(text))}\n`);
  };
  const prefix = (): string => (color ? `\x1b[31m${name}:\x1b[39m` : `${name}:`);
  const tell = (what: string | undefined, error: unknown): void => {
    const about = describe(error);
    if (json) return say(JSON.stringify({ operation, ...(what !== undefined && { path: what }), error: about }));
    const { code, message, status, providerCode } = about;
    const tags = [/^(Refused|Usage|Unexpected)$/.test(code) ? '' : code, status, providerCode].filter(Boolean).join(' ');
    const text = `${what === undefined ? '' : `${what}: `}${message}${tags && ` [${tags}]`}`;
    output.beforeLine();
    stderr.write(`${prefix()} ${oneLine(redact(text))}\n`);
  };

  const line = async (text: string, record: object | string): Promise<void> => {
    output.beforeLine();
    await write(`${redact(!json ? text : typeof record === 'string' ? record : JSON.stringify(record))}\n`);
  };

  const output: Output = {
    beforeLine() {},
    data: line,
    bytes: (chunk) => write(chunk),
    async action(text, record) {
      if (quiet || closed) return;
      try {
        await line(text, record);
      } catch (error) {
        if (!(error instanceof BrokenPipe)) throw error;
      }
    },
    done(count = 1) {
      done += count;
    },
    fail(what, error) {
      failed++;
      if (!isItem(error)) hard++;
      tell(what, error);
    },
    fatal(error) {
      failed++;
      hard++;
      tell(undefined, error);
    },
    note: say,
    warn({ code, message }) {
      if (json) say(JSON.stringify({ operation, warning: { code, message } }));
      else if (!quiet) say(`${name}: warning: ${message} [${code}]`);
    },
    failures: () => failed,
    summary() {
      if (failed === 0) return;
      if (json) say(JSON.stringify({ summary: { done, failed } }));
      else say(`${name}: ${done} done, ${failed} failed`);
    },
    status: () => (failed === 0 ? 0 : done === 0 && hard === failed ? 3 : 1),
  };
  return output;
}
