/**
 * Working on a job: claim, transfer, note, until nothing is left.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../errors.ts';
import type { EncodingOption } from '../encoding/names.ts';
import type { CloudFiles } from '../files/cloud-files.ts';
import type { IoMonitor } from '../monitor/types.ts';
import type { AbortOptions } from '../types.ts';
import { delay, linkSignals, throwIfAborted } from '../util/abort.ts';
import { mapParallel } from '../util/parallel.ts';
import { goneError, keepOutcomes, type Outcome, type Outcomes } from './outcomes.ts';
import type { JobInfo, JobProgress, JobStore, Lease, LeasedFile } from './types.ts';

/** Options of working on a job. */
export interface ExecuteOptions extends AbortOptions {
  /** How long files are this program's when nothing is heard of it, in ms: it renews its leases itself. @default 600000 */
  leaseMs?: number | undefined;
  /** Files that are taken at a time. @default 200 */
  batchSize?: number | undefined;
  /** Files in flight. @default the client's concurrency, else 32 */
  parallel?: number | undefined;
  /** How often a file is tried, where another attempt may help. @default 3 */
  attempts?: number | undefined;
  /** Told when each file begins and ends; one that is tried again begins anew. */
  monitor?: IoMonitor | undefined;
  /** Called when outcomes were noted, twice a second at most, and at the end. */
  progress?: ((progress: JobProgress) => void) | undefined;
}

/** How a run ended: the job's state, and what this run did of it. */
export interface ExecuteResult extends JobProgress {
  /** Files that this run finished. */
  readonly transferred: number;
}

/** What no other file will fare better with. */
const FATAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'QuotaExceeded',
  'Unauthenticated',
  'SignatureMismatch',
  'UnsupportedProtocol',
  'InvalidUrl',
]);
/** What may be well with another attempt, besides errors that say so. */
const AGAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['IntegrityError', 'Truncated', 'ObjectChanged']);

const PROGRESS_MS = 500;
const LONGEST_WAIT_MS = 1000;

/** Why a file failed, in a line that may be kept: no query of an address. */
export function reasonOf(error: unknown): string {
  const text = isCloudError(error)
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? `${error.name}: ${error.message}`
      : 'unknown';
  return text
    .replace(/(https?:\/\/[^\s?#]*)[?#]\S*/g, '$1')
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .slice(0, 1000);
}

interface Item {
  lease: Lease;
  file: LeasedFile;
  lost: AbortSignal;
}

/** Take files as they are wanted. Waits while all that is left is others'. */
async function* claimed(
  store: JobStore,
  outcomes: Outcomes,
  { leaseMs, batchSize = 200, signal }: ExecuteOptions,
): AsyncGenerator<Item, void, undefined> {
  let waitMs = 50;
  for (;;) {
    throwIfAborted(signal);
    if (outcomes.gone) return;
    let lease: Lease | 'wait' | 'done';
    try {
      lease = await store.claim(batchSize, { leaseMs, signal });
    } catch (error) {
      if (outcomes.takeGone(error)) return;
      throw error;
    }
    if (lease === 'done') return;
    if (lease === 'wait') {
      await delay(waitMs * (0.5 + Math.random() / 2), signal);
      waitMs = Math.min(waitMs * 1.5, LONGEST_WAIT_MS);
      continue;
    }
    waitMs = 50;
    const lost = outcomes.hold(lease);
    for (const file of lease.files) {
      if (lost.aborted) break;
      yield { lease, file, lost };
    }
  }
}

/**
 * Work on a job that is open until it is done, beside others that may do the same. Each file goes by {@link CloudFiles.transferTo},
 * verified. A file
 * that fails is kept with its cause and the others go on; what no file can do without (room, credentials) ends the run.
 *
 * @throws `signal.reason` when it is stopped: what was begun is given back; CloudError `ObjectChanged` another job is in its place,
 * `InvalidFile`
 *   another program has taken it away: the files in hand are brought to their end, and the message says which of them failed
 */
export async function workOnJob(
  store: JobStore,
  { reencode }: JobInfo,
  from: CloudFiles,
  to: CloudFiles,
  options: ExecuteOptions = {},
): Promise<ExecuteResult> {
  const { parallel = from.context.options.concurrency ?? 32, attempts = 3, progress } = options;
  for (const [name, value] of Object.entries({ parallel, attempts, batchSize: options.batchSize ?? 1, leaseMs: options.leaseMs ?? 1 }))
    if (!(Number.isSafeInteger(value) && value > 0)) throw new CloudError(`${name} is a whole number above 0`, { code: 'InvalidArgument' });
  const link = linkSignals(options.signal);
  let told = -Infinity;
  const tell = async (): Promise<void> => {
    if (!progress || performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    progress(await store.progress());
  };
  const outcomes = keepOutcomes({ store, onError: (error) => link.abort(error), onNoted: tell });
  const running = new Set<Promise<void>>();

  const transfer = async ({ lease, file, lost }: Item, signal: AbortSignal): Promise<void> => {
    if (lost.aborted) return;
    const both = linkSignals(signal, lost);
    let outcome: Outcome;
    try {
      await from.transferTo(to, {
        paths: [file.name],
        progress: false,
        monitor: options.monitor,
        // what is noted as done is done, also after a power cut
        durable: true,
        signal: both.signal,
        ...(reencode !== null && { reencode: (reencode || 'none') as EncodingOption }),
      });
    } catch (error) {
      if (lost.aborted) return;
      if (signal.aborted || (isCloudError(error) && FATAL.has(error.code))) throw error;
      const mayHelp = isCloudError(error) && (error.retryable || AGAIN.has(error.code));
      outcome = { error: reasonOf(error), retry: mayHelp && file.attempts + 1 < attempts };
    } finally {
      both.unlink();
    }
    outcomes.note(lease, file, outcome);
  };
  const tracked = (item: Item, signal: AbortSignal): Promise<void> => {
    const run = transfer(item, signal).finally(() => running.delete(run));
    running.add(run);
    return run;
  };

  let failure: { error: unknown } | undefined;
  const items = claimed(store, outcomes, { ...options, signal: link.signal });
  try {
    for await (const _ of mapParallel(items, parallel, (item, __, signal) => tracked(item, signal), { signal: link.signal }));
    await outcomes.flush();
  } catch (error) {
    failure = { error };
    // the files that were under way have been told, but not what takes more of them
    link.abort(error);
  }
  // all has been told to end; files that were handed out meanwhile are given back with the others
  await Promise.allSettled([...running, items.return()]);
  link.unlink();
  try {
    await outcomes.end();
  } catch (error) {
    // what ended the run says more
    failure ??= { error };
  }
  if (failure) throw failure.error;
  throwIfAborted(link.signal);
  if (outcomes.gone) throw goneError(outcomes.gone);
  const state = await store.progress();
  progress?.(state);
  return { ...state, transferred: outcomes.finished };
}
