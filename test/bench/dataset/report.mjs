// The part of docs/benchmarks.md on datasets.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';
import { resultsOf, spread, within } from '../numbers.mjs';
import { byRate, count, goalsSection, ratio, table } from '../tables.mjs';
import { counts, latencyMs } from './cases.mjs';

const times = ({ median, min, max }) => `${count(median)} (${count(min)}..${count(max)})`;

function judge({ title, octue, atLeast, atMostMs, rounds }) {
  if (octue) {
    const found = within(rounds, 'anyfile', 'octue', byRate);
    const met = atLeast === undefined ? undefined : found.median >= atLeast;
    return { title, text: 'octue / anyfile', wanted: atLeast === undefined ? '–' : `≥ ${atLeast}`, got: ratio(found), met };
  }
  if (atMostMs === undefined) return undefined;
  const found = spread(resultsOf(rounds, 'anyfile').map(({ ms }) => ms));
  return { title, text: 'anyfile', wanted: `≤ ${atMostMs} ms`, got: `${times(found)} ms`, met: found.median <= atMostMs };
}

/** Every goal. */
export const judgeDatasets = (measured) => measured.map(judge).filter(Boolean);

function cells({ title, rounds }) {
  const of = (side) => {
    const results = resultsOf(rounds, side);
    if (!results.length) return ['', ''];
    return [times(spread(results.map(({ ms }) => ms))), Math.max(...results.map(({ requests }) => requests)).toLocaleString('en-US')];
  };
  return [title, ...of('octue'), ...of('anyfile'), `${rounds.length}`];
}

/** The whole section. */
export function datasetsPage({ measured, versions, load }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const memory = Math.round(totalmem() / 2 ** 30);
  const missed = judgeDatasets(measured).filter(({ met }) => met === false);
  const verdict = missed.length ? `Missed: ${missed.map(({ title }) => title).join('; ')}.` : 'Every goal is met.';
  return [
    '## Datasets\n',
    `Written by \`npm run bench -- dataset\`: ${availableParallelism()} cores (${process.arch}, ${cpus()[0]?.model ?? 'unknown'}) for clients and servers`,
    `together, ${memory} GiB of memory, load average ${load.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; ${programs.join(', ')}.`,
    "Octue's own SDK and anyfile take turns (A B A B …), each in a process of its own that runs through all rounds and times only the work",
    'itself: no start, no import, no search for credentials. Before it opens and filters anyfile does the same unmeasured until its code is compiled;',
    'what opening takes in a new process has a row of its own. Connections are made anew each time. Both talk to the same fake-gcs-server, which',
    'keeps its objects in memory, over loopback HTTP/1.1; of the emulators at hand it is the faster one, and gcp-storage-emulator knows no HEAD.',
    `Latency is toxiproxy's, ${latencyMs} ms on all that the server sends; S3 is versitygw, which writes to the disk. What each side found, sent or`,
    'brought is checked after its time: metadata, bytes, counts. A ratio is the median of the ratios within rounds, with the least and the greatest;',
    'times are medians likewise, and mean nothing off this machine.',
    `The files are of 4 KiB with id, timestamp, three tags and two labels each (in the folder of ${counts.local.toLocaleString('en-US')} of 64 B).\n`,
    goalsSection(['', 'what'], judgeDatasets(measured), ({ title, text }) => [title, text]),
    `${verdict}\n`,
    '### Times\n',
    table(['', 'octue, ms', 'requests', 'anyfile, ms', 'requests', 'rounds'], measured.map(cells)),
  ].join('\n');
}
