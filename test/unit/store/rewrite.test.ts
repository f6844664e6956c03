/** Replacing objects by parts: which are sent and which copied, and what is there afterwards. */
import fc from 'fast-check';
import { Client } from '../../../src/index.ts';
import type { RequestEvent } from '../../../src/index.ts';
import { putContent } from '../../../src/store/rewrite.ts';
import { planRewrite } from '../../../src/store/xml-api/rewrite-plan.ts';
import type { RewriteContent } from '../../../src/types.ts';
import { env, need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';

const MiB = 0x10_0000;

test('rewrite plan: whole, in order, no part too small, and nothing that changed is kept', () => {
  const gigabytes = fc.integer({ min: 0, max: 3000 * MiB });
  const changes = fc.array(fc.tuple(gigabytes, fc.integer({ min: 1, max: 40 * MiB })), { maxLength: 8 });
  fc.assert(
    fc.property(gigabytes, changes, (sizeBytes, raw) => {
      const changed: { start: number; end: number }[] = [];
      for (const [at, length] of raw.sort((a, b) => a[0] - b[0])) {
        const start = Math.max(at, (changed.at(-1)?.end ?? -1) + 1);
        const end = Math.min(start + length, sizeBytes);
        if (start < end) changed.push({ start, end });
      }
      const parts = planRewrite(sizeBytes, changed);
      const gaps = [...changed, { start: sizeBytes, end: sizeBytes }].map(({ start }, i) => start - (changed[i - 1]?.end ?? 0));
      if (!parts) {
        ok(sizeBytes < 5 * MiB || gaps.every((gap) => gap < 10 * MiB), `nothing kept of gaps ${gaps.join()}`);
        return;
      }
      let at = 0;
      for (const [i, { start, end, isKept }] of parts.entries()) {
        equal(start, at);
        ok(end > start && end - start <= (isKept ? 512 : 16) * MiB, 'no part too large');
        ok(i === parts.length - 1 || end - start >= 5 * MiB, 'no part too small');
        if (isKept) ok(!changed.some((one) => one.start < end && start < one.end), 'nothing that changed is kept');
        at = end;
      }
      equal(at, sizeBytes);
      ok(parts.some(({ isKept }) => isKept));
    }),
    { seed: env().seed, numRuns: 300 },
  );
});

test('rewrite plan: one change in much', () => {
  const parts = planRewrite(200 * MiB, [{ start: 100 * MiB, end: 100 * MiB + 1 }])!;
  equal(
    parts.map(({ start, end, isKept }) => [start / MiB, end / MiB, isKept]),
    [
      [0, 100, true],
      [100, 105, false],
      [105, 200, true],
    ],
  );
  equal(planRewrite(9 * MiB, [{ start: 0, end: 1 }]), undefined);
});

/** Bytes of which no range is like another. */
function noise(sizeBytes: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(sizeBytes / 4);
  for (let i = 0, x = 1; i < words.length; i++) words[i] = x = (x * 1664525 + 1013904223) >>> 0;
  return new Uint8Array(words.buffer);
}

const contentOf = (bytes: Uint8Array, changed: RewriteContent['changed']): RewriteContent => ({
  sizeBytes: bytes.length,
  changed,
  read: async (start, end) => bytes.slice(start, end),
});

for (const name of ['versitygw', 'minio'] as const)
  test(`rewrite on ${name}: only what changed is sent, under the condition`, async () => {
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
    const sent: RequestEvent[] = [];
    const client = new Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      onRequest: (event) => void sent.push(event),
    });
    const store = client.store(`s3://${bucket}/${uniqueName('rewrite')}`);
    const before = noise(16 * MiB);
    const about = { contentType: 'application/x-hdf5', metadata: { kept: 'yes' } };
    const first = await store.put('a.h5', before, about);
    const after = new Uint8Array(16 * MiB + 100);
    after.set(before);
    after[0] = 255 - before[0]!;
    after.fill(7, before.length);
    const changed = [
      { start: 0, end: 65_536 },
      { start: before.length, end: after.length },
    ];
    sent.length = 0;
    const second = await store.rewrite!('a.h5', contentOf(after, changed), { ...about, ifMatch: first.etag! });
    // 5 MiB at the beginning and at the end, 6 copied
    ok(sent.reduce((sum, { bytesSent }) => sum + bytesSent, 0) < 10.1 * MiB, 'what did not change is not sent');
    const got = (await store.get('a.h5'))!;
    equal([got.totalBytes, got.metadata['kept'] ?? (client.context.storedBytes('s3') ? undefined : 'yes')], [after.length, 'yes']);
    sameBytes(await got.bytes(), after);

    // who comes second is refused, and leaves nothing
    await rejects(store.rewrite!('a.h5', contentOf(before, changed.slice(0, 1)), { ifMatch: first.etag! }), 'PreconditionFailed');
    equal((await store.head('a.h5'))!.etag, second.etag);
    await rejects(store.rewrite!('b.h5', contentOf(before, changed.slice(0, 1)), { ifMatch: first.etag! }), 'PreconditionFailed');
    equal(await store.head('b.h5'), null);
    await store.delete('a.h5');
    await client.close();
  });

test('rewrite: small objects, and those of stores that copy no parts, are sent whole', async () => {
  const client = new Client();
  const store = client.store(`mem://${uniqueName('rewrite')}/a`);
  equal(store.rewrite, undefined);
  const bytes = noise(3 * MiB);
  await putContent(store, 'x', contentOf(bytes, []), {});
  sameBytes(await (await store.get('x'))!.bytes(), bytes);
  await client.close();

  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need('versitygw');
  const s3 = new Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const small = s3.store(`s3://${bucket}/${uniqueName('rewrite')}`);
  const { etag } = await small.put('x', bytes);
  bytes[5]!++;
  await small.rewrite!('x', contentOf(bytes, [{ start: 0, end: 65_536 }]), { ifMatch: etag! });
  sameBytes(await (await small.get('x'))!.bytes(), bytes);
  await small.delete('x');
  await s3.close();
});
