/**
 * What became of files, noted in batches, and leases kept while their files are under way.
 *
 * @module
 */
import { createSerial } from '../util/serial.ts';
import type { FailedFile, FileId, JobStore, Lease, LeasedFile } from './types.ts';

/** The longest time that an outcome waits to be noted, in ms. */
const NOTE_MS = 1000;

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
export function keepOutcomes({ store, onError, onNoted }: OutcomesOptions): Outcomes {
  const all = new Map<string, Held>();
  const serial = createSerial();
  let finished = 0;
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const flushNow = async (): Promise<void> => {
    let noted = false;
    for (const held of all.values()) {
      const { ok, failed, lease } = held;
      if (ok.length + failed.length === 0) continue;
      held.ok = [];
      held.failed = [];
      finished += await store.finish(lease, { ok, failed });
      held.open -= ok.length + failed.length;
      if (held.open === 0) all.delete(lease.id);
      noted = true;
    }
    if (noted) await onNoted();
  };
  const renew = async (): Promise<void> => {
    for (const held of all.values()) {
      if (performance.now() - held.renewed < held.lease.leaseMs / 3) continue;
      if (await store.renew(held.lease)) held.renewed = performance.now();
      else {
        all.delete(held.lease.id);
        // done is done, whosever it is by now
        if (held.ok.length > 0) finished += await store.finish(held.lease, { ok: held.ok, failed: [] });
        held.controller.abort(lost());
      }
    }
  };
  const tick = (): void => {
    clearTimeout(timer);
    if (ended) return;
    const least = Math.min(NOTE_MS, ...[...all.values()].map(({ lease }) => lease.leaseMs / 6));
    timer = setTimeout(() => {
      serial(async () => {
        await renew();
        await flushNow();
      })
        .catch(onError)
        .finally(tick);
    }, least);
  };

  return {
    get finished() {
      return finished;
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
        // what was done first: it need not be done again
        await flushNow();
        for (const { lease } of all.values()) await store.release(lease);
        all.clear();
      });
    },
  };
}
