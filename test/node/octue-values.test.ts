/** Values of metadata against Octue's own SDK: its JSON, its repr, its hashes. */
import fc from 'fast-check';
import { parseJson } from '../../src/data/json-read.ts';
import { formatJson } from '../../src/data/json-write.ts';
import type { LabelSet } from '../../src/data/label.ts';
import { isMetadataHash, metadataHash, metadataPreimage, type HashedDatafile } from '../../src/data/metadata-hash.ts';
import { readDatafileRecord } from '../../src/data/record.ts';
import { decodeTyped } from '../../src/data/typed-json.ts';
import type { PyObject } from '../../src/data/value.ts';
import { isCloudError } from '../../src/errors.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { peer } from './octue-peer.ts';
import { metadataWith } from './random-metadata.ts';

const textOf = ({ timestamp, tags, labels }: HashedDatafile): string => formatJson({ timestamp, tags, labels: labels as LabelSet });
const batch = 100;

/** Whether Python's hash is one of these metadata; undefined when their sets have too many orders to try. */
function isHash(hash: string, metadata: HashedDatafile): boolean | undefined {
  try {
    return isMetadataHash(hash, metadata, { maxTexts: 100 });
  } catch (error) {
    if (isCloudError(error, 'NotSupported')) return undefined;
    throw error;
  }
}

for (const zone of ['UTC', 'America/New_York']) {
  const count = zone === 'UTC' ? 2000 : 300;
  test(
    `${count} random metadata sets in ${zone}: equal JSON, repr and hashes`,
    async () => {
      const ask = peer({ zone });
      const { unicode } = await ask('about');
      // Offsets of whole minutes: the SDK writes others too, and cannot read them.
      const offsets = fc.integer({ min: -1439, max: 1439 }).map((minutes) => minutes * 60);
      const all = fc.sample(metadataWith(offsets), { seed: env().seed, numRuns: count });
      let triedHere = 0;
      let triedStored = 0;
      let same = 0;
      for (let at = 0; at < count; at += batch) {
        const some = all.slice(at, at + batch);
        const answers = await ask('hashes', { texts: some.map(textOf) });
        equal(answers.length, some.length);
        some.forEach((metadata, i) => {
          const text = textOf(metadata);
          const answer = answers[i]!;
          equal(answer.text, text, 'json.dumps');
          equal(answer.stored_text, text, 'json.dumps of what was read back');
          equal(answer.indented, formatJson(parseJson(text), { indent: 4 }), 'indented');
          const raw = parseJson(answer.text);
          equal(formatJson(raw), text, 'read here and written again, undecoded');
          equal(formatJson(decodeTyped(raw)), text, 'and decoded');
          const { timestamp = null, tags = {}, labels = [] } = readDatafileRecord(raw as PyObject);
          equal(metadataHash({ timestamp, tags, labels }), metadataHash(metadata), text);
          // Which characters are printable, and so escaped or not, is a matter of Python's version.
          if (unicode !== '14.0.0' && /\\u/.test(text)) return;
          same++;
          equal(metadataPreimage(metadata), answer.sorted_repr, text);
          equal(metadataHash(metadata), answer.sorted_hash, text);
          const here = isHash(answer.hash, metadata);
          const stored = isHash(answer.stored_hash, metadata);
          ok(here !== false, `a hash that its process may give to ${text}`);
          ok(stored !== false, `a hash that a process may give to ${text} once it was stored`);
          triedHere += Number(here === true);
          triedStored += Number(stored === true);
        });
      }
      ok(same > count / 10, `at least a tenth to compare, where ${same} were`);
      ok(triedHere > same * 0.6 && triedStored > same * 0.6, `most hashes tried in all orders: ${triedHere} and ${triedStored} of ${same}`);
    },
    { timeoutMs: 120_000 },
  );
}
