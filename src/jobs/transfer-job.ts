/**
 * A transfer job as programs use it: made, worked on, looked at.
 *
 * @module
 */
import { parseEncoding, type EncodingOption } from '../encoding/names.ts';
import { CloudError, redactUrl } from '../errors.ts';
import { CloudFiles, openFiles } from '../files/cloud-files.ts';
import type { Many } from '../files/types.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import type { StoreContext } from '../store/context.ts';
import type { AbortOptions } from '../types.ts';
import { parseUrl } from '../url/parse.ts';
import { asyncDispose } from '../util/dispose.ts';
import { listNames } from './list-names.ts';
import type { JobFailure, JobInfo, JobProgress, JobSpec, JobStore } from './types.ts';
import { workOnJob, type ExecuteOptions, type ExecuteResult } from './work-job.ts';

/** Options of {@link TransferJob.init}. */
export interface InitTransferOptions extends AbortOptions {
  /** Names relative to the source. @default all that a listing of the source gives */
  paths?: Many<string> | undefined;
  /** Of a listing: also what is in folders. @default true */
  recursive?: boolean | undefined;
  /** Encode anew; `none` decodes. @default as stored */
  reencode?: EncodingOption;
  /** Replace a job that is not finished. @default false */
  force?: boolean | undefined;
}

/** The job and how far it is. */
export interface TransferStatus extends JobInfo, JobProgress {}

/**
 * A job that moves many files, kept where it was opened: it may be interrupted at any time, and worked on by several programs. Every file
 * is
 * transferred at least once, and counted once.
 */
export interface TransferJob {
  /**
   * Make the job. A listing that was interrupted goes on where it was, in SQLite and IndexedDB; names that are given begin anew.
   *
   * @param source URL or path of a folder, without credentials
   * @param dest where the same names will be
   * @throws CloudError `AlreadyExists` a job that is not finished is there; `InvalidUrl`, `UnsupportedProtocol`, `InvalidArgument`,
   * `InvalidFile`
   */
  init(source: string, dest: string, options?: InitTransferOptions): Promise<JobInfo>;
  /**
   * Transfer until nothing is left that this program may do: waits for files that others hold, and takes them over from programs that died.
   *
   * @throws the signal's reason; CloudError `NotFound` there is no job; what ends all: `QuotaExceeded`, `Unauthenticated` and the like
   */
  execute(options?: ExecuteOptions): Promise<ExecuteResult>;
  /** The job and its state; changes nothing. */
  status(options?: AbortOptions): Promise<TransferStatus>;
  /** Files that failed, with cause and attempts. */
  failures(options?: AbortOptions): AsyncIterable<JobFailure>;
  /** Let files that failed for good be tried again, and a job that was cancelled go on. @returns how many */
  retry(options?: AbortOptions): Promise<number>;
  /** Take all files back from whoever holds them: to be done before another program, such as cloud-files, goes on with the job. */
  release(): Promise<void>;
  /** Stop the job for all who work on it. What is under way ends. */
  cancel(options?: AbortOptions): Promise<void>;
  /** @param options.remove also take the job away when all is finished. @default false */
  close(options?: { remove?: boolean | undefined }): Promise<void>;
}

/** Make the object of a job. Opens nothing. @param release called at the end, for what was made for it */
export function createTransferJob(store: JobStore, context: StoreContext, release: () => Promise<void> = async () => {}): TransferJob {
  const client = { context };
  const placeOf = (url: string): CloudFiles => {
    const files = new CloudFiles(url, { client });
    if (/^https?$/.test(files.protocol) && redactUrl(files.url) !== files.url)
      throw new CloudError('a job keeps no query and no user of an address: those may be secret', { code: 'InvalidArgument' });
    return files;
  };
  const job: TransferJob = {
    async init(source, dest, { paths, recursive = true, reencode, force, signal } = {}) {
      const from = placeOf(source);
      const to = placeOf(dest);
      const encoding = reencode === undefined || reencode === null ? null : (parseEncoding(reencode) ?? '');
      if (from.url === to.url && encoding === null) throw new CloudError('source and destination are one', { code: 'InvalidArgument' });
      const spec: JobSpec = { source: from.url, dest: to.url, reencode: encoding };
      if (paths) return await store.create(spec, paths, { force, signal });
      const names = listNames(openFiles(parseUrl(from.url, { aliases: aliasesOf(context) }), { client }), { recursive, signal });
      return await store.create(spec, names.from(''), { force, signal, resume: names });
    },
    async execute(options = {}) {
      const info = await store.open({ signal: options.signal });
      return await workOnJob(store, info, placeOf(info.source), placeOf(info.dest), options);
    },
    async status(options) {
      return { ...(await store.open(options)), ...(await store.progress(options)) };
    },
    failures: (options) => store.failures(options),
    retry: (options) => store.retry(options),
    release: () => store.release('all'),
    cancel: (options) => store.cancel(options),
    async close(options) {
      try {
        await store.close(options);
      } finally {
        await release();
      }
    },
  };
  // not a method: WebKit has no Symbol.asyncDispose to name one by
  Object.defineProperty(job, asyncDispose, { value: () => job.close() });
  return job;
}
