/** Transfers of many files, in arrays that are filled again and again. */
import { sendsLikeAPage } from '#platform';
import { uniqueName } from '../../env.ts';
import { equal, sameBytes, test } from '../../harness.ts';
import { kinds, openPlace } from '../../parity/cloudfiles-places.ts';
import { noise } from '../../conformance/noise.ts';
import { withScenario, type FaultRule } from '../../servers/fixture/client.ts';

/** Sizes around those from which on arrays are lent, and some that share an array. */
const sizes = [131_071, 131_073, 150_000, 200_000, 262_144, 300_000, 70_000, 400_000];
const files = Array.from({ length: 48 }, (_, i) => ({ path: `${i % 3}/${i}`, bytes: noise(sizes[i % sizes.length]! + i, i) }));

/** Of each kind of failure some, spread over the requests. A page, which may get bytes that were decoded, cannot go on with those that broke off. */
const failing = (method: string): FaultRule[] => [
  ...[3, 11, 19].map((nth): FaultRule => ({ match: { method, nth }, fault: { type: 'status', status: 503, code: 'SlowDown' } })),
  ...(method === 'GET' && sendsLikeAPage ? [] : [5, 17, 30]).map((nth): FaultRule => ({
    match: { method, nth },
    fault: { type: 'cut', bytes: method === 'GET' ? 100_000 : 0, reset: true },
  })),
  ...(method === 'GET' ? [{ match: { method, nth: 23 }, fault: { type: 'drip', bytes: 60_000, everyMs: 3 } } as const] : []),
];

for (const kind of kinds.filter((name) => name === 'file' || name === 'mem' || name === 'opfs'))
  test(`every file is its own, to a bucket and back to ${kind}, also where requests fail`, () =>
    withScenario('s3', { faults: failing('PUT') }, async (server) => {
      const { endpoint, region, bucket, credentials } = server;
      const local = await openPlace(kind, { endpoint, region, credentials, retry: { minDelayMs: 1 } });
      const back = local.client.files(`${local.url.replace(/\/$/, '')}/${uniqueName('back')}`);
      try {
        for (const { path, bytes } of files) await local.cf.put(path, bytes, { raw: true });
        const remote = local.client.files(`s3://${bucket}/lent`);
        // ten at a time, so that arrays go from one to the next
        equal(await local.cf.transferTo(remote, { paths: files.map(({ path }) => path), blockSize: 10 }), files.length);
        for (const { path, bytes } of files) sameBytes(await server.object(`lent/${path}`), bytes, path);
        await server.update({ faults: failing('GET') });
        equal(await remote.transferTo(back, { paths: files.map(({ path }) => path), blockSize: 10 }), files.length);
        for (const { path, bytes } of files) sameBytes(await back.get(path, { raw: true }), bytes, path);
      } finally {
        await local.close();
      }
    }));
