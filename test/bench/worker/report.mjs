// The part of docs/benchmarks.md on workers.
import { availableParallelism, loadavg } from 'node:os';
import process from 'node:process';
import { median, spread } from '../numbers.mjs';
import { count, goalsSection, table } from '../tables.mjs';

/** At least so many; calls or MB a second. */
const goals = {
  'protocol: calls, 32 in flight': 15_000,
  'protocol: pulled chunks of 64 KiB': 500,
  'protocol: 8 MiB at once': 1000,
};

/** Every goal of what was measured. */
export function judgeWorker(measured) {
  return Object.entries(measured).flatMap(([engine, cases]) =>
    Object.entries(goals).map(([name, least]) => {
      const { unit, rates } = cases.find((one) => one.name === name);
      const found = spread(rates);
      const got = `${count(found.median)} (${count(found.min)}..${count(found.max)})`;
      return { engine, name, wanted: `≥ ${count(least)} ${unit}`, got, met: found.median >= least };
    }),
  );
}

/** The whole section. */
export function workerPage(measured, { rounds }) {
  const names = Object.keys(measured);
  const rows = (measured[names[0]] ?? []).map(({ name, unit }, i) => [
    `${name}, ${unit}`,
    ...names.map((engine) => count(median(measured[engine][i].rates))),
  ]);
  return [
    '## Workers\n',
    `Written by \`npm run bench -- worker\`: ${availableParallelism()} cores (${process.arch}), Node ${process.versions.node}, load average ${loadavg()[0].toFixed(1)}.`,
    `Medians of ${rounds} rounds of a second each. \`protocol\` is calls and bytes alone, which the worker makes at once; what is given away is not copied.`,
    '`client` is a store in the memory of the worker, which copies what it hands out.\n',
    goalsSection(['engine', 'what'], judgeWorker(measured), ({ engine, name }) => [engine, name]),
    `### Rates\n\n${table(['', ...names], rows)}\n`,
  ].join('\n');
}
