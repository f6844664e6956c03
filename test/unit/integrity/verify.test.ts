/** Checking bytes against what a store promised. */
import fc from 'fast-check';
import { createHasher, toBase64, type HashName } from '../../../src/hash.ts';
import { chooseExpectation, type Expectation } from '../../../src/integrity/expectation.ts';
import { twice, verifying } from '../../../src/integrity/verify.ts';
import type { ByteSource } from '../../../src/types.ts';
import { gather } from '../../../src/util/streams.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

const names: readonly HashName[] = ['crc32c', 'crc32', 'crc64nvme', 'md5', 'sha256'];
const digestOf = (name: HashName, bytes: Uint8Array): Uint8Array => {
  const hasher = createHasher(name);
  hasher.update(bytes);
  return hasher.digest();
};
const base64Of = (name: HashName, bytes: Uint8Array): string => toBase64(digestOf(name, bytes));
const about = { key: 'a', url: 's3://b' };

function sourceOf(pieces: readonly Uint8Array[], whole = false): ByteSource & { cancelled: unknown[] } {
  const left = [...pieces];
  const source: ByteSource & { cancelled: unknown[] } = {
    cancelled: [],
    read: async () => left.shift(),
    cancel: async (reason) => void source.cancelled.push(reason),
  };
  if (whole) source.bytes = () => gather(left.splice(0));
  return source;
}

async function drain(source: ByteSource): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for (let piece = await source.read(); piece; piece = await source.read()) pieces.push(piece);
  return gather(pieces);
}

test('chooseExpectation: the cheapest that is there', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const known = Object.fromEntries(names.map((name) => [name, base64Of(name, bytes)])) as Record<HashName, string>;
  for (const [i, name] of names.entries()) {
    const left = Object.fromEntries(names.slice(i).map((each) => [each, known[each]]));
    equal(chooseExpectation(left), { hash: name, digest: digestOf(name, bytes) });
  }
  equal(chooseExpectation({}), undefined);
  equal(chooseExpectation({ md5: null, crc32c: undefined, sha256: '' }), undefined);
});

test('chooseExpectation: composite, malformed and short values do not count; padding may be missing', () => {
  const md5 = base64Of('md5', Uint8Array.of(1));
  equal(chooseExpectation({ crc32c: 'AAAAAA==-3', md5 }), { hash: 'md5', digest: digestOf('md5', Uint8Array.of(1)) });
  for (const crc32c of ['AAAA', 'AAAAAAAA', '!!!!!!==', 'AAAAA', '=', 'AAAAAB==', 'äöüß', '12345678']) {
    equal(chooseExpectation({ crc32c, md5 })!.hash, 'md5', crc32c);
    equal(chooseExpectation({ crc32c }), undefined, crc32c);
  }
  equal(chooseExpectation({ crc32c: 'mnG7TA' }), { hash: 'crc32c', digest: Uint8Array.of(0x9a, 0x71, 0xbb, 0x4c) });
});

test('verifying: right bytes pass in any pieces, wrong ones never do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 8 }),
      fc.constantFrom(...names),
      fc.boolean(),
      fc.nat(),
      async (pieces, hash, whole, where) => {
        const bytes = await gather(pieces);
        const expected: Expectation = { hash, digest: digestOf(hash, bytes) };
        const read = (source: ByteSource): Promise<Uint8Array> => (whole ? source.bytes!() : drain(source));
        let verified = 0;
        sameBytes(await read(verifying(sourceOf(pieces, whole), expected, about, () => verified++)), bytes);
        equal(verified, 1);
        if (bytes.length === 0) return;
        const at = where % bytes.length;
        const changed = bytes.slice();
        changed[at]! ^= 1;
        for (const wrong of [changed, bytes.subarray(1), new Uint8Array([...bytes, 0])]) {
          const error = await rejects<Error & { key?: string; operation?: string }>(
            read(verifying(sourceOf([wrong], whole), expected, about, () => verified++)),
            'IntegrityError',
          );
          equal([error.key, error.operation], ['a', 'get']);
        }
        equal(verified, 1, 'nothing wrong was called verified');
      },
    ),
    { seed: env().seed, numRuns: 60 },
  );
});

test('verifying: only the end tells; after it there is nothing more; a cancel goes through', async () => {
  const expected: Expectation = { hash: 'md5', digest: digestOf('md5', Uint8Array.of(1, 2)) };
  let verified = 0;
  const inner = sourceOf([Uint8Array.of(1), Uint8Array.of(2)]);
  const source = verifying(inner, expected, about, () => verified++);
  await source.read();
  await source.read();
  equal(verified, 0, 'before the end');
  equal([await source.read(), await source.read(), verified], [undefined, undefined, 1]);
  const other = sourceOf([Uint8Array.of(9)]);
  await verifying(other, expected, about, () => verified++).cancel('enough');
  equal([other.cancelled, verified], [['enough'], 1]);
  const failing: ByteSource = { read: () => Promise.reject(new Error('broken wire')), cancel: async () => {} };
  await rejects(verifying(failing, expected, about, () => verified++).read(), (error: Error) => error.message === 'broken wire');
  ok(!('bytes' in verifying(inner, expected, about, () => {})), 'no short cut where there was none');
});

test('twice: what is wrong is read once more by bytes, and by nothing else', async () => {
  const good = Uint8Array.of(1, 2);
  const expected: Expectation = { hash: 'crc32c', digest: digestOf('crc32c', good) };
  const open = (bytes: Uint8Array, whole: boolean): ByteSource => verifying(sourceOf([bytes], whole), expected, about, () => {});
  for (const whole of [true, false]) {
    let opened = 0;
    const again = (bytes: Uint8Array) => async (): Promise<ByteSource> => {
      opened++;
      return open(bytes, whole);
    };
    sameBytes(await twice(open(good, whole), again(good)).bytes!(), good);
    equal(opened, 0, 'right at once');
    sameBytes(await twice(open(Uint8Array.of(9), whole), again(good)).bytes!(), good);
    equal(opened, 1, 'right the second time');
    await rejects(twice(open(Uint8Array.of(9), whole), again(Uint8Array.of(8))).bytes!(), 'IntegrityError');
    equal(opened, 2, 'no third time');
    await rejects(drain(twice(open(Uint8Array.of(9), whole), again(good))), 'IntegrityError');
    const begun = twice(open(Uint8Array.of(9), whole), again(good));
    await begun.read();
    await rejects(begun.bytes!(), 'IntegrityError');
    equal(opened, 2, 'not what was handed out');
    const broken: ByteSource = { read: () => Promise.reject(new Error('wire')), cancel: async () => {} };
    await rejects(twice(broken, again(good)).bytes!(), (error: Error) => error.message === 'wire');
    equal(opened, 2, 'not for another reason');
  }
  const other = sourceOf([good]);
  await twice(other, async () => other).cancel('enough');
  equal(other.cancelled, ['enough']);
});

test('verifying: what cannot be said is neither verified nor an error', async () => {
  const expected: Expectation = { hash: 'md5', digest: new Uint8Array(16), certain: false };
  let verified = 0;
  for (const whole of [true, false]) {
    const source = (): ByteSource => verifying(sourceOf([Uint8Array.of(1)], whole), expected, about, () => verified++);
    sameBytes(await drain(source()), Uint8Array.of(1));
    if (whole) sameBytes(await source().bytes!(), Uint8Array.of(1));
  }
  equal(verified, 0);
});
