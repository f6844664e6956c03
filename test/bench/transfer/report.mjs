// The part of docs/benchmarks.md on transfers.
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { median, resultsOf, spread, within } from '../numbers.mjs';
import { byRate, count, goalsSection, ratio, table } from '../tables.mjs';
import { goals, growthMiB, large, legs } from './cases.mjs';
import { versions } from './run.mjs';

const MiB = 2 ** 20;
const titles = { ...legs, large: `one upload of ${large.sizeBytes / MiB} MiB by parts` };
const seconds = (results) => {
  const { median: middle, min, max } = spread(results.map((result) => result.seconds));
  return `${count(middle)} (${count(min)}..${count(max)})`;
};

/** Every goal of what was measured; one for which a side did not come to its end is not met. */
export function judgeTransfer({ measured }) {
  const rates = goals.flatMap(({ leg, by, atLeast }) => {
    const rounds = measured.find(({ name }) => name === leg)?.rounds;
    if (!rounds?.some((round) => by in round && 'anyfile' in round)) return [];
    const found = within(rounds, 'anyfile', by, byRate);
    const got = found ? ratio(found) : 'failed';
    return [{ title: titles[leg], text: `anyfile / ${by}`, wanted: `≥ ${atLeast}`, got, met: (found?.median ?? 0) >= atLeast }];
  });
  const grown = resultsOf(measured.find(({ name }) => name === 'large')?.rounds ?? [], 'anyfile').map(({ grownMiB }) => grownMiB);
  if (!grown.length) return rates;
  const { median: middle, min, max } = spread(grown);
  const got = `${middle.toFixed(0)} (${min.toFixed(0)}..${max.toFixed(0)}) MiB`;
  return [
    ...rates,
    {
      title: titles.large,
      text: 'memory, anyfile, above its own at the start',
      wanted: `≤ ${growthMiB} MiB`,
      got,
      met: middle <= growthMiB,
    },
  ];
}

function sideTable({ name, rounds }) {
  const names = [...new Set(rounds.flatMap((round) => Object.keys(round)))];
  const isLarge = name === 'large';
  const head = isLarge
    ? ['', 'MB/s', 'ratio to plain PUT', 'CPU s', 'peak MiB', 'above the start, MiB']
    : ['', 'seconds', 'files/s', 'MB/s', 'ratio to s5cmd'];
  const rows = names.map((side) => {
    const results = resultsOf(rounds, side);
    const error = rounds.map((round) => round[side]?.error).find(Boolean);
    if (!results.length) return [side, `fails: ${error}`, ...head.slice(2).map(() => '')];
    const of = (pick) => count(median(results.map(pick)));
    const found = within(rounds, side, isLarge ? 'plain PUT' : 's5cmd', byRate);
    const beside = found ? ratio(found) : '–';
    return isLarge
      ? [
          side,
          of(({ rate }) => rate),
          beside,
          of(({ cpuSeconds }) => cpuSeconds),
          of(({ peakMiB }) => peakMiB),
          of(({ grownMiB }) => grownMiB),
        ]
      : [side, seconds(results), of(({ rate }) => rate), of(({ megabytesPerSecond }) => megabytesPerSecond), beside];
  });
  return `### ${titles[name][0].toUpperCase()}${titles[name].slice(1)}\n\n${table(head, rows)}\n`;
}

/** The whole section. */
export function transferPage({ measured, load, files, totalBytes }, { rounds }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '## Transfers\n',
    `Written by \`npm run bench -- transfer\`: ${availableParallelism()} cores (${process.arch}, ${cpus()[0]?.model ?? 'unknown'}) for commands and server together, load`,
    `average ${load.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; Node ${process.versions.node}, ${programs.join(', ')}.`,
    `Whole commands, from their start to their end, on ${files.toLocaleString('en-US')} files of 1 KiB to 4 MiB, ${count(totalBytes / 1e6)} MB in all: \`anyfile cp -r\` (and once more in`,
    'the newest Node that is tested, of which no goal is asked), `s5cmd cp`, `rclone copy` as it',
    'comes and with 32 transfers, `cloudfiles cp -r` with one process and two. The server is a small one in Go (test/bench/server) over loopback HTTP/1.1; it',
    'keeps objects in memory, hashes what it is sent (MD5, CRC-32C; it tells the latter, as S3 does) and checks no signature. Copies between buckets are made by the server. Commands take',
    `turns, ${rounds} rounds (cloudfiles: 2), each round beginning with another, every other one backwards; all files are read once before each upload, so that`,
    'every command finds them in memory, and one upload before all others is not measured. A ratio is the median of the ratios within rounds, with the least and the greatest.',
    'After each run all names and sizes are compared; in a bucket the MD5 of every file, on the disk that of every twentieth. The large file goes',
    `in parts of ${large.partBytes / MiB} MiB, ${large.partsInFlight} in flight, each side in a process of its own, and is read back and hashed; \`plain PUT\` is one unsigned request by \`fetch\`.\n`,
    goalsSection(['', 'what'], judgeTransfer({ measured }), ({ title, text }) => [title, text]),
    ...measured.map(sideTable),
  ].join('\n');
}
