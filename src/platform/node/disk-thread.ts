/**
 * A thread of Node's that writes small files. Where many come in from the net, the calls that each of them takes would hold up the thread that
 * receives them; the bytes are given to this one, not copied. It begins when files come one after another, and ends when none come for a while.
 *
 * @module
 */
import type * as NodeFs from 'node:fs';
import type { MessagePort, Worker } from 'node:worker_threads';
import process from 'node:process';
import type { DiskStat } from '../types.ts';
import { putNow, putOf, type Put } from './disk-put.ts';
import { factsOf, type Figures } from './disk-stat.ts';

/** Files in a row that are written without it: a thread takes as long to begin as they do. */
const inARow = 64;
/** Longer than this between two of them, and they are not in a row. */
const pauseMs = 1000;
/** How long it waits for the next. */
const idleMs = 2000;

/** What became of one file: the figures of the new one, with bytes that are to come back, or the system's error. */
type Outcome = { id: number } & ((Figures & { spare?: Uint8Array<ArrayBuffer> }) | { message: string; code: string | undefined });

type Spare = (spare: Uint8Array<ArrayBuffer>) => void;

type Job = Put & {
  id: number;
  /** All of the buffer is given, and comes back. */
  comesBack: boolean;
};

/** What runs over there. It is sent as text, so it knows nothing of this module. */
function write(port: MessagePort, fs: typeof NodeFs, put: typeof putNow): void {
  const run = (job: Job): Outcome => {
    try {
      const { ino, size, mtimeMs, mtimeNs } = put(fs, job);
      return { id: job.id, ino, size, mtimeMs, mtimeNs, ...(job.comesBack && { spare: job.bytes as Uint8Array<ArrayBuffer> }) };
    } catch (error) {
      const { message, code } = error as Error & { code?: string };
      return { id: job.id, message, code };
    }
  };
  port.on('message', (jobs: Job[]) => {
    const outcomes = jobs.map(run);
    port.postMessage(
      outcomes,
      outcomes.flatMap((outcome) => ('spare' in outcome ? [outcome.spare.buffer] : [])),
    );
  });
}

let thread: Worker | undefined;
/** Not where there is no such thread, or none may be made. */
let possible = !('Bun' in globalThis) && !('Deno' in globalThis);
let row = 0;
let lastMs = 0;
let ids = 0;
let idle: NodeJS.Timeout | undefined;
let batch: Job[] = [];
const underWay = new Map<number, { resolve: (stat: DiskStat) => void; reject: (error: Error) => void; spare: Spare | undefined }>();

/** Whether the next small file is better written over there. Each is to be asked for once, just before it is written. */
export function isBusy(): boolean {
  const now = performance.now();
  row = now - lastMs > pauseMs ? 1 : row + 1;
  lastMs = now;
  return possible && row > inARow;
}

function settle(outcomes: Outcome[]): void {
  for (const outcome of outcomes) {
    const { resolve, reject, spare } = underWay.get(outcome.id)!;
    underWay.delete(outcome.id);
    if ('message' in outcome) reject(Object.assign(new Error(outcome.message), { code: outcome.code }));
    else {
      if (outcome.spare) spare?.(outcome.spare);
      resolve({ kind: 'file', ...factsOf(outcome) });
    }
  }
  if (underWay.size > 0) return;
  thread?.unref();
  idle = setTimeout(end, idleMs);
  idle.unref();
}

function end(error = new Error('the thread that writes files has ended')): void {
  clearTimeout(idle);
  const ended = thread;
  thread = undefined;
  batch = [];
  void ended?.terminate();
  for (const { reject } of underWay.values()) reject(error);
  underWay.clear();
}

function open(): Worker | undefined {
  try {
    const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
    const code = `(${write.toString()})(require('node:worker_threads').parentPort, require('node:fs'), ${putNow.toString()})`;
    const made = new Thread(code, { eval: true, execArgv: [], name: 'anyfile disk' });
    made.on('message', settle);
    made.on('error', (error: Error) => {
      possible = false;
      end(error);
    });
    return made;
  } catch {
    // not permitted
    possible = false;
    return undefined;
  }
}

/** A view of a larger buffer is copied, unless all of that is given: what is beside it may be somebody's. */
function send(to: Worker, jobs: Job[]): void {
  try {
    const given = jobs.flatMap(({ comesBack, bytes: { buffer, byteLength } }) =>
      comesBack || buffer.byteLength === byteLength ? [buffer as ArrayBuffer] : [],
    );
    to.postMessage(jobs, given);
  } catch (error) {
    const { message } = error as Error;
    settle(jobs.map(({ id }) => ({ id, message, code: undefined })));
  }
}

/**
 * Puts bytes in a file's place, as `writeSmall` does. Rejects with the system's error, and the temporary file may be there still.
 *
 * @param bytes are given away: their buffer is empty afterwards
 * @param spare all of their buffer is given away, and this is called with them when they are written
 * @returns `undefined` where that cannot be had: nothing was done, and the bytes are as they were
 */
export function writeThere(temporary: string, path: string, bytes: Uint8Array, spare?: Spare): Promise<DiskStat> | undefined {
  thread ??= open();
  const to = thread;
  if (!to) return undefined;
  clearTimeout(idle);
  if (underWay.size === 0) to.ref();
  return new Promise((resolve, reject) => {
    const id = ids++;
    underWay.set(id, { resolve, reject, spare });
    if (batch.length === 0)
      queueMicrotask(() => {
        const jobs = batch;
        batch = [];
        send(to, jobs);
      });
    batch.push({ ...putOf(temporary, path, bytes), id, comesBack: spare !== undefined });
  });
}
