/**
 * What processes that share a folder of copies agree on.
 *
 * @module
 */
import type { ClientOptions } from '../../src/index.ts';

/** What a process is told. */
export interface CopiesUse {
  folder: string;
  url: string;
  options: ClientOptions;
  /** Of the process. */
  id: string;
}

/** Objects that all append to. */
export const sharedObjects: readonly string[] = ['s0', 's1', 'd/s2', 'd/s3', 'd/e/s4', 's5'];
/** Objects whose copies were edited by hand: nobody may open them, nor clear them. */
export const editedKeys: readonly string[] = ['h0', 'd/h1'];

/** A line that can be seen to be whole. */
export function lineOf(id: string, n: number): string {
  const length = (n * 7919) % 400;
  return `${id}.${n} ${'x'.repeat(length)} ${length}\n`;
}

/** The first line that is not whole. */
export function tornLine(text: string): string | undefined {
  if (text !== '' && !text.endsWith('\n')) return text.slice(-99);
  return text
    .split('\n')
    .slice(0, -1)
    .find((line) => {
      const [, pad, length] = /^\S+ (x*) (\d+)$/.exec(line) ?? [];
      return pad?.length !== Number(length);
    });
}
