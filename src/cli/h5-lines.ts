/**
 * Lines of cells: as they come with a separator between, or in columns where all are there before the first is printed.
 *
 * @module
 */
import type { Task } from './io.ts';

/** Text is written in parts of about this length. */
const PART_LENGTH = 0x20000;

/** What is printed, in parts that are not too small. */
export class Writer {
  readonly #task: Task;
  #parts: string[] = [];
  #length = 0;

  constructor(task: Task) {
    this.#task = task;
  }

  /** Rejects with BrokenPipe, and when the run was ended. */
  async write(text: string): Promise<void> {
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length >= PART_LENGTH) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#length === 0) return;
    const text = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    await this.#task.out.bytes(new TextEncoder().encode(text));
    this.#task.signal.throwIfAborted();
  }
}

/** Where rows of cells go. */
export interface Lines {
  /** Cells of a row; `ends` unless more of the same row follow. */
  row(cells: readonly string[], ends?: boolean): Promise<void>;
  /** A line of its own. */
  line(text: string): Promise<void>;
  /** What is left is printed. */
  end(): Promise<void>;
}

/** Rows as they come. */
export function separatedLines(task: Task, separator: string): Lines {
  const writer = new Writer(task);
  return {
    row: (cells, ends = true) => writer.write(cells.join(separator) + (ends ? '\n' : separator)),
    line: (text) => writer.write(`${text}\n`),
    end: () => writer.flush(),
  };
}

const isNumber = (cell: string): boolean => /^-?(\d|Infinity|NaN)/.test(cell);

/**
 * Rows with their columns under one another, numbers at the end of theirs.
 *
 * @param rows texts, the last cell of each without blanks behind it
 */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  const isEnd = widths.map((_, i) => rows.some((row) => isNumber(row[i] ?? '')));
  return rows.map((row) =>
    row
      .map((cell, i) => (isEnd[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** Rows in columns. Everything up to the next line that is no row is kept before it is printed. */
export function alignedLines(task: Task): Lines {
  const writer = new Writer(task);
  let rows: string[][] = [];
  let isOpen = false;
  const flush = async (): Promise<void> => {
    for (const text of inColumns(rows)) await writer.write(`${text}\n`);
    rows = [];
  };
  return {
    async row(cells, ends = true) {
      if (isOpen) rows.at(-1)!.push(...cells);
      else rows.push([...cells]);
      isOpen = !ends;
    },
    async line(text) {
      await flush();
      await writer.write(`${text}\n`);
    },
    async end() {
      await flush();
      await writer.flush();
    },
  };
}
