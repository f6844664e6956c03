/**
 * What became of files, noted in batches, and leases kept while their files are under way.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { createSerial } from '../util/serial.ts';
import type { FailedFile, FileId, JobStore, Lease, LeasedFile } from './types.ts';

/** The longest time that an outcome waits to be noted, in ms. */
const NOTE_MS = 1000;
/** Names in a message. */
const MOST_NAMES = 100;

/** What became of one file: nothing when it is done. */
export type Outcome = { readonly error: string; readonly retry: boolean } | undefined;

interface Held {
  readonly lease: Lease;
  readonly controller: AbortController;
  /** Files that nothing is noted of. */
  open: number;
  ok: FileId[];
  failed: FailedFile[];
  renewed: number;
}

/** Leases of one run. */
export interface Outcomes {
  /** Keep a lease from now on. @returns is aborted when the lease is lost */
  hold(lease: Lease): AbortSignal;
  /** Note what became of a file. */
  note(lease: Lease, file: LeasedFile, outcome: Outcome): void;
  /** Note all that waits. Rejects with what went wrong in between, too. */
  flush(): Promise<void>;
  /** Give back what is not done, and stop. */
  end(): Promise<void>;
  /** How many files were finished by this run. */
  readonly finished: number;
  /** Whether an error says that the job was taken away: then what is in hand is all that is left of it, and is brought to its end. */
  takeGone(error: unknown): boolean;
  /** Set when the job was taken away under us: why, and what became of the files in hand since, of which nothing can be noted. */
  readonly gone: Gone | undefined;
}

/** See {@link Outcomes.gone}. */
export interface Gone {
  readonly error: CloudError;
  done: number;
  readonly failed: string[];
}

/** What to throw in the end. */
export function goneError({ error, done, failed }: Gone): CloudError {
  const others = failed.length > 0 ? `, ${failed.length} were not: ${failed.slice(0, MOST_NAMES).join(', ')}` : '';
  return new CloudError(`${error.message}; of the files in hand ${done} were transferred${others}`, { code: error.code, cause: error });
}

/** The lease ran out, and another may have it. */
export const lost = (): DOMException => new DOMException('the lease of this file ran out', 'AbortError');

/** Options of {@link keepOutcomes}. */
export interface OutcomesOptions {
  store: JobStore;
  /** Hears of what cannot be noted: work must stop. */
  onError: (error: unknown) => void;
  /** Called when something was noted. */
  onNoted: () => Promise<void>;
}

/** Begin to keep leases: each is renewed when a third of its term is over. */
export function keepOutcomes({ store, onError: onOther, onNoted }: OutcomesOptions): Outcomes {
  let gone: Gone | undefined;
  const all = new Map<string, Held>();
  const serial = createSerial();
  let finished = 0;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer ends. */
  let due = Infinity;

  const takeGone = (error: unknown): boolean => {
    if (isCloudError(error, 'InvalidFile')) gone ??= { error, done: 0, failed: [] };
    return gone !== undefined;
  };
  const onError = (error: unknown): void => {
    if (!takeGone(error)) onOther(error);
  };
  const nameIn = ({ files }: Lease, wanted: FileId): string => files.find(({ id }) => id === wanted)?.name ?? String(wanted);
  const keepUnnoted = (lease: Lease, ok: readonly FileId[], failed: readonly FailedFile[]): void => {
    if (!gone) return;
    gone.done += ok.length;
    gone.failed.push(...failed.map(({ id }) => nameIn(lease, id)));
  };

  const flushNow = async (): Promise<void> => {
    let noted = false;
    for (const held of all.values()) {
      const { ok, failed, lease } = held;
      if (ok.length + failed.length === 0) continue;
      held.ok = [];
      held.failed = [];
      held.open -= ok.length + failed.length;
      try {
        if (!gone) finished += await store.finish(lease, { ok, failed });
      } catch (error) {
        if (!takeGone(error)) throw error;
      }
      keepUnnoted(lease, ok, failed);
      if (held.open === 0) all.delete(lease.id);
      noted = true;
    }
    if (noted && !gone) await onNoted();
  };
  const renew = async (): Promise<void> => {
    if (gone) return;
    for (const held of all.values()) {
      if (performance.now() - held.renewed < held.lease.leaseMs / 3) continue;
      if (await store.renew(held.lease)) held.renewed = performance.now();
      else {
        all.delete(held.lease.id);
        held.controller.abort(lost());
        try {
          // done is done, whosever it is by now
          if (held.ok.length > 0) finished += await store.finish(held.lease, { ok: held.ok, failed: [] });
        } finally {
          // the store keeps files of a cancelled job as ours until they are given back; where that fails, they run out
          await store.release(held.lease).catch(() => {});
        }
      }
    }
  };
  const tick = (): void => {
    const least = Math.min(NOTE_MS, ...[...all.values()].map(({ lease }) => lease.leaseMs / 6));
    const next = performance.now() + least;
    // a lease that comes postpones nothing: where they come all the time, none would be renewed
    if (ended || due <= next) return;
    clearTimeout(timer);
    due = next;
    timer = setTimeout(() => {
      // nothing else is arranged until this is through
      due = -Infinity;
      serial(async () => {
        await renew();
        await flushNow();
      })
        .catch(onError)
        .finally(() => {
          due = Infinity;
          tick();
        });
    }, least);
  };

  return {
    get finished() {
      return finished;
    },
    takeGone,
    get gone() {
      return gone;
    },
    hold(lease) {
      const controller = new AbortController();
      const { files } = lease;
      all.set(lease.id, { lease, controller, open: files.length, ok: [], failed: [], renewed: performance.now() });
      tick();
      return controller.signal;
    },
    note(lease, { id }, outcome) {
      const held = all.get(lease.id);
      // lost: what was done in spite of that is counted, once
      if (!held) {
        if (!outcome) void serial(async () => (finished += await store.finish(lease, { ok: [id], failed: [] }))).catch(onError);
        return;
      }
      if (outcome) held.failed.push({ id, ...outcome });
      else held.ok.push(id);
      if (held.ok.length + held.failed.length === held.open) void serial(flushNow).catch(onError);
    },
    flush: () => serial(flushNow),
    async end() {
      ended = true;
      clearTimeout(timer);
      await serial(async () => {
        try {
          // what was done first: it need not be done again
          await flushNow();
        } finally {
          if (!gone) for (const { lease } of all.values()) await store.release(lease);
          all.clear();
        }
      });
    },
  };
}
