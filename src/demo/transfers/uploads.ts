/**
 * Uploads of the page: two files at a time, each paused and taken up again by its journal, also after the page was closed or killed.
 *
 * @module
 */
import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import {
  isCloudError,
  openUploadJournal,
  uploadFile,
  type ObjectStore,
  type PendingUpload,
  type UploadJob,
  type UploadJournal,
  type UploadSource,
} from '../../index.ts';
import { isAbort, makeRow, reasonOf, update, type TransferRow } from './row.ts';

/** Something to upload. */
export interface UploadItem {
  /** Below the folder that it goes to. */
  readonly path: string;
  readonly source: UploadSource;
}

/** Where it goes. */
export interface UploadTarget {
  readonly store: ObjectStore;
  /** A folder: empty, or ends in a slash. */
  readonly prefix: string;
  /** In words, without a secret. */
  readonly root: string;
}

/** The least that S3 takes, in bytes: progress is told by the part. */
const partBytes = 0x50_0000;
const filesAtATime = 2;
/** Of what ended well only the last are shown. */
const keptRows = 20;

/** All uploads of the page. */
export class Uploads {
  readonly rows: Signal<readonly TransferRow[]> = signal([]);
  /** Files that are not begun. */
  readonly waiting: Signal<number> = signal(0);
  /** Those of earlier visits, and of other tabs. */
  readonly pending: Signal<readonly PendingUpload[]> = signal([]);
  readonly running: ReadonlySignal<number> = computed(() => this.rows.value.filter(({ view }) => view.value.state === 'running').length);
  /** A file was stored. */
  onStored: ((key: string) => void) | undefined;
  private opened: UploadJournal | undefined;
  private readonly jobs = new Map<TransferRow, UploadJob>();
  /** Ids of those that this page has paused. */
  private readonly held = new Map<TransferRow, string>();
  private queue: (() => Promise<void>)[] = [];
  private busy = 0;
  /** Counts connections: what was waiting for one that is left is not begun. */
  private turn = 0;

  private get journal(): UploadJournal {
    return (this.opened ??= openUploadJournal());
  }

  /** Upload these. Resolves when all of them are begun or waiting. */
  async add(target: UploadTarget, items: AsyncIterable<UploadItem> | Iterable<UploadItem>): Promise<void> {
    const { turn } = this;
    for await (const item of items) {
      if (turn !== this.turn) return;
      this.enqueue(() => this.send(target, item, false));
    }
  }

  private enqueue(task: () => Promise<void>): void {
    this.queue.push(task);
    this.waiting.value = this.queue.length;
    this.work();
  }

  private work(): void {
    while (this.busy < filesAtATime && this.queue.length > 0) {
      const task = this.queue.shift()!;
      this.waiting.value = this.queue.length;
      this.busy++;
      void task().finally(() => {
        this.busy--;
        this.work();
      });
    }
  }

  private show(row: TransferRow): void {
    const done = this.rows.value.filter(({ view }) => view.peek().state === 'done');
    const drop = new Set(done.slice(0, Math.max(0, done.length - keptRows)));
    this.rows.value = [...this.rows.value.filter((it) => !drop.has(it)), row];
  }

  private async send(target: UploadTarget, item: UploadItem, replace: boolean): Promise<void> {
    const { store, prefix, root } = target;
    const key = prefix + item.path;
    const row = makeRow('upload', item.path, `${root.replace(/\/$/, '')}/${key}`);
    this.show(row);
    const conditional = !replace && store.capabilities.conditionalWrites;
    const there = (): void => {
      update(row, { state: 'there', note: 'There is something of this name already; nothing of it was changed.' });
      row.actions.value = {
        'Replace it': () => {
          this.rows.value = this.rows.value.filter((it) => it !== row);
          this.enqueue(() => this.send(target, item, true));
        },
      };
    };
    try {
      // told before anything is sent; the condition holds it against who comes in between
      if (!replace && (await store.head(key))) return there();
      const options = { partBytes, journal: this.journal, ...(conditional && { ifAbsent: true }) };
      await this.follow(row, uploadFile(store, key, item.source, options), { key, store, source: item.source });
    } catch (error) {
      if (!replace && isCloudError(error, 'PreconditionFailed')) return there();
      this.fail(row, error, () => this.enqueue(() => this.send(target, item, replace)));
    }
  }

  private fail(row: TransferRow, error: unknown, again: () => void): void {
    update(row, { state: 'failed', note: reasonOf(error) });
    row.actions.value = {
      'Try again': () => {
        this.rows.value = this.rows.value.filter((it) => it !== row);
        again();
      },
    };
  }

