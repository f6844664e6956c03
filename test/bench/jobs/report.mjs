// What the rounds of jobs/run.mjs say, and the part of docs/benchmarks.md.
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { median } from '../numbers.mjs';
import { goalsSection, table } from '../tables.mjs';

/** The bounds of a job's making: times the original's rate, MiB, seconds, and four processes beside one. */
const bounds = { rate: 5, maxRssMb: 150, firstStatusMs: 300, four: 0.6 };

const of = (measured, side, figure) => median(measured.map((round) => round[side][figure]));

/** Holds the medians to the bounds. */
export function judgeJobs({ measured, taken }) {
  const rate = median(measured.map((round) => round.anyfile.rate / round['cloud-files'].rate));
  const four = taken[4] / taken[1];
  const [memory, first] = ['maxRssMb', 'firstStatusMs'].map((figure) => of(measured, 'anyfile', figure));
  return [
    { title: 'making a job', text: "times cloud-files' rate", wanted: `≥ ${bounds.rate}`, got: rate.toFixed(1), met: rate >= bounds.rate },
    {
      title: 'making a job',
      text: 'the most memory',
      wanted: `≤ ${bounds.maxRssMb} MB`,
      got: `${memory.toFixed(0)} MB`,
      met: memory <= bounds.maxRssMb,
    },
    {
      title: 'state of a job newly opened',
      text: 'time',
      wanted: `≤ ${bounds.firstStatusMs} ms`,
      got: `${first.toFixed(0)} ms`,
      met: first <= bounds.firstStatusMs,
    },
    {
      title: 'files taken and noted',
      text: 'four processes beside one',
      wanted: `≥ ${bounds.four}`,
      got: four.toFixed(2),
      met: four >= bounds.four,
    },
  ];
}

/** The whole section. */
export function jobsPage(result, { rounds }) {
  const { measured, taken, names, files, load } = result;
  const rows = Object.keys(measured[0]).map((side) => [
    side,
    Math.round(of(measured, side, 'rate')).toLocaleString('en-US'),
    of(measured, side, 'maxRssMb').toFixed(0),
  ]);
  const per = (processes) => Math.round(taken[processes]).toLocaleString('en-US');
  return [
    '## Jobs\n',
    `Written by \`npm run bench -- jobs\`: ${availableParallelism()} cores (${process.arch}, ${cpus()[0]?.model ?? 'unknown'}), load average`,
    `${load.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; Node ${process.versions.node}. A job of ${names.toLocaleString('en-US')} names in SQLite, ${rounds} rounds, medians;`,
    `then ${files.toLocaleString('en-US')} files taken and noted a second: ${per(1)} by one process, ${per(4)} by four at once.\n`,
    goalsSection(['', 'what'], judgeJobs(result), ({ title, text }) => [title, text]),
    table(['', 'rows/s', 'peak MB'], rows),
  ].join('\n');
}
