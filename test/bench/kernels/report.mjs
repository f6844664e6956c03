// The part of docs/benchmarks.md on kernels and codecs.
import { availableParallelism } from 'node:os';
import { median, resultsOf, within } from '../numbers.mjs';
import { byRate, count, goalsSection, ratio, table } from '../tables.mjs';
import { versions } from './run.mjs';

function judge({ subject, beside, atLeast, ...goal }, { rounds, sizes }) {
  if ('size' in goal) {
    const found = sizes[subject] / sizes[beside];
    const text = `size of ${subject} / ${beside}`;
    return {
      text,
      wanted: goal.size === null ? '–' : `≤ ${goal.size}`,
      got: found.toFixed(3),
      met: goal.size === null ? undefined : found <= goal.size,
    };
  }
  const found = within(rounds, subject, beside, byRate);
  if (!found) return undefined;
  return {
    text: `${subject} / ${beside}`,
    wanted: atLeast === undefined ? '–' : `≥ ${atLeast}`,
    got: ratio(found),
    met: atLeast === undefined ? undefined : found.median >= atLeast,
  };
}

/** Every goal, by engine. */
export const judgeKernels = (byEngine) =>
  Object.entries(byEngine).flatMap(([engine, measured]) =>
    measured.flatMap((one) =>
      one.goals
        .map((goal) => judge(goal, one))
        .filter(Boolean)
        .map((verdict) => ({ engine, title: one.title, input: one.input, ...verdict })),
    ),
  );

/** One table a case: inputs down, peers across. */
function tables(measured) {
  const names = [...new Set(measured.map(({ name }) => name))];
  return names.map((name) => {
    const rows = measured.filter((one) => one.name === name);
    const peers = [...new Set(rows.flatMap(({ rounds }) => Object.keys(rounds[0])))];
    const cells = rows.map(({ input, rounds, sizes }) => [
      input,
      ...peers.map((peer) => {
        const results = resultsOf(rounds, peer);
        const packed = name.endsWith('-c') && sizes?.[peer] ? `, ${(sizes[peer] * 100).toFixed(2)} %` : '';
        return results.length ? `${count(median(results.map(({ rate }) => rate)))}${packed}` : '';
      }),
    ]);
    return `#### ${rows[0].title} (${rows[0].unit})\n\n${table(['', ...peers], cells)}\n`;
  });
}

/** The whole section. */
export function kernelsPage(byEngine, { rounds, browser }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    '## Kernels and codecs\n',
    `Written by \`npm run bench -- wasm\`: ${availableParallelism()} cores (${process.arch}), Node ${process.versions.node}${browser ? `, ${browser}` : ''};`,
    `${packages.join(', ')}. All peers of a row take turns in one process (A B C A B C …), ${rounds} rounds; a ratio is the median of the ratios`,
    'within rounds, with the least and the greatest. Bytes begin and end as JavaScript arrays: what copying them into WebAssembly costs is counted.\n',
    goalsSection(['', 'what', 'of'], judgeKernels(byEngine), ({ engine, title, input, text }) => [engine, `${title}, ${input}`, text]),
    ...Object.entries(byEngine).flatMap(([engine, measured]) => [`### ${engine}\n`, ...tables(measured)]),
  ].join('\n');
}
