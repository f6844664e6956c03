/** Hashes that are saved and loaded, in every engine of each. */
import fc from 'fast-check';
import { createHasher, fromHex, loadHasher, toHex, type HashName } from '../../../src/hash.ts';
import * as plainCrc from '../../../src/util/crc.ts';
import { crc32Engine, crc64Engine } from '../../../src/integrity/engines.ts';
import * as drivers from '../../../src/integrity/hasher.ts';
import { plainMd5 } from '../../../src/integrity/md5.ts';
import { hasherOn, type Engine } from '../../../src/integrity/running.ts';
import { plainSha256 } from '../../../src/integrity/sha256.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, test } from '../../harness.ts';

const names: readonly HashName[] = ['md5', 'crc32', 'crc32c', 'crc64nvme', 'sha256'];
const plain: Record<HashName, Engine> = {
  md5: plainMd5,
  sha256: plainSha256,
  crc32: crc32Engine(plainCrc.crc32),
  crc32c: crc32Engine(plainCrc.crc32c),
  crc64nvme: crc64Engine((bytes, state) => plainCrc.updateCrc64nvme(state, bytes)),
};
const once = (name: HashName, bytes: Uint8Array): string => {
  const hash = createHasher(name);
  hash.update(bytes);
  return toHex(hash.digest());
};

test('hashes: saved anywhere and loaded, by the kernel or in plain JavaScript, they go on', () => {
  for (const name of names) {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(400), fc.nat(400), fc.boolean(), fc.boolean(), (bytes, x, y, a, b) => {
        const [first, second] = [Math.min(x, bytes.length), Math.min(y, bytes.length)].sort((p, q) => p - q) as [number, number];
        const want = once(name, bytes);
        const hash = a ? createHasher(name, { savable: true }) : hasherOn(name, plain[name], true);
        hash.update(bytes.subarray(0, first));
        const saved = hash.save();
        const next = b ? loadHasher(name, saved) : hasherOn(name, plain[name], true, saved);
        // another one of the same kind runs at the same time
        const between = createHasher(name, { savable: true });
        between.update(bytes.subarray(0, 7));
        next.update(bytes.subarray(first, second));
        const last = loadHasher(name, next.save());
        last.update(bytes.subarray(second));
        between.update(bytes.subarray(7));
        for (const one of [hash, next]) one.update(bytes.subarray(one === hash ? first : second));
        equal(
          [hash, next, last, between].map((one) => toHex(one.digest())),
          Array(4).fill(want),
          name,
        );
      }),
      { seed: env().seed, numRuns: 100 },
    );
  }
});

test('hashes: engines save the same bytes', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => i * 31);
  for (const name of names) {
    for (let n = 0; n <= 200; n += 13) {
      const [a, b] = [createHasher(name, { savable: true }), hasherOn(name, plain[name], true)];
      for (const one of [a, b]) one.update(bytes.subarray(0, n));
      equal(a.save(), b.save(), `${name} after ${n} bytes`);
    }
  }
});

test('hashes: states of version 1 stay readable', () => {
  // Written down once: whatever changes inside, these go on to the digest of `abcd`.
  const saved: Record<HashName, string> = {
    md5: '616668010001234567 89abcdef fedcba98 76543210 0300000000000000 616263'.replaceAll(' ', ''),
    crc32: '6166680101352441c2',
    crc32c: '6166680102364b3fb7',
    crc64nvme: '616668010305e5cabb3fc1faeb',
    sha256: '616668010467e6096a85ae67bb72f36e3c3af54fa57f520e518c68059babd9831f19cde05b0300000000000000616263',
  };
  const abc = new TextEncoder().encode('abc');
  for (const name of names) {
    const hash = loadHasher(name, fromHex(saved[name]));
    hash.update(new TextEncoder().encode('d'));
    equal(toHex(hash.digest()), once(name, new TextEncoder().encode('abcd')), name);
    const again = createHasher(name, { savable: true });
    again.update(abc);
    equal(toHex(again.save()), saved[name], name);
  }
});

test('hashes: foreign bytes are refused', async () => {
  for (const name of names) {
    const hash = createHasher(name, { savable: true });
    hash.update(new Uint8Array(100));
    const saved = hash.save();
    const changed = (at: number): Uint8Array => saved.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const foreign = [new Uint8Array(), saved.subarray(1), saved.subarray(0, -1), new Uint8Array([...saved, 0]), new Uint8Array(200)];
    foreign.push(changed(0), changed(3), changed(4), new Uint8Array(saved.length));
    for (const bytes of foreign) await rejects(() => loadHasher(name, bytes), 'InvalidArgument');
    for (const other of names) if (other !== name) await rejects(() => loadHasher(other, saved), 'InvalidArgument');
    await rejects(() => loadHasher(name, 'text' as unknown as Uint8Array), 'InvalidArgument');
  }
  // a length that does not go with the bytes of the block that is not full
  const md5 = createHasher('md5', { savable: true });
  md5.update(new Uint8Array(70));
  const saved = md5.save();
  saved[5 + 16]! ^= 1;
  await rejects(() => loadHasher('md5', saved), 'InvalidArgument');
});

test('hashes: an ended one says so', async () => {
  for (const name of names) {
    const hash = createHasher(name);
    hash.digest();
    for (const call of [() => hash.update(new Uint8Array(1)), () => hash.digest(), () => hash.save()])
      await rejects(call, 'InvalidArgument');
  }
});

test("hashes: the runtime's own cannot be saved, and say so", async () => {
  for (const name of names) {
    const hash = createHasher(name);
    hash.update(new Uint8Array(10));
    try {
      ok(hash.save().length > 8, 'a state');
    } catch (error) {
      equal((error as { code?: string }).code, 'NotSupported', name);
      ok(name === 'md5' || name === 'sha256', `CRCs can be saved, ${name} cannot`);
      await rejects(() => hash.save(), 'NotSupported');
    }
  }
});

test('hashes: drivers have the same before and after the kernel is loaded', async () => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
  for (const name of names) {
    const want = once(name, bytes);
    equal(toHex(drivers.digestOf(name, bytes)), want, name);
    const begun = drivers.createHasher(name);
    begun.update(bytes.subarray(0, 3000));
    await drivers.prepareHash(name);
    begun.update(bytes.subarray(3000));
    const hash = drivers.createHasher(name, { savable: true });
    hash.update(bytes);
    equal(
      [begun, loadHasher(name, hash.save()), hash].map((one) => toHex(one.digest())),
      [want, want, want],
      name,
    );
    equal(toHex(drivers.digestOf(name, bytes)), want, name);
  }
});
