/**
 * Which parts of an object are sent, and which are copied on the server.
 *
 * @module
 */

/** Bytes [start, end) of the object; sent, or what is there already. */
export interface RewritePart {
  readonly start: number;
  readonly end: number;
  readonly isKept: boolean;
}

const MiB = 0x10_0000;
/** No part but the last may be smaller. */
const LEAST_BYTES = 5 * MiB;
/** Parts that are sent: what is held of each in memory. */
const SENT_BYTES = 16 * MiB;
/** Parts that are copied: several at a time are faster than one, of which S3 would take 5 GiB. */
const KEPT_BYTES = 512 * MiB;
/** S3 takes 10,000; copies need few. */
const MOST_SENT = 8000;

/** The parts of an object that is copied as a whole. */
export const planCopy = (sizeBytes: number): RewritePart[] => [...cut(0, sizeBytes, KEPT_BYTES, true)];

function* cut(start: number, end: number, partBytes: number, isKept: boolean): Generator<RewritePart> {
  const count = Math.ceil((end - start) / partBytes);
  for (let i = 0; i < count; i++) {
    const at = (n: number): number => start + Math.round(((end - start) * n) / count);
    yield { start: at(i), end: at(i + 1), isKept };
  }
}

/**
 * The parts of an object, in order.
 *
 * @param changed ranges that are not what the object has there, in order and apart from one another; what lies between is
 * @returns undefined where nothing would be kept
 * @example planRewrite(200 * MiB, [{ start: 0, end: 65_536 }]) // sends 5 MiB, keeps 195
 */
export function planRewrite(sizeBytes: number, changed: readonly { start: number; end: number }[]): RewritePart[] | undefined {
  // what is sent, each as long as a part must be, and so far apart that what lies between can be one
  const sent: { start: number; end: number }[] = [];
  for (const range of changed) {
    const last = sent.at(-1);
    const start = range.start < LEAST_BYTES ? 0 : range.start;
    const end = Math.min(sizeBytes, Math.max(range.end, start + LEAST_BYTES));
    if (last && start - last.end < LEAST_BYTES) last.end = Math.max(last.end, end);
    else sent.push({ start, end });
  }
  const last = sent.at(-1);
  if (last && sizeBytes - last.end < LEAST_BYTES) last.end = sizeBytes;
  if (sent.reduce((sum, { start, end }) => sum + end - start, 0) === sizeBytes || sizeBytes < LEAST_BYTES) return undefined;
  const sentBytes = Math.max(SENT_BYTES, Math.ceil(sizeBytes / MOST_SENT));
  const parts: RewritePart[] = [];
  let at = 0;
  for (const { start, end } of sent) {
    parts.push(...cut(at, start, KEPT_BYTES, true), ...cut(start, end, sentBytes, false));
    at = end;
  }
  parts.push(...cut(at, sizeBytes, KEPT_BYTES, true));
  return parts;
}
