/**
 * What the machine counts of its network.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { CloudError } from '../index.ts';

/** Bytes since the machine started, or the interface did. */
export interface NetCounters {
  rxBytes: number;
  txBytes: number;
}

/**
 * Read the table of Linux (`proc_pid_net(5)`): an interface a line, `name: ` and sixteen numbers, of which the first is bytes received and the
 * ninth bytes sent. What stays on the machine (`lo`) is left out.
 *
 * @returns by interface
 */
export function parseNetDev(text: string): Map<string, NetCounters> {
  const counters = new Map<string, NetCounters>();
  for (const line of text.split('\n')) {
    const [, name, rest = ''] = /^\s*([^\s:]+):\s*(\d.*)$/.exec(line) ?? [];
    const numbers = rest.trim().split(/\s+/).map(Number);
    const [rxBytes, txBytes] = [numbers[0], numbers[8]];
    if (name !== undefined && name !== 'lo' && rxBytes !== undefined && txBytes !== undefined) counters.set(name, { rxBytes, txBytes });
  }
  return counters;
}

/** The counters now. @throws CloudError `NotSupported` this system does not show them */
export async function readNetCounters(): Promise<Map<string, NetCounters>> {
  let text: string;
  try {
    text = await readFile('/proc/net/dev', 'latin1');
  } catch (cause) {
    throw new CloudError('this system does not show the counters of its network: /proc/net/dev cannot be read', {
      code: 'NotSupported',
      cause,
    });
  }
  return parseNetDev(text);
}
