/** The hashes of files, datasets and manifests that the Octue SDK gave. */
import { datasetHash, datasetPreimage, emptyHash, hashBytes, manifestHash, manifestPreimage } from '../../src/data/hash.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, ok, test } from '../harness.ts';
import datasets from './octue/dataset-hashes.json' with { type: 'json' };
import files from './octue/hashes.json' with { type: 'json' };

interface Content {
  base64?: string;
  repeat?: string;
  count?: number;
  lcg_seed?: number;
  length?: number;
}

function bytesOf(content: Content, size: number): Uint8Array {
  if (content.base64 !== undefined) return fromBase64(content.base64);
  const out = new Uint8Array(size);
  if (content.repeat === undefined) {
    let x = content.lcg_seed ?? NaN;
    for (let i = 0; i < size; i++) {
      x = (Math.imul(1103515245, x) + 12345) & 0x7fffffff;
      out[i] = (x >> 16) & 255;
    }
    return out;
  }
  const unit = fromBase64(content.repeat);
  for (let at = 0; at < size; at += unit.length) out.set(unit, at);
  return out;
}

test('hashes.json: the hash of each content', () => {
  ok(files.cases.length > 30, 'many cases');
  for (const { name, content, size, hash_value: want } of files.cases) equal(hashBytes(bytesOf(content, size)), want, name);
  equal(hashBytes(new Uint8Array()), emptyHash);
});

test('dataset-hashes.json: the text and the hash of each dataset', () => {
  for (const row of datasets.datasets) {
    const hashes = Object.values(row.files as Record<string, string>).map((content) => hashBytes(fromBase64(content)));
    equal(datasetPreimage(hashes), row.preimage, row.name);
    equal(datasetHash(hashes), row.hash_value, row.name);
    equal(datasetHash([...hashes].reverse()), row.hash_value, `${row.name} in another order`);
    const top = Object.entries(row.files as Record<string, string>).filter(([path]) => !path.includes('/'));
    equal(
      datasetHash(top.map(([, content]) => hashBytes(fromBase64(content)))),
      row.hash_value_non_recursive,
      `${row.name}, not recursive`,
    );
    // Wart: with ignored metadata the original takes every cloud file for an empty one.
    const ignored = (row as { cloud_hash_value_ignore_stored_metadata?: string }).cloud_hash_value_ignore_stored_metadata;
    if (ignored !== undefined) equal(datasetHash(hashes.map(() => emptyHash)), ignored, `${row.name}, how the original fails`);
  }
});

test('dataset-hashes.json: the text and the hash of each manifest', () => {
  const known = new Map(datasets.datasets.map((row) => [row.name, row.hash_value]));
  for (const row of datasets.manifests) {
    const parts = row.datasets.map((name) => [name, known.get(name) ?? ''] as const);
    equal(manifestPreimage(parts), row.preimage, row.name);
    equal(manifestHash(parts), row.hash_value, row.name);
  }
});
