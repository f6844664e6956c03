/** brotli. */
import * as codec from '../../../src/codecs/brotli.ts';
import { concat } from '../../../src/util/bytes.ts';
import { startBrotli, startUnbrotli } from '../../../src/wasm/brotli.ts';
import { codecSuite } from '../../conformance/codec-suite.ts';
import { noise } from '../../conformance/noise.ts';
import { ok, sameBytes, test } from '../../harness.ts';

codecSuite({ encoding: 'br', codec, levels: [0, 1, 5], wrongLevels: [-1, 12], checked: false, joins: false });

test('a stream that begins while the last one lets go of its large instance has one that works', async () => {
  const bytes = noise(100_000);
  const packed: Uint8Array[] = [];
  const encoder = await startBrotli(1);
  packed.push(...encoder.push(bytes, true));
  encoder.close!();
  // the window of the best level is larger than what is kept
  const large = await startBrotli(11);
  let grown = 0;
  for (const chunk of large.push(noise(200_000), true)) grown += chunk.length;
  ok(grown > 0, 'packed');
  const beginning = startUnbrotli();
  large.close!();
  const decoder = await beginning;
  const plain: Uint8Array[] = [];
  for (const chunk of packed) plain.push(...decoder.push(chunk, false));
  plain.push(...decoder.push(new Uint8Array(), true));
  decoder.close!();
  sameBytes(concat(plain), bytes);
});
