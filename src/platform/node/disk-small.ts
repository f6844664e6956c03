/**
 * Small files that need not last over a power cut: written on the thread itself, where six calls take less time than the way to another
 * thread and back takes once.
 *
 * @module
 */
import * as fs from 'node:fs';
import { throwIfAborted } from '../../util/abort.ts';
import { concat } from '../../util/bytes.ts';
import type { PutOptions } from '../../types.ts';
import type { DiskStat } from '../types.ts';
import { diskError } from './disk-error.ts';
import { isQuick, timed } from './disk-now.ts';
import { putNow, putOf } from './disk-put.ts';
import { replacing, temporaryBeside, type Condition } from './disk-replace.ts';
import { describe } from './disk-stat.ts';
import { writeThere } from './disk-thread.ts';

/** What is small; more would hold up the thread. */
const smallBytes = 0x100000;
/** The same of what is given away: another thread may write it. */
const smallGivenBytes = 0x400000;

/** The chunks of a body, in memory when there are few bytes: then it is small. */
export async function gatherSmall(
  chunks: AsyncIterable<Uint8Array>,
  giveAway = false,
): Promise<{ small: Uint8Array } | { chunks: AsyncGenerator<Uint8Array, void, undefined> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let size = 0; size <= (giveAway ? smallGivenBytes : smallBytes);) {
    const step = await iterator.next();
    if (step.done) return { small: first.length === 1 ? first[0]! : concat(first) };
    first.push(step.value);
    size += step.value.length;
  }
  async function* all(): AsyncGenerator<Uint8Array, void, undefined> {
    let ended = false;
    try {
      yield* first;
      for (let step = await iterator.next(); !step.done; step = await iterator.next()) yield step.value;
      ended = true;
    } finally {
      if (!ended) await iterator.return?.();
    }
  }
  return { chunks: all() };
}

/** Whether bytes are written on the thread itself. */
export const fitsNow = ({ length }: Uint8Array): boolean => length <= smallBytes && isQuick();

/** How a small file is put in its place. */
interface Small extends Omit<Condition, 'durable'> {
  readonly giveAway?: PutOptions['giveAway'];
}

/**
 * Puts bytes in a file's place, whole or not at all.
 *
 * @param away by the thread that writes small files, to which the bytes are given; without a condition
 */
export function writeSmall(path: string, bytes: Uint8Array, options: Small, away = false): Promise<DiskStat> {
  const { condition, giveAway } = options;
  const spare = typeof giveAway === 'function' ? giveAway : undefined;
  const ask = condition && ((now: fs.BigIntStats | undefined): void => condition(now ? describe(now) : null));
  return replacing(
    path,
    async () => {
      throwIfAborted(options.signal);
      const temporary = temporaryBeside(path);
      try {
        const there = away ? writeThere(temporary, path, bytes, spare) : undefined;
        if (there) return await there;
        const stat = timed(() => describe(putNow(fs, putOf(temporary, path, bytes), ask)));
        spare?.(bytes as Uint8Array<ArrayBuffer>);
        return stat;
      } catch (error) {
        removeIfThere(temporary);
        throw diskError(error, 'put', path, options.signal);
      }
    },
    options,
  );
}

function removeIfThere(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {
    // what keeps it from being looked at kept it from being made
  }
}
