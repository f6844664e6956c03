// What goes wrong with OPFS in particular: no disk, another owner, crashes, full disks, and what engines leave lying about.
import type { CacheTrouble } from '../../src/cache/container/container.ts';
import { openOpfsContainer } from '../../src/cache/container/opfs-container.ts';
import { expectsSlab, makePlace, type OpfsPlace } from '../conformance/cache-opfs-rig.ts';
import { bytesFor, entryFor, keyOf, namespaces } from '../conformance/cache-rig.ts';
import { platformNames, rejection, thrownAs } from '../conformance/platform-errors.ts';
import { env, uniqueName } from '../env.ts';
import { equal, ok, sameBytes, skip, test } from '../harness.ts';

const budgetBytes = 0x400_0000;
const keys = Array.from({ length: 10 }, (_, i) => keyOf(i, 20_000));
const entries = keys.map((key) => entryFor(key, { n: 1 }));

/** Runs with a place of its own. */
const withPlace = (fn: (place: OpfsPlace, told: CacheTrouble[]) => Promise<void>) => async (): Promise<void> => {
  const place = await makePlace();
  try {
    await fn(place, []);
  } finally {
    await place.remove();
  }
};
const slabOnly = (fn: (place: OpfsPlace, told: CacheTrouble[]) => Promise<void>) => async (): Promise<void> => {
  if (!expectsSlab()) skip('no sync access handles');
  await withPlace(fn)();
};

test('whatever the browser refuses its disk with, there is no container, and it is said why', async () => {
  for (const name of platformNames) {
    const told: CacheTrouble[] = [];
    const container = await openOpfsContainer({
      folder: uniqueName('opfs'),
      directory: () => rejection(name),
      onTrouble: (one) => void told.push(one),
    });
    const thrown = thrownAs(name) as { name?: string } | null | undefined;
    equal([container, told], [undefined, [{ code: 'unavailable', name: thrown?.name ?? 'UnknownError' }]], name);
  }
});

test(
  'the layout is a slab in a worker that can have one, else files',
  withPlace(async (place) => {
    const container = (await place.open({ budgetBytes }))!;
    equal(container.getSync !== undefined, expectsSlab());
    await container.close();
  }),
);

for (const layout of ['slab', 'files'] as const) {
  const need = layout === 'slab' ? slabOnly : withPlace;

  test(
    `${layout}: what was put is there after closing and opening, in the order of use`,
    need(async (place) => {
      const first = (await place.open({ budgetBytes, layout }))!;
      for (const entry of entries) equal(await first.putMany([entry]), 1);
      if (layout === 'slab') first.touch([keys[0]!]);
      await first.close();
      const second = (await place.open({ budgetBytes, layout }))!;
      for (const [i, entry] of (await second.getMany(keys)).entries()) {
        sameBytes(entry?.bytes, bytesFor(keys[i]!));
        equal(entry?.meta, { n: 1 });
      }
      await second.close();
      const third = (await place.open({ budgetBytes, layout }))!;
      equal((await third.usage()).entries, 10);
      await third.close();
    }),
  );

  test(
    `${layout}: another context has it, until it closes`,
    need(async (place, told) => {
      if (!navigator.locks) skip('no locks');
      const first = (await place.open({ budgetBytes, layout }))!;
      equal(await place.open({ budgetBytes, layout, onTrouble: (one) => void told.push(one) }), undefined);
      equal(told, [{ code: 'unavailable', name: 'NoModificationAllowedError' }]);
      equal(await first.putMany([entries[0]!]), 1);
      await first.close();
      const second = (await place.open({ budgetBytes, layout }))!;
      equal((await second.getMany([keys[0]!])).map(Boolean), [true]);
      await second.close();
    }),
  );

  test(
    `${layout}: no room: half goes, then nothing more is written`,
    need(async (place, told) => {
      const names = layout === 'slab' ? ['QuotaExceededError', 'short', 'NS_ERROR_FILE_NO_DEVICE_SPACE'] : ['QuotaExceededError'];
      for (const name of names) {
        const container = (await place.open({ budgetBytes, layout, onTrouble: (one) => void told.push(one) }))!;
        await container.delete({ namespace: namespaces[0] });
        equal(await container.putMany(entries), 10);
        const size = place.faulty.sync()?.getSize();
        const fault = layout === 'slab' ? place.faulty.fail(['syncWrite'], name) : place.faulty.fail(['write'], name);
        equal(await container.putMany([entryFor(keyOf('b'))]), 0, name);
        ok(fault.met() >= 2, 'tried twice');
        fault.lift();
        equal(await container.putMany([entryFor(keyOf('b'))]), 0, 'no more');
        ok(
          told.some(({ code }) => code === 'quota'),
          `${name}: ${JSON.stringify(told)}`,
        );
        if (size !== undefined) ok(place.faulty.sync()!.getSize() <= size, 'nothing of it is left');
        for (const [i, entry] of (await container.getMany(keys)).entries()) if (entry) sameBytes(entry.bytes, bytesFor(keys[i]!));
        await container.close();
      }
    }),
  );
}

