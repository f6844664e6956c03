/**
 * Containers whose storage fails: never an error, never a wrong byte.
 *
 * @module
 */
import type { CacheContainer, CacheKey, CacheTrouble } from '../../src/cache/container/container.ts';
import { equal, ok, sameBytes, skip } from '../harness.ts';
import { bytesFor, entryFor, keyOf, soon, type CacheRig, type Faults } from './cache-rig.ts';

const MiB = 0x100000;

/** Registers a check of the suite. */
export type Check = (what: string, fn: (rig: CacheRig, container: CacheContainer) => Promise<void>, budgetBytes?: number) => void;

/** Some storage is asked for small values alone by calls that cannot hang. */
const large = keyOf('large', 2 * MiB);
const small = keyOf('small', 10_000);

/** The value, or a miss; never anything else. */
async function rightOrMissing(container: CacheContainer, key: CacheKey): Promise<boolean> {
  const [entry] = await container.getMany([key]);
  if (entry) sameBytes(entry.bytes, bytesFor(key));
  return entry !== undefined;
}

function listen(container: CacheContainer): CacheTrouble[] {
  const told: CacheTrouble[] = [];
  container.onTrouble = (trouble) => void told.push(trouble);
  return told;
}

const faultsOf = (rig: CacheRig): Faults => rig.faults ?? skip('its storage cannot fail');

async function failing(rig: CacheRig, container: CacheContainer, when: 'get' | 'put', name: string): Promise<void> {
  const { fail, quota } = faultsOf(rig);
  const kept = keyOf('kept', 5000);
  const key = name === 'never' ? large : small;
  equal(await container.putMany(when === 'get' ? [entryFor(kept), entryFor(key)] : [entryFor(kept)]), when === 'get' ? 2 : 1, name);
  const told = listen(container);
  const fault = fail(when, name);
  const options = name === 'never' ? { timeoutMs: 100 } : {};
  try {
    if (when === 'get') equal(await container.getMany([key], options), [undefined], name);
    else equal(await container.putMany([entryFor(key)], options), 0, name);
    // what was given up while it waited for something else comes to the call yet
    ok(await soon(() => fault.met() > 0, 10_000), `${name} met`);
    if (when === 'get') for await (const entry of container.known(kept)) equal(entry.part, 'o', name);
    if (when === 'get' && container.getSync && key === small) equal(container.getSync(key), undefined, name);
    for (let i = 0; i < 3; i++) await container.putMany([entryFor(keyOf(i, 3000))], options);
  } finally {
    fault.lift();
  }
  // No file, or another has it, is what happens every day.
  const code = quota.includes(name) ? 'quota' : name === 'never' ? 'timeout' : 'unavailable';
  ok(
    told.every((one) => one.code === code || (code === 'quota' && one.code === 'unavailable')),
    `${name}: ${JSON.stringify(told)}`,
  );
  equal(new Set(told.map((one) => `${one.code} ${one.name}`)).size, told.length, 'told once');
  for (const one of [key, kept, small, large]) await rightOrMissing(container, one);
  if (code !== 'unavailable') return;
  equal(await rightOrMissing(container, kept), true, `${name} removed nothing`);
  equal(await container.putMany([entryFor(key)]), 1, `after ${name}`);
  equal(await rightOrMissing(container, key), true, `after ${name}`);
}

/** Registers the checks. */
export function cacheFaultChecks(check: Check): void {
  for (const when of ['get', 'put'] as const) {
    check(
      `storage that fails to ${when} is a ${when === 'get' ? 'miss' : 'value not kept'}, whatever it fails with`,
      async (rig, container) => {
        const names = faultsOf(rig)[when].filter((name) => name !== 'never' && !faultsOf(rig).quota.includes(name));
        for (const name of names) {
          await failing(rig, container, when, name);
          await container.delete({ namespace: small.namespace });
        }
      },
    );

    check(`storage that never comes to an end of ${when}ting holds nobody up`, async (rig, container) => {
      if (!faultsOf(rig)[when].includes('never')) skip('no call of it can hang');
      await failing(rig, container, when, 'never');
      // One that is given up may be at work yet: a client that comes anew sees right values or none.
      const other = await rig.open2?.();
      if (other) await rightOrMissing(other, large);
      await other?.close();
    });
  }

  check('a full disk: values are not kept, and those that are there can be read', async (rig) => {
    const { quota } = faultsOf(rig);
    if (!quota.length) skip('it is told of no quota');
    for (const name of quota) {
      const container = (await rig.open2?.()) ?? rig.container;
      await failing(rig, container, 'put', name);
      if (container !== rig.container) await container.close();
    }
  });
}
