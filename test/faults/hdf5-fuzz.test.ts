// Random operations on HDF5 files whose bytes fail to come now and then, with next to no memory.
import { fuzzFile } from '../conformance/hdf5-fuzz.ts';
import { hdf5Bytes, hdf5Url } from '../conformance/hdf5-oracle.ts';
import { env, need } from '../env.ts';
import { ok, test } from '../harness.ts';

const few = new Set(['node', 'bun', 'chromium']);

for (const [name, plan] of [
  ['types_latest.h5', true],
  ['types_latest.h5', false],
  ['compound.h5', true],
  ['spaces_latest.h5', true],
  ['floats_latest.h5', false],
  ['integers.h5', true],
  ['filters.h5', true],
  ['old.h5', true],
] as const) {
  test(
    `${name}${plan ? '' : ' without a plan'}: right, or the error that was injected`,
    async () => {
      need('hdf5');
      const { seed, engine, worker } = env();
      const operations = few.has(engine) && !worker ? 250 : 50;
      const { failures } = await fuzzFile(await hdf5Bytes(name), { seed, operations, plugins: hdf5Url('plugins') }, { plan });
      ok(failures > 0, 'reads that failed');
    },
    { timeoutMs: 60_000 },
  );
}
