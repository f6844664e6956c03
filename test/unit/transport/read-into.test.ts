/** Bodies that are put into arrays of their readers: counted, taken up again, checked. */
import fc from 'fast-check';
import { CloudError } from '../../../src/errors.ts';
import { createHasher } from '../../../src/hash.ts';
import type { Expectation } from '../../../src/integrity/expectation.ts';
import { twice, verifying } from '../../../src/integrity/verify.ts';
import { openResult } from '../../../src/store/read.ts';
import { countBody, type BodyWatcher } from '../../../src/transport/count.ts';
import type { ByteSource, HttpBody, HttpResponse } from '../../../src/types.ts';
import { collect } from '../../../src/util/streams.ts';
import { env } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

const MiB = 0x100000;
const url = 'https://h.example/k';
const patterned = (size: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 255);

/**
 * Gives these bytes, as much at a time as is asked for, then ends.
 *
 * @param broken where it breaks instead of its end
 */
function poured(bytes: Uint8Array, broken?: number): HttpBody & { readonly asked: number[] } {
  let at = 0;
  const end = broken ?? bytes.length;
  const next = (most: number): Uint8Array => {
    const piece = bytes.subarray(at, Math.min(at + most, end));
    at += piece.length;
    if (piece.length === 0 && broken !== undefined) throw new CloudError('reset', { code: 'Network', retryable: true });
    return piece;
  };
  const asked: number[] = [];
  return {
    asked,
    async readInto(into) {
      ok(into.length > 0, 'never an empty array');
      asked.push(into.length);
      const piece = next(into.length);
      into.set(piece);
      return piece.length;
    },
    async read() {
      const piece = next(7);
      return piece.length > 0 ? piece : undefined;
    },
    bytes: async () => next(Infinity),
    cancel: async () => {},
  };
}

test('collect: all bytes, whatever the hint says, and in the array that was given where it fits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), fc.nat(70), fc.nat(70), async (bytes, hint, given) => {
      const body = poured(bytes);
      const into = new Uint8Array(given);
      const got = await collect(body.read, hint, into, body.readInto);
      sameBytes(got, bytes);
      if (bytes.length > 0 && given === hint && hint === bytes.length) ok(got === into, 'the one that was given');
    }),
    { seed: env().seed, numRuns: 300 },
  );
  const large = patterned(2 * MiB + 5);
  const body = poured(large);
  sameBytes(await collect(body.read, large.length, undefined, body.readInto), large);
  equal(body.asked, [MiB, MiB, 5], 'a stretch at a time');
  const doubtful = poured(Uint8Array.of(1, 2));
  sameBytes(await collect(doubtful.read, Number.MAX_SAFE_INTEGER, undefined, doubtful.readInto), Uint8Array.of(1, 2));
  equal(doubtful.asked, [], 'no memory for a hint beyond all of it');
});

const responseOf = (body: HttpBody, length: number): HttpResponse => ({
  status: 200,
  headers: new Headers({ 'content-length': String(length) }),
  url,
  body,
  decoded: false,
});

test('countBody: what is missing, and what is too much, also where arrays are filled', async () => {
  const told: [number, unknown][] = [];
  let waiting = 0;
  const watcher: BodyWatcher = { busy: (busy) => (waiting += busy ? 1 : -1), end: (size, error) => void told.push([size, error]) };
  const counted = (size: number, due: number, broken?: number): HttpBody =>
    countBody({ method: 'GET', url, headers: {} }, responseOf(poured(patterned(size), broken), due), watcher);
  const whole = counted(10, 10);
  const into = new Uint8Array(6);
  equal([await whole.readInto!(into), await whole.readInto!(into), await whole.readInto!(into)], [6, 4, 0]);
  equal(told.splice(0), [[10, undefined]]);
  const early = counted(9, 10);
  equal([await early.readInto!(into), await early.readInto!(into)], [6, 3]);
  const missing = await rejects<CloudError>(early.readInto!(into), 'Truncated');
  ok(missing.retryable, 'asked for again');
  const cut = counted(10, 10, 8);
  equal([await cut.readInto!(into), await cut.readInto!(into)], [6, 2]);
  ok((await rejects<CloudError>(cut.readInto!(into), 'Truncated')).retryable, 'asked for again');
  const more = counted(11, 10);
  equal(await more.readInto!(into), 6);
  ok(!(await rejects<CloudError>(more.readInto!(into), 'Truncated')).retryable, 'not asked for again');
  equal(
    told.map(([size, error]) => [size, (error as CloudError).code]),
    [
      [9, 'Truncated'],
      [8, 'Truncated'],
      [11, 'Truncated'],
    ],
  );
  equal(waiting, 0);
  const { readInto, ...plain } = poured(patterned(3));
  equal(countBody({ method: 'GET', url, headers: {} }, responseOf(plain, 3), watcher).readInto, undefined, 'not where there is none');
});

const crc32c = (bytes: Uint8Array): Expectation => {
  const hasher = createHasher('crc32c');
  hasher.update(bytes);
  return { hash: 'crc32c', digest: hasher.digest() };
};

test('a body that breaks while an array is filled goes on in it where it broke', async () => {
  const bytes = patterned(3 * MiB + 11);
  for (const breaks of [[5], [MiB], [MiB + 3, 2 * MiB], [0, 1, bytes.length - 1], [bytes.length]]) {
    const left = [...breaks];
    const asked: [number, number][] = [];
    const next = (start: number): HttpBody => {
      const at = left.shift();
      return poured(bytes.subarray(start), at === undefined ? undefined : at - start);
    };
    const expected = crc32c(bytes);
    const result = await openResult({
      info: { key: 'k', metadata: {} },
      response: responseOf(next(0), bytes.length),
      range: undefined,
      expected: () => expected,
      mayDecode: false,
      reopen: async (start, end) => {
        asked.push([start, end]);
        return next(start);
      },
      again: () => Promise.reject(new Error('read anew')),
      maxFullDownloadBytes: 1000,
      url,
      backOff: (failures) => (failures < 3 ? 0 : undefined),
    });
    const into = new Uint8Array(bytes.length);
    ok((await result.bytes(into)) === into, 'in the array that was given');
    sameBytes(into, bytes);
    ok(result.verified, 'verified');
    equal(
      asked,
      breaks.filter((at) => at < bytes.length).map((at) => [at, bytes.length]),
    );
  }
});

test('wrong bytes are read once more into the same array, and then given up', async () => {
  const bytes = patterned(MiB + 9);
  const wrong = bytes.slice();
  wrong[MiB + 2]! ^= 4;
  let verified = 0;
  const open = (of: Uint8Array): ByteSource => verifying(poured(of), crc32c(bytes), { key: 'k', url }, () => verified++);
  const into = new Uint8Array(bytes.length);
  const source = twice(open(wrong), async () => open(bytes));
  ok((await source.bytes!(bytes.length, into)) === into, 'in the array that was given');
  sameBytes(into, bytes);
  equal(verified, 1);
  await rejects(twice(open(wrong), async () => open(wrong)).bytes!(bytes.length, into), 'IntegrityError');
  equal(verified, 1);
});