test(
  'slab: a torn tail is cut, and nothing else',
  slabOnly(async (place) => {
    // Into the bytes, the JSON and the head of the last record, and into the one before it.
    for (const lost of [1, 19_999, 20_050, 20_000 + 110, 21_000]) {
      const first = (await place.open({ budgetBytes, layout: 'slab' }))!;
      await first.delete({ namespace: namespaces[0] });
      for (const entry of entries) await first.putMany([entry]);
      const file = place.faulty.sync()!;
      const size = file.getSize();
      file.truncate(size - lost);
      await first.close();
      const second = (await place.open({ budgetBytes, layout: 'slab' }))!;
      const whole = 10 - Math.ceil(lost / (size / 10));
      equal(
        (await second.getMany(keys)).map(Boolean),
        keys.map((_, i) => i < whole),
        `${lost} bytes are lost`,
      );
      equal(await second.putMany(entries), 10);
      for (const [i, entry] of (await second.getMany(keys)).entries()) sameBytes(entry?.bytes, bytesFor(keys[i]!));
      await second.close();
    }
  }),
);

test(
  'slab: gaps are closed, and a chain that breaks off in the middle of it loses no right byte',
  slabOnly(async (place) => {
    const small = 0x10_0000;
    const container = (await place.open({ budgetBytes: small, layout: 'slab' }))!;
    for (let i = 0; i < 300; i++) {
      await container.putMany([entryFor(keyOf(i, 5000 + 37 * i))]);
      ok(place.faulty.sync()!.getSize() <= 1.3 * small, 'the file stays small');
    }
    const { entries: before } = await container.usage();
    ok(before > 20, `${before} entries`);
    // Whatever write a crash comes before: what is found afterwards is right.
    const fault = place.faulty.fail(['syncTruncate'], 'null');
    for (let i = 300; i < 340; i++) await container.putMany([entryFor(keyOf(i, 5000 + 37 * i))]);
    fault.lift();
    await container.close();
    const next = (await place.open({ budgetBytes: small, layout: 'slab' }))!;
    const all = Array.from({ length: 340 }, (_, i) => keyOf(i, 5000 + 37 * i));
    const found = await next.getMany(all);
    ok(found.filter(Boolean).length > 10, 'some are left');
    for (const [i, entry] of found.entries()) if (entry) sameBytes(entry.bytes, bytesFor(all[i]!));
    await next.close();
  }),
);

test(
  'slab: what is cleared is written over',
  slabOnly(async (place) => {
    const container = (await place.open({ budgetBytes, layout: 'slab' }))!;
    const [mine, other] = [keyOf('a', 3000), keyOf('b', 3000, 0, namespaces[1])];
    await container.putMany([entryFor(mine), entryFor(other)]);
    equal(await container.delete({ namespace: namespaces[0] }), 1);
    const file = place.faulty.sync()!;
    const all = new Uint8Array(file.getSize());
    file.read(all, { at: 0 });
    const secret = bytesFor(mine).subarray(0, 16).join();
    for (let at = 0; at + 16 <= all.length; at++)
      if (all[at] === bytesFor(mine)[0]) ok(all.subarray(at, at + 16).join() !== secret, 'gone');
    sameBytes((await container.getMany([other]))[0]?.bytes, bytesFor(other));
    await container.close();
  }),
);

test(
  'files: whole buffers are written, and each failing call leaves nothing under a final name',
  withPlace(async (place) => {
    const container = (await place.open({ budgetBytes, layout: 'files' }))!;
    for (const call of ['getFileHandle', 'createWritable', 'write', 'close', 'move'] as const) {
      for (const name of ['InvalidStateError', 'NoModificationAllowedError', 'null']) {
        const fault = place.faulty.fail([call], name);
        equal(await container.putMany([entries[0]!]), 0, `${call}: ${name}`);
        fault.lift();
        equal([fault.met() > 0, (await container.usage()).entries], [true, 0]);
      }
    }
    equal(await container.putMany(entries), 10);
    equal(place.faulty.wroteViews.includes(true), false, 'WebKit writes the whole buffer of a view');
    // Chromium may not let go of a file at once whose writer was aborted.
    await container.scrub();
    equal([await container.scrub(), (await container.getMany(keys)).filter(Boolean).length], [0, 10]);
    await container.close();
  }),
);

test(
  'a browser that refuses sync access handles is asked for one under a name of its own alone',
  withPlace(async (place) => {
    if (!env().worker) skip('no page has them');
    const fault = place.faulty.fail(['createSyncAccessHandle'], 'NotSupportedError');
    const container = (await place.open({ budgetBytes }))!;
    equal(container.getSync, undefined);
    equal(fault.met() <= 1, true);
    equal(await container.putMany(entries), 10);
    await container.close();
    fault.lift();
  }),
);
