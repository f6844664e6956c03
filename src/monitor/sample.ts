/**
 * A bounded choice of rows.
 *
 * @module
 */
import type { IoRow } from './types.ts';

/** 32 bits of a text, well mixed: FNV-1a with the last steps of MurmurHash3. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

interface Ranked {
  rank: number;
  row: IoRow;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const compareRows = (a: IoRow, b: IoRow): number =>
  a.startMs - b.startMs ||
  a.endMs - b.endMs ||
  a.sizeBytes - b.sizeBytes ||
  compareText(a.path, b.path) ||
  compareText(a.direction, b.direction) ||
  compareText(a.error ?? '', b.error ?? '');

const compareRanks = (a: Ranked, b: Ranked): number => a.rank - b.rank || compareRows(a.row, b.row);

/**
 * Keeps those rows whose hashes are the lowest: an even choice that does not depend on the order in which rows or samples come together.
 * Up to `maxRows` all are kept.
 */
export class Sample {
  readonly maxRows: number;
  private kept: Ranked[] = [];
  private highest = Infinity;

  constructor(maxRows: number) {
    this.maxRows = maxRows;
  }

  add(row: IoRow): void {
    const rank = hash(`${row.path}\n${row.startMs}`);
    if (rank > this.highest) return;
    this.kept.push({ rank, row });
    if (this.kept.length >= 2 * this.maxRows + 16) this.cut();
  }

  /** Those that are kept, by the time when they began. */
  rows(): IoRow[] {
    this.cut();
    return this.kept.map(({ row }) => row).sort(compareRows);
  }

  private cut(): void {
    if (this.kept.length <= this.maxRows) return;
    this.kept.sort(compareRanks);
    this.kept.length = this.maxRows;
    this.highest = this.kept.at(-1)?.rank ?? -1;
  }
}
