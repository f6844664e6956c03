/**
 * Files held against h5py, each in several ways of reading.
 *
 * @module
 */
import { openHdf5 } from '../../src/hdf5.ts';
import { env, need } from '../env.ts';
import { equal, skip, test } from '../harness.ts';
import { compareFile, type CompareOptions } from './hdf5-compare.ts';
import { hdf5Bytes, hdf5Url, oracleOf } from './hdf5-oracle.ts';
import { memorySource } from './hdf5-sources.ts';

type Options = Parameters<typeof openHdf5>[1];

/** For what takes seconds: run in this machine's Node and in pages of the three browsers. */
export function inNodeAndPages(): void {
  const { engine, worker } = env();
  if (worker || !['node', 'chromium', 'firefox', 'webkit'].includes(engine)) skip('large files are read in Node and in pages alone');
}

/** For what needs the large files: skips where they are not made. */
export function needLarge(): void {
  if (!need('hdf5').hasLarge) skip('the large HDF5 files are not made: node test/tools/hdf5/install.mjs');
}

/** Files that others name, by the names under which they do. */
const siblings = [
  'sibling.h5',
  'below/deeper.h5',
  'links.h5',
  'outside.bin',
  'below/outside.bin',
  'extraw.bin',
  'twin_a.h5',
  'twin_b.h5',
  'packed_source.h5',
];

/** Pages so small, and so few of them, that nothing stays that is not in use. */
const tiny = { pageBytes: 512, headBytes: 512, minFetchBytes: 512, maxReadAheadBytes: 0, gapBytes: 0, cacheBytes: 4096 };

/** How files are read, by what is said of it. */
export const ways: Record<string, Options> = {
  'as it comes': {},
  'without a plan': { plan: false },
  'in pages of 512 bytes that are dropped': tiny,
  'in pages of 512 bytes without a plan': { ...tiny, plan: false },
};

async function hold(name: string, options: Options, what: CompareOptions): Promise<void> {
  const plugins = hdf5Url('plugins');
  const oracle = await oracleOf(name);
  // only the first way is through a server: the others would be slow
  const isPlain = options && Object.keys(options).length === 0;
  let source: Parameters<typeof openHdf5>[0] = hdf5Url(name);
  if (!isPlain) {
    const others = Object.keys(oracle.objects).some((path) => needsOthers(oracle.objects[path])) || /^(external|virtual|plug)/.test(name);
    const beside = others ? await Promise.all(siblings.map(async (other) => [other, await hdf5Bytes(other)] as const)) : [];
    source = memorySource(await hdf5Bytes(name), { siblings: Object.fromEntries(beside) });
  }
  const file = await openHdf5(source, { ...options, plugins });
  try {
    const differences = await compareFile(file, oracle, what);
    equal(differences.slice(0, 12), [], `${differences.length} differences`);
  } finally {
    await file.close();
  }
}

const needsOthers = (entry: unknown): boolean => (entry as { link?: string }).link === 'external';

/**
 * Registers the tests of some files.
 *
 * @param names of the files
 * @param only which ways; all when left out
 */
export function filesSuite(names: readonly string[], only: readonly string[] = Object.keys(ways), what: CompareOptions = {}): void {
  for (const name of names) {
    for (const way of only) {
      test(
        `${name} ${way}`,
        async () => {
          need('hdf5');
          await hold(name, ways[way], what);
        },
        { timeoutMs: 60_000 },
      );
    }
  }
}
