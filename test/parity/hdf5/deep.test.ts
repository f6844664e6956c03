// Indexes so large that they have pages, and the large files, as h5py reads them.
import { openHdf5 } from '../../../src/hdf5.ts';
import { compareFile, type CompareOptions } from '../../conformance/hdf5-compare.ts';
import { hdf5Url, oracleOf } from '../../conformance/hdf5-oracle.ts';
import { inNodeAndPages, needLarge } from '../../conformance/hdf5-suite.ts';
import { need } from '../../env.ts';
import { equal, test } from '../../harness.ts';

const slices = { values: false };

function holds(name: string, what: CompareOptions): void {
  test(
    name,
    async () => {
      inNodeAndPages();
      if (name === 'deep.h5') need('hdf5');
      else needLarge();
      const file = await openHdf5(hdf5Url(name));
      try {
        equal((await compareFile(file, await oracleOf(name), what)).slice(0, 12), []);
      } finally {
        await file.close();
      }
    },
    { timeoutMs: 60_000 },
  );
}

for (const name of ['deep.h5', 'indexes.h5', 'chunked.h5', 'paged.h5', 'contig.h5', 'big.h5']) holds(name, slices);
for (const name of ['groups.h5', 'groups_latest.h5', 'groups_paged.h5']) holds(name, {});

test('every chunk of a deep index is told once', async () => {
  inNodeAndPages();
  const file = await openHdf5(hdf5Url('deep.h5'));
  for (const [path, count, sizeBytes] of [
    ['/earray', 140_000, 2],
    ['/farray', 20_000, 2],
    ['/bt2', 141 * 141, undefined],
  ] as const) {
    const places = await (await file.dataset(path)).chunkMap();
    equal(new Set(places.map(({ at }) => at)).size, count, path);
    if (sizeBytes) equal(new Set(places.map((place) => place.sizeBytes)), new Set([sizeBytes]), path);
  }
  await file.close();
});
