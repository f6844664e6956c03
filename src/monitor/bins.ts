/**
 * Bytes by time, in bins that grow wider when there are too many of them. All numbers are whole, so that sums do not depend on the order in
 * which they are made: what the bins hold is a function of the files alone, however they came together.
 *
 * @module
 */

/** Width of the narrowest bins, in ms. */
export const BASE_MS = 250;

/**
 * Cut the bytes of an interval at the borders of bins, evenly, in whole numbers. What lies before a border does not depend on the other
 * borders, so narrow bins add up to exactly what wide ones get.
 *
 * @param originMs where bin 0 begins
 */
export function spread(
  { startMs, endMs, bytes }: { startMs: number; endMs: number; bytes: number },
  widthMs: number,
  originMs: number,
  add: (bin: number, bytes: number) => void,
): void {
  const first = Math.floor((startMs - originMs) / widthMs);
  const last = Math.max(first, Math.ceil((endMs - originMs) / widthMs) - 1);
  let before = 0;
  for (let bin = first; bin <= last; bin++) {
    const borderMs = originMs + (bin + 1) * widthMs;
    const upTo = bin === last ? bytes : Math.round((bytes * (borderMs - startMs)) / (endMs - startMs));
    add(bin, upTo - before);
    before = upTo;
  }
}

/** Bytes by time. Bins are as wide as 250 ms times a power of two, and begin at multiples of their width since 1970. */
export class Bins {
  widthMs: number = BASE_MS;
  readonly maxBins: number;
  private held = new Map<number, number>();

  /** @param maxBins how many are held at most */
  constructor(maxBins: number) {
    this.maxBins = maxBins;
  }

  /** Number and bytes of each, in no order. */
  entries(): IterableIterator<[bin: number, bytes: number]> {
    return this.held.entries();
  }

  /** Add bytes that moved in an interval. */
  add(startMs: number, endMs: number, bytes: number): void {
    if (bytes === 0) return;
    while ((endMs - startMs) / this.widthMs > this.maxBins) this.widen();
    spread({ startMs, endMs, bytes }, this.widthMs, 0, this.put);
    this.fit();
  }

  /** Add what others hold. */
  merge({ widthMs, held }: Bins): void {
    while (this.widthMs < widthMs) this.widen();
    const times = this.widthMs / widthMs;
    for (const [bin, bytes] of held) this.put(Math.floor(bin / times), bytes);
    this.fit();
  }

  /** Add one bin of what was exported. */
  readonly put = (bin: number, bytes: number): void => {
    this.held.set(bin, (this.held.get(bin) ?? 0) + bytes);
  };

  private fit(): void {
    while (this.held.size > this.maxBins) this.widen();
  }

  private widen(): void {
    const { held } = this;
    this.held = new Map();
    this.widthMs *= 2;
    for (const [bin, bytes] of held) this.put(Math.floor(bin / 2), bytes);
  }
}
