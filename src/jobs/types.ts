/**
 * What a transfer job is, and what keeps it.
 *
 * @module
 */
import type { AbortOptions } from '../types.ts';

/** Where files go from and to, and how. */
export interface JobSpec {
  /** URL of the source; without credentials. */
  readonly source: string;
  /** URL of the destination; without credentials. */
  readonly dest: string;
  /** Encoding to which files are changed: `null` as they are stored, `''` decoded. */
  readonly reencode: string | null;
}

/** A job that is kept. */
export interface JobInfo extends JobSpec {
  readonly created: Date;
  readonly total: number;
}

/** Names a file in one job. */
export type FileId = number | string;

/** One file of a batch: its name is relative to the source, and to the destination. */
export interface LeasedFile {
  readonly id: FileId;
  readonly name: string;
  /** How often it has been tried before. */
  readonly attempts: number;
}

/** A batch that is somebody's until it runs out. */
export interface Lease {
  readonly id: string;
  readonly files: readonly LeasedFile[];
  /** How long it holds without being renewed, in ms. */
  readonly leaseMs: number;
}

/** A file that could not be transferred. */
export interface FailedFile {
  readonly id: FileId;
  /** Why, in words without a secret. */
  readonly error: string;
  /** Whether another attempt may help. */
  readonly retry: boolean;
}

/** A failure that is kept. */
export interface JobFailure {
  readonly name: string;
  readonly error: string;
  readonly attempts: number;
  /** Whether it is not tried again by itself. */
  readonly isFinal: boolean;
}

/** How far a job is, in files. `failed` are those that are not tried again by themselves; they are not finished. */
export interface JobProgress {
  readonly total: number;
  readonly finished: number;
  readonly leased: number;
  readonly failed: number;
}

/** Names that can be given from a place on. A position is where the source is behind the name that it gave last. */
export interface ResumableNames {
  /** What is listed, in words: another text is another list, and is begun anew. */
  readonly list: string;
  position(): string;
  from(position: string): AsyncIterable<string>;
}

/** Options of {@link JobStore.create}. */
export interface CreateJobOptions extends AbortOptions {
  /** Replace a job that is not finished. @default false */
  force?: boolean | undefined;
  /** How the making of the same job goes on where it was interrupted; stores that cannot begin anew. @default it begins anew */
  resume?: ResumableNames | undefined;
}

/** Options of {@link JobStore.claim}. */
export interface ClaimOptions extends AbortOptions {
  /** How long the batch is the caller's without being renewed, in ms. @default 600000 */
  leaseMs?: number | undefined;
}

/**
 * Keeps one job: which files there are, who works on which, and what became of them. Each file is handed out at least once and counted
 * once; several
 * processes may work on one job.
 */
export interface JobStore {
  /**
   * Make the job. What is interrupted leaves a job that can be told from a whole one.
   *
   * @throws CloudError `AlreadyExists` there is one that is not finished
   */
  create(spec: JobSpec, names: Iterable<string> | AsyncIterable<string>, options?: CreateJobOptions): Promise<JobInfo>;
  /** Look at the job that is there. @throws CloudError `NotFound`; `InvalidFile` it is none, or was never made whole */
  open(options?: AbortOptions): Promise<JobInfo>;
  /**
   * Take up to `count` files: fresh ones first, then those of holders that are dead. `wait`: all that is left is others'; `done`: nothing
   * is left.
   */
  claim(count: number, options?: ClaimOptions): Promise<Lease | 'wait' | 'done'>;
  /** Keep a batch for another term. `false`: it is lost, and its work is to be stopped. */
  renew(lease: Lease): Promise<boolean>;
  /** Note what became of files of a batch. @returns how many became finished by this call */
  finish(lease: Lease, result: { readonly ok: readonly FileId[]; readonly failed: readonly FailedFile[] }): Promise<number>;
  /** Give files back that are not finished: of one batch, or of all, whoever has them. */
  release(lease: Lease | 'all'): Promise<void>;
  progress(options?: AbortOptions): Promise<JobProgress>;
  /** Files that failed, with cause and attempts. */
  failures(options?: AbortOptions): AsyncIterable<JobFailure>;
  /** Let files that failed be tried again. @returns how many */
  retry(options?: AbortOptions): Promise<number>;
  /** Stop the job for all: nobody is handed out anything more. */
  cancel(options?: AbortOptions): Promise<void>;
  /** @param options.remove also take the job away when all is finished and nobody holds anything. @default false */
  close(options?: { remove?: boolean | undefined }): Promise<void>;
}
