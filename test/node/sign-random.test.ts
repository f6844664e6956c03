/** The bar of the signer's kernel: 10,000 random requests. Some hundreds are signed in every engine, see test/unit/auth/kernel.test.ts. */
import fc from 'fast-check';
import { env } from '../env.ts';
import { test } from '../harness.ts';
import { input, signsAlike } from '../unit/auth/requests.ts';

test(
  'SigV4: 10,000 random requests are signed as by aws4fetch, by the kernel and in plain JavaScript',
  () => fc.assert(fc.asyncProperty(input, fc.boolean(), fc.boolean(), signsAlike), { seed: env().seed, numRuns: 10_000 }),
  { timeoutMs: 120_000 },
);
