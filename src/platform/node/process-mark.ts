/**
 * Which process this is, told so that others can see whether it still runs.
 *
 * @module
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import type { ProcessMark } from '../types.ts';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** Numbers of processes mean something within one of these. */
function processSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** When a process began, in the kernel's ticks, and whether it has ended; `undefined` where that is not told, or it does not run. */
function startOf(pid: number): string | undefined {
  // the name before it may hold anything, so what is behind its last bracket counts: the state, and 19 fields on the time
  const fields = /\) (.*)$/s.exec(read(`/proc/${pid}/stat`))?.[1]?.split(' ');
  return fields && !/[ZX]/.test(fields[0] ?? '') ? fields[19] : undefined;
}

/** The mark of this process. */
export function ownMark(): ProcessMark {
  const { pid } = process;
  return { host: `${hostname()} ${processSpace()}`.trim(), boot: read('/proc/sys/kernel/random/boot_id'), pid, start: startOf(pid) ?? '' };
}

/** Whether a process has ended for certain: false in doubt, and of other machines. */
export function hasEnded({ host, boot, pid, start }: ProcessMark): boolean {
  const here = ownMark();
  if (host !== here.host) return false;
  // the machine was started anew since
  if (boot !== here.boot) return boot !== '' && here.boot !== '';
  if (start !== '' && here.start !== '') return startOf(pid) !== start;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
