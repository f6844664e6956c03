/**
 * TransferMonitor: what moved when.
 *
 * @module
 */
import { CloudError, isCloudError } from '../errors.ts';
import { randomName } from '../util/random-name.ts';
import { Bins } from './bins.ts';
import { parseMonitor, type MonitorJson, type SideJson } from './json.ts';
import { currentBpsOf, histogramOf, peakBpsOf, spanOf, type Histogram, type Side } from './measures.ts';
import { Sample } from './sample.ts';
import type { IoDirection, IoEvent, IoFile, IoInFlight, IoMonitor, IoRow } from './types.ts';

/** Options of {@link TransferMonitor}. */
export interface TransferMonitorOptions {
  /** Files of which time, size and name are kept; above it an even choice of them. As many again that failed. @default 10000 */
  maxRows?: number | undefined;
  /** Bins of 250 ms that are kept for each direction; above it they become twice as wide. @default 16384, which lasts for 68 minutes */
  maxBins?: number | undefined;
  /** Ms since 1970. @default the runtime's monotonic clock */
  now?: (() => number) | undefined;
}

/** Which files a figure is of. */
export interface DirectionOptions {
  /** @default all */
  direction?: IoDirection | undefined;
}

/** Options of {@link TransferMonitor.histogram}. */
export interface HistogramOptions extends DirectionOptions {
  /** Width of a bin, in ms. @default 1000 */
  resolutionMs?: number | undefined;
}

const systemNow = (): number => performance.timeOrigin + performance.now();
const codeOf = (error: unknown): string => (isCloudError(error) ? error.code : error instanceof Error ? error.name : 'Error');

function whole(value: number, what: string): number {
  if (!(Number.isSafeInteger(value) && value >= 0))
    throw new CloudError(`${what} is a whole number, 0 or more`, { code: 'InvalidArgument' });
  return value;
}

/**
 * Hears when files begin and end, and tells how fast they moved. A file's bytes count as spread evenly over its time. Memory is bounded:
 * of millions of files bins and an even choice of rows remain. Constructing does nothing.
 *
 * @example
 * const monitor = new TransferMonitor();
 * await files.transferTo('gs://bucket/copy', { monitor });
 * rateIn(monitor.totalBps(), 'MBps');
 */
export class TransferMonitor implements IoMonitor {
  private readonly maxRows: number;
  private readonly maxBins: number;
  private readonly now: () => number;
  private readonly sides = new Map<IoDirection, Side>();
  private readonly done: Sample;
  private readonly failed: Sample;
  private readonly flying = new Map<string, IoInFlight>();
  private readonly listeners = new Set<(event: IoEvent) => void>();
  private prefix: string | undefined;
  private started = 0;

  /** @throws CloudError `InvalidArgument` */
  constructor({ maxRows = 10_000, maxBins = 16_384, now = systemNow }: TransferMonitorOptions = {}) {
    this.maxRows = whole(maxRows, 'maxRows');
    if (whole(maxBins, 'maxBins') === 0) throw new CloudError('maxBins is 1 or more', { code: 'InvalidArgument' });
    this.maxBins = maxBins;
    this.now = now;
    this.done = new Sample(maxRows);
    this.failed = new Sample(maxRows);
  }

  /** A file begins. @returns what {@link endIo} or {@link endError} is to be called with */
  startIo({ path, direction, sizeBytes }: IoFile): string {
    this.prefix ??= randomName(6);
    const id = `${this.prefix}-${this.started++}`;
    this.record({ type: 'start', id, path, direction, startMs: this.now(), ...(sizeBytes !== undefined && { sizeBytes }) });
    return id;
  }

  /**
   * A file is there.
   *
   * @param sizeBytes stored bytes that moved
   * @throws CloudError `InvalidArgument` no such file is on its way, or the size is no whole number
   */
  endIo(id: string, sizeBytes: number): void {
    this.record({ type: 'end', id, ...this.ending(id), sizeBytes: whole(sizeBytes, 'sizeBytes') });
  }

