/**
 * The bar of the signer's kernel: 10,000 random requests, in one engine; in the others of this folder 1,000. Some hundreds are signed in every
 * engine, see test/unit/auth/kernel.test.ts.
 */
import fc from 'fast-check';
import { env } from '../env.ts';
import { test } from '../harness.ts';
import { input, signsAlike } from '../unit/auth/requests.ts';

const numRuns = (): number => (/^node(20)?$/.test(env().engine) ? 10_000 : 1000);

test(
  'SigV4: thousands of random requests are signed as by aws4fetch, by the kernel and in plain JavaScript',
  () => fc.assert(fc.asyncProperty(input, fc.boolean(), fc.boolean(), signsAlike), { seed: env().seed, numRuns: numRuns() }),
  { timeoutMs: 120_000 },
);
