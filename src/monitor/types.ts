/**
 * What is told while files move.
 *
 * @module
 */

/** Which way bytes go, seen from here: `transfer` is from one place to another. */
export type IoDirection = 'download' | 'upload' | 'transfer';

/** One file that begins to move. */
export interface IoFile {
  readonly path: string;
  readonly direction: IoDirection;
  /** Where it is known before it is read. */
  readonly sizeBytes?: number | undefined;
}

/** One file that is on its way. */
export interface IoInFlight extends IoFile {
  /** Names it among those of all monitors. */
  readonly id: string;
  /** When it began, in ms since 1970. */
  readonly startMs: number;
}

/** One file that has moved, or failed. Times are in ms since 1970, with fractions. */
export interface IoRow {
  readonly path: string;
  readonly direction: IoDirection;
  readonly startMs: number;
  readonly endMs: number;
  /** Stored bytes that arrived; 0 for one that failed. */
  readonly sizeBytes: number;
  /** The error's code, or the name of its class: never a message, which may hold what nobody is to see. */
  readonly error?: string | undefined;
}

/** What a monitor tells its listeners, and takes from another monitor. Plain data: it can be posted from a worker. */
export type IoEvent =
  | ({ readonly type: 'start' } & IoInFlight)
  | ({ readonly type: 'end'; readonly id: string } & IoRow)
  | ({ readonly type: 'error'; readonly id: string } & IoRow);

/** Who is told when a file begins and ends: what calls over files take as `monitor`. {@link TransferMonitor} is one. */
export interface IoMonitor {
  /** @returns what names the file until it ends */
  startIo(file: IoFile): string;
  /** @param sizeBytes stored bytes that arrived */
  endIo(id: string, sizeBytes: number): void;
  endError(id: string, error: unknown): void;
}
