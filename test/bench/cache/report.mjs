// The part of docs/benchmarks.md on the cache.
import { availableParallelism, loadavg } from 'node:os';
import process from 'node:process';
import { median, resultsOf, within } from '../numbers.mjs';
import { count, goalsSection, ratio, table } from '../tables.mjs';
import { goals } from './cases.mjs';

const byTime = (a, b) => a.us / b.us;

/** Every goal. */
export const judgeCache = (measured) =>
  goals.flatMap(({ does, size, of, by, atMost }) => {
    const one = measured.find((found) => found.does === does && found.size === size);
    if (!one) return [];
    const found = within(one.rounds, of, by, byTime);
    return [{ title: `${does} ${size}`, text: `${of} / ${by}`, wanted: `≤ ${atMost}`, got: ratio(found), met: found.median <= atMost }];
  });

function times(measured, does) {
  const rows = measured.filter((one) => one.does === does);
  if (!rows.length) return '';
  const ways = Object.keys(rows[0].rounds[0]).sort();
  const cells = rows.map(({ size, rounds }) => [size, ...ways.map((way) => count(median(resultsOf(rounds, way).map(({ us }) => us))))]);
  return `#### ${does}, µs\n\n${table(['', ...ways], cells)}\n`;
}

/** The whole section. */
export function cachePage(measured, { rounds }) {
  return [
    '## The cache\n',
    `Written by \`npm run bench -- cache\`: ${availableParallelism()} cores (${process.arch}), Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)}.`,
    `All ways of a row take turns in one process, ${rounds} rounds, each beginning with another; a ratio is the median of the ratios of times within`,
    "rounds, with the least and the greatest. Bytes are random; files are in the system's own cache; what was read is held for a while, so that it is",
    'read into new memory. The container verifies every value by its CRC-32C.\n',
    goalsSection(['', 'what'], judgeCache(measured), ({ title, text }) => [title, text]),
    '### Times in Node\n',
    times(measured, 'get'),
    times(measured, 'put'),
  ].join('\n');
}
