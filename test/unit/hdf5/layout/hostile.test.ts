import fc from 'fast-check';
import { isCloudError } from '../../../../src/errors.ts';
import { attributeTypes } from '../../../../src/hdf5/layout/attribute-types.ts';
import { readDatasetLayout } from '../../../../src/hdf5/layout/dataset-layout.ts';
import { planGroup } from '../../../../src/hdf5/layout/plan-group.ts';
import { chunkMap, planSelection } from '../../../../src/hdf5/layout/plan-selection.ts';
import { readSuperblock } from '../../../../src/hdf5/layout/superblock.ts';
import { Hdf5Error } from '../../../../src/hdf5/errors.ts';
import { env } from '../../../env.ts';
import { test } from '../../../harness.ts';
import { strictLook } from './look.ts';
import { sample } from './unpack.ts';

/** Asks for everything; whatever fails must fail as it should. */
async function askAll(bytes: Uint8Array, addresses: readonly number[]): Promise<void> {
  const look = strictLook(bytes);
  const attempt = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Hdf5Error && isCloudError(error)) return undefined;
      throw error;
    }
  };
  const superblock = await attempt(() => readSuperblock(look));
  if (!superblock) return;
  for (const address of addresses) {
    const at = superblock.baseAddress + address;
    await attempt(() => planGroup(look, superblock, at));
    await attempt(() => attributeTypes(look, superblock, at));
    const layout = await attempt(() => readDatasetLayout(look, superblock, at));
    if (!layout) continue;
    const all = layout.shape.map((length) => ({ start: 0, stop: length, step: 1, count: length }));
    const some = layout.shape.map((length) => ({ start: 0, stop: length, step: 99, count: Math.ceil(length / 99) }));
    // the longest ones in part only, for there are many of these
    const isLong = layout.shape.some((length) => length > 5000);
    if (!isLong) await attempt(() => planSelection(look, superblock, layout, all));
    await attempt(() => planSelection(look, superblock, layout, some));
    if (layout.kind === 'chunked') await attempt(() => chunkMap(look, superblock, layout, some));
  }
}

/** Bytes that mean something: the packed ones of values and what was never written are most of a file. */
const meaningful = (bytes: Uint8Array): number[] => [...bytes.keys()].filter((i) => bytes[i] !== 0 && bytes[i] !== 0xff);

for (const name of ['chunks', 'tree1', 'attributes', 'unusual'] as const) {
  test(`hostile files: ${name} with bytes turned and cut short fails by typed errors, at once`, async () => {
    const { bytes, addresses } = sample(name);
    const places = meaningful(bytes);
    const paths = Object.values(addresses);
    await askAll(bytes, paths);
    const damage = fc.record({
      flips: fc.array(fc.tuple(fc.constantFrom(...places), fc.nat(3), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
      cut: fc.option(fc.nat(bytes.length), { freq: 5, nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ flips, cut }) => {
        const damaged = bytes.slice(0, cut);
        for (const [at, beside, mask] of flips) if (at + beside < damaged.length) damaged[at + beside]! ^= mask;
        await askAll(damaged, paths);
      }),
      { seed: env().seed, numRuns: 40 },
    );
  });
}
