/** What queues are made of: ranges, errors, versions. */
import fc from 'fast-check';
import {
  CHUNK_FILES,
  byChunk,
  cut,
  hasBit,
  openFiles,
  rangesAround,
  rangesOf,
  setBit,
  type Range,
} from '../../../../src/jobs/queue/backend.ts';
import { databaseError, insist } from '../../../../src/jobs/queue/errors.ts';
import { openQueueStore } from '../../../../src/jobs/queue/open-queue.ts';
import { checkNode } from '../../../../src/jobs/queue/packages.ts';
import type { CloudError } from '../../../../src/index.ts';
import { env } from '../../../env.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';

const numbersOf = ({ from, size }: Range): number[] => Array.from({ length: size }, (_, i) => from + i);
const size = fc.integer({ min: 1, max: CHUNK_FILES });

test('ranges of a chunk hold each of its files once, and those around files are ranges of their chunks', () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9 }), size, size, fc.array(fc.nat(5000), { minLength: 1 }), (chunk, count, rangeFiles, ids) => {
      equal(rangesOf(chunk, count, rangeFiles).flatMap(numbersOf), numbersOf({ from: chunk * CHUNK_FILES, size: count }));
      const around = rangesAround(ids, rangeFiles);
      equal(new Set(around.map(({ from }) => from)).size, around.length);
      for (const range of around) {
        const whole = rangesOf(Math.floor(range.from / CHUNK_FILES), CHUNK_FILES, rangeFiles);
        ok(
          whole.some((other) => other.from === range.from && other.size === range.size),
          'a range of its chunk',
        );
        ok(
          ids.some((id) => numbersOf(range).includes(id)),
          'with one of the files',
        );
      }
      ok(
        ids.every((id) => around.some(({ from, size }) => id >= from && id < from + size)),
        'all files',
      );
    }),
    { seed: env().seed, numRuns: 40 },
  ));

test('a range that is cut loses no open file, and its head has as many as there is room for', () =>
  fc.assert(
    fc.property(
      fc.nat(900),
      fc.integer({ min: 1, max: 100 }),
      size,
      fc.uniqueArray(fc.nat(999)),
      fc.array(fc.nat(999)),
      (at, count, room, done, dead) => {
        const range: Range = { from: 3 * CHUNK_FILES + at, size: count };
        const names = Array.from({ length: CHUNK_FILES }, (_, i) => `n${i}`);
        const bits = new Uint8Array(CHUNK_FILES / 8);
        for (const place of done) setBit(bits, place);
        equal(
          names.flatMap((_, place) => (hasBit(bits, place) ? [place] : [])),
          [...done].sort((a, b) => a - b),
        );
        const tried = new Map(dead.map((place) => [3 * CHUNK_FILES + place, { attempts: 2, isFinal: place % 2 === 0 }]));
        const filesOf = (part: Range): unknown[] => openFiles(part, names, (place) => hasBit(bits, place), tried).map(({ id }) => id);
        const open = openFiles(range, names, (place) => hasBit(bits, place), tried);
        equal(
          open.map(({ id }) => id),
          numbersOf(range).filter((id) => !done.includes(id % CHUNK_FILES) && !tried.get(id)?.isFinal),
        );
        const { head, files, tail } = cut(range, open, room);
        equal(files, open.slice(0, room));
        equal(
          filesOf(head),
          files.map(({ id }) => id),
        );
        equal(
          [...numbersOf(head), ...(tail ? numbersOf(tail) : [])].slice(0, count),
          numbersOf(range).slice(0, head.size + (tail?.size ?? 0)),
        );
        equal(
          [...filesOf(head), ...(tail ? filesOf(tail) : [])],
          open.map(({ id }) => id),
        );
      },
    ),
    { seed: env().seed, numRuns: 60 },
  ));

test('outcomes are sorted by chunks', () => {
  const failure = { id: 5, error: 'x', retry: true };
  equal(byChunk({ ok: [2001, 7, 2000], failed: [failure] }), [
    [0, { ok: [7], failed: [failure] }],
    [2, { ok: [2001, 2000], failed: [] }],
  ]);
});

test('errors of databases become ours, without secrets, and only what may pass is tried again', async () => {
  const told = (error: unknown): [string, boolean, string] => {
    const { code, retryable, message } = databaseError(error, ['redis://:hunter2@h/0', 'hunter2']) as CloudError;
    return [code, retryable, message];
  };
  const coded = (message: string, code: string): Error => Object.assign(new Error(message), { code });
  equal(told(coded('password authentication failed for hunter2', '28P01')), [
    'Unauthenticated',
    false,
    "the queue's database: password authentication failed for ***",
  ]);
  equal(told(new Error('WRONGPASS invalid'))[0], 'Unauthenticated');
  equal(told(coded('permission denied for database', '42501'))[0], 'PermissionDenied');
  equal(told(coded('deadlock detected', '40P01')).slice(0, 2), ['ServerError', true]);
  equal(told(coded('terminating connection', '57P01')).slice(0, 2), ['Network', true]);
  equal(told(new AggregateError([coded('connect ECONNREFUSED redis://:hunter2@h/0', 'ECONNREFUSED')])), [
    'Network',
    true,
    "the queue's database: connect ECONNREFUSED ***",
  ]);
  equal(told(coded('syntax error', '42601')).slice(0, 2), ['ServerError', false]);
  let calls = 0;
  const twice = (): Promise<number> => (++calls < 3 ? Promise.reject(databaseError(coded('x', 'ECONNRESET'), [])) : Promise.resolve(7));
  equal([await insist(twice, 60_000, undefined), calls], [7, 3]);
  await rejects(() => insist(() => Promise.reject(databaseError(coded('x', '42601'), [])), 60_000, undefined), 'ServerError');
  await rejects(() => insist(() => Promise.reject(databaseError(coded('x', 'ECONNRESET'), [])), 0, undefined), 'Network');
});

test('addresses, names and versions are looked at before anything is loaded, and no password is repeated', async () => {
  const refused = async (url: string, code: string, options = {}): Promise<void> => {
    const error = await rejects(() => openQueueStore(url, options), code);
    ok(!/hunter/.test(`${error.message} ${error.stack} ${JSON.stringify(error)}`), error.message);
  };
  await refused('redis://:hun/hunter2@h/0', 'InvalidUrl');
  await refused('mysql://me:hunter2@h/0', 'UnsupportedProtocol');
  await refused('redis://:hunter2@h/0?job=a%2Fb', 'InvalidArgument');
  await refused('redis://:hunter2@h/0', 'InvalidArgument', { job: '' });
  await refused('redis://:hunter2@h/0', 'InvalidArgument', { rangeFiles: 1001 });
  for (const version of ['22.12.0', '22.13.1', '24.0.0']) checkNode(version);
  for (const version of ['20.20.2', '22.11.9']) {
    const error = await rejects(() => checkNode(version), 'NotSupported');
    ok(error.message.includes(version) && error.message.includes('22.12'), error.message);
  }
  if (!/^(node|bun|deno)/.test(env().engine)) await refused('redis://:hunter2@h/0', 'NotSupported');
});