  /** Show a job until it ends. Rejects with what went wrong, not when it was paused or stopped. */
  private async follow(row: TransferRow, job: UploadJob, from: { key: string; store: ObjectStore; source: UploadSource }): Promise<void> {
    this.jobs.set(row, job);
    this.held.delete(row);
    update(row, { state: 'running', note: '' });
    let ending: 'paused' | 'stopped' | undefined;
    const stop = (): void => {
      ending = 'stopped';
      row.actions.value = {};
      job.abort().catch((error: unknown) => update(row, { note: reasonOf(error) }));
    };
    const pause = (): void => {
      ending = 'paused';
      row.actions.value = {};
      void job.pause();
    };
    row.actions.value = { Stop: stop };
    const watch = async (): Promise<void> => {
      for await (const { sentBytes, totalBytes, totalParts } of job.progress) {
        if (totalBytes > 0) update(row, { doneBytes: sentBytes, totalBytes });
        if (totalParts > 1 && !ending && row.actions.peek().Pause === undefined) row.actions.value = { Pause: pause, Stop: stop };
      }
    };
    try {
      await Promise.all([job.done, watch()]);
      update(row, { state: 'done' });
      row.actions.value = {};
      this.onStored?.(from.key);
    } catch (error) {
      if (!isAbort(error)) throw error;
      const resume = (): void => {
        row.actions.value = {};
        void this.resumeRow(row, job.id, from);
      };
      if (ending !== 'stopped') this.held.set(row, job.id);
      update(row, { state: ending ?? 'paused', note: ending === 'stopped' ? 'Nothing of it is left at the store.' : '' });
      row.actions.value = ending === 'stopped' ? {} : { Resume: resume, Stop: () => void this.giveUp(row, job.id, from.store) };
    } finally {
      this.jobs.delete(row);
    }
  }

  private async resumeRow(row: TransferRow, id: string, from: { key: string; store: ObjectStore; source: UploadSource }): Promise<void> {
    try {
      await this.follow(row, await this.continued(id, from), from);
    } catch (error) {
      this.fail(row, error, () => void this.look());
    }
    await this.look();
  }

  /** What was paused at its very beginning is in no journal yet, and begun anew. */
  private async continued(
    id: string,
    { key, store, source }: { key: string; store: ObjectStore; source: UploadSource },
  ): Promise<UploadJob> {
    try {
      return await this.journal.resume(id, source, { store });
    } catch (error) {
      if (!isCloudError(error, 'NotFound')) throw error;
      const conditional = store.capabilities.conditionalWrites;
      return uploadFile(store, key, source, { partBytes, journal: this.journal, ...(conditional && { ifAbsent: true }) });
    }
  }

  private async giveUp(row: TransferRow, id: string, store: ObjectStore): Promise<void> {
    row.actions.value = {};
    this.held.delete(row);
    try {
      await this.journal.abort(id, { store }).catch((error: unknown) => {
        // paused at its very beginning
        if (!isCloudError(error, 'NotFound')) throw error;
      });
      update(row, { state: 'stopped', note: 'Nothing of it is left at the store.' });
    } catch (error) {
      this.fail(row, error, () => void this.look());
    }
  }

  /** Look into the journal for uploads that nobody of this page is at. */
  async look(): Promise<void> {
    try {
      const mine = new Set([...[...this.jobs.values()].map(({ id }) => id), ...this.held.values()]);
      this.pending.value = (await this.journal.list()).filter(({ id }) => !mine.has(id));
    } catch {
      // private windows keep nothing
      this.pending.value = [];
    }
  }

  /**
   * Take up one of an earlier visit.
   *
   * @param source chosen again. @default what the journal knows
   */
  async resume(upload: PendingUpload, target: Omit<UploadTarget, 'prefix'>, source?: UploadSource): Promise<void> {
    const { id, key } = upload;
    const { handle } = upload.source as { handle?: FileSystemFileHandle & { requestPermission?(): Promise<PermissionState> } };
    const row = makeRow('upload', key, `${target.root.replace(/\/$/, '')}/${key}`);
    try {
      // while the click counts as one
      if (handle && !source) await handle.requestPermission?.();
      const job = await this.journal.resume(id, source, { store: target.store });
      this.pending.value = this.pending.value.filter((it) => it.id !== id);
      this.show(row);
      await this.follow(row, job, { key, store: target.store, source: source ?? handle ?? '' });
    } catch (error) {
      if (!this.rows.peek().includes(row)) this.show(row);
      update(row, { state: 'failed', note: reasonOf(error) });
    }
    await this.look();
  }

  /** End one of an earlier visit, and what is stored of it. */
  async abandon(upload: PendingUpload, store: ObjectStore): Promise<void> {
    const row = makeRow('upload', upload.key, upload.url);
    try {
      await this.journal.abort(upload.id, { store });
    } catch (error) {
      this.show(row);
      update(row, { state: 'failed', note: reasonOf(error) });
    }
    await this.look();
  }

  /** The connection ends: what runs is paused, so that it can be taken up again, what waits is not begun. */
  async leave(): Promise<void> {
    this.turn++;
    this.queue = [];
    this.waiting.value = 0;
    await Promise.allSettled([...this.jobs.values()].map((job) => job.pause()));
    this.held.clear();
    this.rows.value = [];
    // they are there for the next connection
    await this.look();
  }
}
