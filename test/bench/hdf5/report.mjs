// The part of docs/benchmarks.md on HDF5 files.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';
import { median, resultsOf, spread, within } from '../numbers.mjs';
import { count, goalsSection, ratio, table } from '../tables.mjs';
import { cases, goals, networks, written as work, writtenHeapBytes } from './cases.mjs';

const engines = { node: 'Node', chromium: 'Chromium' };
const times = ({ median: middle, min, max }) => `${count(middle)} (${count(min)}..${count(max)})`;
const titleOf = (name) => cases.find((one) => one.name === name).title;

/** Every goal of what was measured; one for which a way did not come to its end is not met. */
export function judgeHdf5({ measured, written }) {
  const reading = goals.flatMap(({ engine, name, network, what, of, by, atLeast }) => {
    const one = measured.find((other) => other.engine === engine && other.name === name && other.network === network);
    if (!one) return [];
    const found = within(one.rounds, of, by, (a, b) => a[what] / b[what]);
    const title = `${engines[engine]}: ${titleOf(name)}, ${network}`;
    const text = `${what === 'ms' ? 'time' : what}, ${of} / ${by}`;
    return [{ title, text, wanted: `≥ ${atLeast}`, got: found ? ratio(found) : 'failed', met: (found?.median ?? 0) >= atLeast }];
  });
  if (!written) return reading;
  const heap = spread(resultsOf(written, 'anyfile').map(({ heapBytes }) => heapBytes / 1e6));
  const most = writtenHeapBytes / 1e6;
  const text = "WebAssembly's heap, anyfile";
  return [...reading, { title: 'Node: write 200 MB', text, wanted: `≤ ${most} MB`, got: `${times(heap)} MB`, met: heap.max <= most }];
}

function tableOf(rows, cellOf) {
  const ways = Object.keys(rows[0].rounds[0]);
  const lines = rows.map(({ name, rounds }) => {
    const cells = ways.map((way) => {
      const results = resultsOf(rounds, way);
      return results.length ? cellOf(results) : 'failed';
    });
    return [titleOf(name), ...cells];
  });
  return table(['', ...ways], lines);
}

const middleOf = (results, what) => median(results.map((result) => result[what]));
const asked = (results) =>
  [
    `${Math.round(middleOf(results, 'requests'))}`,
    count(middleOf(results, 'bytes') / 1000),
    `${Math.round(middleOf(results, 'waits'))}`,
    ...(results.some(({ preflights }) => preflights) ? [`+ ${middleOf(results, 'preflights')} preflights`] : []),
  ].join(' / ');

function sectionOf(measured, engine) {
  const rows = measured.filter((one) => one.engine === engine);
  if (!rows.length) return [];
  const at = (network) => rows.filter((one) => one.network === network);
  const [{ network: first }] = networks;
  return [
    `### ${engines[engine]}\n`,
    ...networks.flatMap(({ network }) =>
      at(network).length
        ? [`#### Milliseconds, ${network}\n\n${tableOf(at(network), (results) => times(spread(results.map(({ ms }) => ms))))}\n`]
        : [],
    ),
    `#### Requests / kB / waits one after the other, ${first}\n\n${tableOf(at(first), asked)}\n`,
  ];
}

function writingSection(written) {
  if (!written) return [];
  const { blocks, rowsOfBlock, columns } = work;
  const ways = Object.keys(written[0]);
  const row = (title, what, unit) => [
    title,
    ...ways.map((way) => times(spread(resultsOf(written, way).map((result) => result[what] / unit)))),
  ];
  return [
    '### Writing\n',
    `${(blocks * rowsOfBlock * columns * 4) / 1e6} MB of 32-bit floats to the disk, ${blocks} blocks of them one behind the other, in a process of its own each time, ${written.length} rounds:`,
    "by anyfile's `openHdf5` with mode `w`, which streams them, and by h5wasm alone, which makes the file in memory, of blocks as well or of all values in",
    'one piece, and then has it written. Resident memory is that of the whole process, with what it writes.\n',
    table(
      ['', ...ways],
      [
        row('milliseconds', 'ms', 1),
        row("WebAssembly's heap at the end, MB", 'heapBytes', 1e6),
        row('resident memory at most, MB', 'residentBytes', 1e6),
      ],
    ),
    '',
  ];
}

/** The whole section. */
export function hdf5Page({ measured, written, load, versions }, { rounds, browser }) {
  const programs = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const memory = Math.round(totalmem() / 2 ** 30);
  const few = cases.find(({ most }) => most).most;
  return [
    '## HDF5\n',
    `Written by \`npm run bench -- hdf5\`: ${availableParallelism()} cores (${process.arch}, ${cpus()[0]?.model ?? 'unknown'}) for clients and server together,`,
    `${memory} GiB of memory, load average ${load.toFixed(1)} before and ${loadavg()[0].toFixed(1)} after; ${[...programs, ...(browser ? [browser] : [])].join(', ')}.`,
    'A small server in Node sends ranges of files, which are in the memory of the system, over loopback HTTP/1.1, each answer so many milliseconds late;',
    'nothing is signed. There is no limit of bandwidth but where one is named, so that what moves many bytes looks better than on a network: a loopback',
    `moves some Gbit/s. All ways of a row take turns, ${rounds} rounds (${Math.min(few, rounds)} of walks and of 100 Mbit/s), each beginning with another; a ratio is the`,
    'median of the ratios within rounds, with the least and the greatest; times are medians likewise, and mean nothing off this machine.',
    'Every figure is of a cold start: the file is opened at an address that nobody has asked for before, one thing is read, and nothing of it is in a',
    'cache; processes run, libraries are loaded and connections are open. Requests and bytes are those that the server counted; waits are the longest',
    'chain of requests each of which began after the end of the one before. That all ways read the same as h5py from the disk is checked after the time.\n',
    '`full download` fetches the whole file and gives it to h5wasm, in memory, without a copy. `h5py` reads through fsspec with its cache `readahead`, in',
    "its blocks of 5 MiB, or `blockcache`, in blocks of 1 MiB. `lazy file` is h5wasm's own (Emscripten's `FS.createLazyFile`): blocks of 1 MiB by requests",
    'that block, which only workers of browsers can make. `page` is on the main thread.',
    'The files: 6,000 × 6,000 floats in 8,836 packed chunks (134 MB; in pages of 4 MiB 138 MB), 5,000 × 10,000 floats in one piece (200 MB), 2,000 groups',
    'with a dataset each and 8,000 attributes (18 MB, 11 MB).\n',
    goalsSection(['', 'what'], judgeHdf5({ measured, written }), ({ title, text }) => [title, text]),
    ...sectionOf(measured, 'node'),
    ...sectionOf(measured, 'chromium'),
    ...writingSection(written),
  ].join('\n');
}
