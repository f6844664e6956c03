/** The most memory that a process has had. */
import { readFileSync } from 'node:fs';

/** Of this process alone, in bytes: what getrusage tells counts the process that started it, up to the start. Linux only. */
export function peakBytes(): number {
  const [, peakKiB = 'NaN'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Number(peakKiB) * 1024;
}