  /** A file failed. Its error's code is kept, nothing else of it. @throws CloudError `InvalidArgument` no such file is on its way */
  endError(id: string, error: unknown): void {
    this.record({ type: 'error', id, ...this.ending(id), sizeBytes: 0, error: codeOf(error) });
  }

  private ending(id: string): Pick<IoRow, 'path' | 'direction' | 'startMs' | 'endMs'> {
    const file = this.flying.get(id);
    if (!file) throw new CloudError('no file of this id is on its way', { code: 'InvalidArgument' });
    const { path, direction, startMs } = file;
    return { path, direction, startMs, endMs: Math.max(startMs, this.now()) };
  }

  /** Take what another monitor told: of a worker, of another machine. */
  record(event: IoEvent): void {
    const { type, id, ...file } = event;
    if (event.type === 'start') {
      const { type: _, ...started } = event;
      this.flying.set(id, started);
    } else {
      this.flying.delete(id);
      this.land(file as IoRow, type === 'error');
    }
    for (const listener of this.listeners) listener(event);
  }

  private land(row: IoRow, isError: boolean): void {
    const side = this.side(row.direction);
    if (isError) {
      side.failed++;
      this.failed.add(row);
      return;
    }
    side.files++;
    side.bytes += row.sizeBytes;
    side.firstMs = Math.min(side.firstMs, row.startMs);
    side.lastMs = Math.max(side.lastMs, row.endMs);
    side.bins.add(row.startMs, row.endMs, row.sizeBytes);
    this.done.add(row);
  }

  private side(direction: IoDirection): Side {
    let side = this.sides.get(direction);
    if (!side) {
      side = { files: 0, failed: 0, bytes: 0, firstMs: Infinity, lastMs: -Infinity, bins: new Bins(this.maxBins) };
      this.sides.set(direction, side);
    }
    return side;
  }

