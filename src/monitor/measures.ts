/**
 * Figures of what moved, from what is kept of each direction.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { spread, type Bins } from './bins.ts';

/** What is kept of one direction. */
export interface Side {
  files: number;
  failed: number;
  bytes: number;
  firstMs: number;
  lastMs: number;
  readonly bins: Bins;
}

/** Bytes by time. */
export interface Histogram {
  /** Where the first bin begins, in ms since 1970. */
  startMs: number;
  resolutionMs: number;
  /** Of each bin, without gaps; empty when nothing moved. */
  bytes: number[];
}

const longestHistogram = 10_000_000;

/** When the first file began and the last one was there; `undefined` before. */
export function spanOf(sides: readonly Side[]): { startMs: number; endMs: number } | undefined {
  const used = sides.filter(({ files }) => files > 0);
  if (used.length === 0) return undefined;
  return { startMs: Math.min(...used.map(({ firstMs }) => firstMs)), endMs: Math.max(...used.map(({ lastMs }) => lastMs)) };
}

/** Bits a second of the time before `now`, at most `lookBackMs` of it. */
export function currentBpsOf(sides: readonly Side[], now: number, lookBackMs: number): number {
  const span = spanOf(sides);
  const windowMs = Math.min(lookBackMs, span ? now - span.startMs : 0);
  if (!(windowMs > 0)) return 0;
  let bytes = 0;
  for (const { bins } of sides) {
    for (const [bin, inBin] of bins.entries()) {
      const startMs = bin * bins.widthMs;
      // the bin that is being filled holds what came until now
      const endMs = Math.min(startMs + bins.widthMs, now);
      const share = Math.max(0, endMs - Math.max(startMs, now - windowMs)) / (endMs - startMs);
      if (endMs > startMs) bytes += inBin * share;
    }
  }
  return (bytes * 8000) / windowMs;
}

function binned(sides: readonly Side[], widthMs: number, originMs: number): Map<number, number> {
  const target = new Map<number, number>();
  const add = (bin: number, bytes: number): void => void target.set(bin, (target.get(bin) ?? 0) + bytes);
  for (const { bins } of sides) {
    const width = bins.widthMs;
    for (const [bin, bytes] of bins.entries()) spread({ startMs: bin * width, endMs: (bin + 1) * width, bytes }, widthMs, originMs, add);
  }
  return target;
}

/** The fastest second, in bits a second; where bins are wider, the fastest bin. */
export function peakBpsOf(sides: readonly Side[]): number {
  const widthMs = Math.max(1000, ...sides.map(({ bins }) => bins.widthMs));
  let most = 0;
  for (const bytes of binned(sides, widthMs, 0).values()) most = Math.max(most, bytes);
  return (most * 8000) / widthMs;
}

/** Bytes by time, from the first bin that holds any. @throws CloudError `InvalidArgument` */
export function histogramOf(sides: readonly Side[], resolutionMs: number): Histogram {
  if (!(resolutionMs > 0)) throw new CloudError('resolutionMs is above 0', { code: 'InvalidArgument' });
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const { bins } of sides) {
    for (const [bin] of bins.entries()) {
      startMs = Math.min(startMs, bin * bins.widthMs);
      endMs = Math.max(endMs, (bin + 1) * bins.widthMs);
    }
  }
  if (startMs > endMs) return { startMs: 0, resolutionMs, bytes: [] };
  if ((endMs - startMs) / resolutionMs > longestHistogram) throw new CloudError('so many bins cannot be made', { code: 'InvalidArgument' });
  const bins = binned(sides, resolutionMs, startMs);
  let last = 0;
  for (const bin of bins.keys()) last = Math.max(last, bin);
  return { startMs, resolutionMs, bytes: Array.from({ length: last + 1 }, (_, bin) => bins.get(bin) ?? 0) };
}
