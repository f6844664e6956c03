// The part of docs/benchmarks.md on the cache.
import { availableParallelism, loadavg } from 'node:os';
import process from 'node:process';
import { median, resultsOf, within } from '../numbers.mjs';
import { byRate, count, goalsSection, ratio, table } from '../tables.mjs';
import { clientsGoal, engines, goals, pageGoals, parallelGoal } from './cases.mjs';
import { warmGoals } from './warm.mjs';

const byTime = (a, b) => a.us / b.us;

/** Every goal of what was measured. */
export function judgeCache(measured) {
  const judge = ({ engine = 'node', does, size, of, by, atMost = Infinity, atLeast = 0, compare = byTime }) => {
    const one = measured.find((found) => found.engine === engine && found.does === does && found.size === size);
    const found = one && within(one.rounds, of, by, compare);
    if (!found) return [];
    const wanted = atLeast ? `≥ ${atLeast}` : `≤ ${atMost}`;
    const met = found.median <= atMost && found.median >= atLeast;
    return [{ title: `${engine}: ${does} ${size}`, text: `${of} / ${by}`, wanted, got: ratio(found), met }];
  };
  const many = { does: 'clients', size: '64 KiB', of: 'eight processes', by: 'one process', atLeast: clientsGoal, compare: byRate };
  return [...goals, many, ...warmGoals, ...pageGoals, parallelGoal].flatMap(judge);
}

function times(measured, engine, does) {
  const rows = measured.filter((one) => one.engine === engine && one.does === does);
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
    "rounds, with the least and the greatest. Bytes are random; in Node files are in the system's own cache, and what was read is held for a while, so",
    'that it is read into new memory. Containers verify every value by its CRC-32C. `encrypted` has AES-GCM in front.',
    '`CRC-32C alone` is what verifying takes at least: of bytes in the memory of the kernel, without a read and without a copy.',
    'Warm files are in the caches on disk of anyfile and of cloudpathlib 0.24, which asks for each by a HEAD, one after the other; times are of one file.',
    'Ranges in parallel are of one object of a server that answers after 200 ms; Chromium makes six connections, so three rounds.\n',
    goalsSection(['', 'what'], judgeCache(measured), ({ title, text }) => [title, text]),
    ...['node', ...engines].flatMap((engine) => {
      const kinds = [...new Set(measured.filter((one) => one.engine === engine).map(({ does }) => does))];
      return kinds.length ? [`### Times in ${engine}\n`, ...kinds.map((does) => times(measured, engine, does))] : [];
    }),
  ].join('\n');
}