  /** Be told of each file that begins and ends. @returns ends it */
  subscribe(listener: (event: IoEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Files that are on their way, those first that began first. Not part of exports and of {@link TransferMonitor.merge}. */
  inFlight(): IoInFlight[] {
    return [...this.flying.values()];
  }

  /** How many are on their way. */
  get inFlightCount(): number {
    return this.flying.size;
  }

  /** Files that are there, one row each; of more than `maxRows` an even choice; those that failed as well. By the time when they began. */
  rows(): IoRow[] {
    return [...this.done.rows(), ...this.failed.rows()].sort((a, b) => a.startMs - b.startMs);
  }

  private chosen({ direction }: DirectionOptions): Side[] {
    return [...this.sides].filter(([name]) => direction === undefined || name === direction).map(([, side]) => side);
  }

  private sum(options: DirectionOptions, of: (side: Side) => number): number {
    return this.chosen(options).reduce((sum, side) => sum + of(side), 0);
  }

  /** Files that are there. */
  totalFiles(options: DirectionOptions = {}): number {
    return this.sum(options, ({ files }) => files);
  }

  /** Files that failed. */
  totalErrors(options: DirectionOptions = {}): number {
    return this.sum(options, ({ failed }) => failed);
  }

  /** Stored bytes that moved. */
  totalBytes(options: DirectionOptions = {}): number {
    return this.sum(options, ({ bytes }) => bytes);
  }

  /** When the first file began, and when the last one was there, in ms since 1970; `undefined` before. */
  span(options: DirectionOptions = {}): { startMs: number; endMs: number } | undefined {
    return spanOf(this.chosen(options));
  }

  /** Bits a second from the beginning of the first file to the end of the last. */
  totalBps(options: DirectionOptions = {}): number {
    const span = this.span(options);
    const ms = span ? span.endMs - span.startMs : 0;
    return ms > 0 ? (this.totalBytes(options) * 8000) / ms : 0;
  }

  /**
   * Bits a second of late, of files that are there. Exact to the width of a bin: 250 ms, and more in long runs.
   *
   * @param lookBackMs what is looked at, in ms
   */
  currentBps(lookBackMs = 2000, options: DirectionOptions = {}): number {
    return currentBpsOf(this.chosen(options), this.now(), lookBackMs);
  }

  /** The fastest second, in bits a second; in runs so long that bins are wider, the fastest bin. */
  peakBps(options: DirectionOptions = {}): number {
    return peakBpsOf(this.chosen(options));
  }

  /**
   * Bytes by time: each file's spread evenly over its time, in whole numbers that add up to {@link totalBytes}. Multiples of 250 ms are
   * exact, until a long run has made the bins wider.
   *
   * @throws CloudError `InvalidArgument` the resolution is not above 0, or would make more than ten million bins
   */
  histogram({ resolutionMs = 1000, direction }: HistogramOptions = {}): Histogram {
    return histogramOf(this.chosen({ direction }), resolutionMs);
  }

  private add(other: TransferMonitor): void {
    for (const [direction, { files, failed, bytes, firstMs, lastMs, bins }] of other.sides) {
      const side = this.side(direction);
      side.files += files;
      side.failed += failed;
      side.bytes += bytes;
      side.firstMs = Math.min(side.firstMs, firstMs);
      side.lastMs = Math.max(side.lastMs, lastMs);
      side.bins.merge(bins);
    }
    for (const row of other.done.rows()) this.done.add(row);
    for (const row of other.failed.rows()) this.failed.add(row);
  }

  /**
   * One monitor of what several heard, as if it had heard all of it, in any order; its bounds are the lowest of theirs. What is on its way
   * stays with those who will hear of its end.
   */
  static merge(monitors: Iterable<TransferMonitor>): TransferMonitor {
    const all = [...monitors];
    const [first] = all;
    const least = (of: (monitor: TransferMonitor) => number): number | undefined => (first ? Math.min(...all.map(of)) : undefined);
    const merged = new TransferMonitor({
      maxRows: least(({ maxRows }) => maxRows),
      maxBins: least(({ maxBins }) => maxBins),
      now: first?.now,
    });
    for (const monitor of all) merged.add(monitor);
    return merged;
  }

  /** All that it knows but what is on its way, as plain data for JSON. */
  toJSON(): MonitorJson {
    const sides: Partial<Record<IoDirection, SideJson>> = {};
    for (const [direction, { files, failed, bytes, firstMs, lastMs, bins }] of this.sides) {
      const span = files > 0 ? { startMs: firstMs, endMs: lastMs } : {};
      const sorted = [...bins.entries()].sort(([a], [b]) => a - b);
      sides[direction] = { files, failed, bytes, ...span, binMs: bins.widthMs, bins: sorted };
    }
    const { maxRows, maxBins } = this;
    return { format: 'anyfile-monitor', version: 1, maxRows, maxBins, sides, rows: this.done.rows(), failed: this.failed.rows() };
  }

  /**
   * The monitor that {@link toJSON} told of.
   *
   * @param json parsed already; it may come from anybody
   * @throws CloudError `InvalidFile` it is none
   */
  static from(json: unknown, options: Pick<TransferMonitorOptions, 'now'> = {}): TransferMonitor {
    const { maxRows, maxBins, sides, rows, failed } = parseMonitor(json);
    const monitor = new TransferMonitor({ maxRows, maxBins, now: options.now });
    for (const [direction, { bins, binMs, startMs, endMs, ...counts }] of Object.entries(sides)) {
      const side = monitor.side(direction as IoDirection);
      Object.assign(side, counts, { firstMs: startMs ?? Infinity, lastMs: endMs ?? -Infinity });
      side.bins.widthMs = binMs;
      for (const [bin, bytes] of bins) side.bins.put(bin, bytes);
    }
    for (const row of rows) monitor.done.add(row);
    for (const row of failed) monitor.failed.add(row);
    return monitor;
  }
}
