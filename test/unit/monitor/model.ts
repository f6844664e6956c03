/**
 * Monitors over files that are made up.
 *
 * @module
 */
import fc from 'fast-check';
import { TransferMonitor, type IoDirection, type TransferMonitorOptions } from '../../../src/index.ts';

/** A file of a made-up run; without a size it fails. */
export interface MadeFile {
  path: string;
  direction: IoDirection;
  startMs: number;
  endMs: number;
  sizeBytes: number | null;
}

/** Some moment. */
export const t0 = 1_700_000_000_123;

/** Files of all kinds: instants, hours, nothing and much, fractions of ms. */
export const madeFiles: fc.Arbitrary<MadeFile[]> = fc.array(
  fc
    .record({
      path: fc.string({ maxLength: 6 }),
      direction: fc.constantFrom<IoDirection>('download', 'upload', 'transfer'),
      startMs: fc.double({ min: 0, max: 20_000, noNaN: true }).map((ms) => t0 + ms),
      durationMs: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 10_000, noNaN: true }), fc.integer({ max: 1_000_000, min: 0 })),
      sizeBytes: fc.option(fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 2 ** 40 })), { freq: 6 }),
    })
    .map(({ durationMs, ...file }) => ({ ...file, endMs: file.startMs + durationMs })),
  { maxLength: 12 },
);

/** Tell a monitor of files, as those tell who move them. */
export function tell(files: readonly MadeFile[], options: TransferMonitorOptions = {}): TransferMonitor {
  let clock = t0;
  const monitor = new TransferMonitor({ now: () => clock, ...options });
  for (const { path, direction, startMs, endMs, sizeBytes } of files) {
    clock = startMs;
    const id = monitor.startIo({ path, direction });
    clock = endMs;
    if (sizeBytes === null) monitor.endError(id, new TypeError('odd'));
    else monitor.endIo(id, sizeBytes);
  }
  return monitor;
}
