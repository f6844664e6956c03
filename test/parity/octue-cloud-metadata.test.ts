/** Objects as the Octue SDK stored them: custom metadata, datasets' objects, signed metadata. */
import { formatCloudMetadata, readCloudMetadata, readMetadataHeaders } from '../../src/data/cloud-metadata.ts';
import { formatDatasetObject, formatSignedMetadata, parseDatasetObject, parseSignedMetadata } from '../../src/data/dataset-document.ts';
import { hashBytes } from '../../src/data/hash.ts';
import { formatJson } from '../../src/data/json-write.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, ok, test } from '../harness.ts';
import table from './octue/cloud-metadata.json' with { type: 'json' };

const zone = { timeZone: 'UTC' };

test('cloud-metadata.json: custom metadata of datafiles, both ways', () => {
  ok(table.datafiles.length > 5, 'many objects');
  for (const { cloud_path: path, content_base64: content, object, sdk_reads: want } of table.datafiles) {
    const custom = object.metadata as unknown as Record<string, string>;
    const stored = readCloudMetadata(custom, zone);
    const { id = '', timestamp = null, tags = {}, labels = new Set<string>(), sdkVersion = '' } = stored ?? {};
    equal([id, timestamp && timestamp.toString(), formatJson(tags)], [want.id, want.timestamp, want.tags_json], path);
    equal([...labels].sort(), want.labels_sorted, path);
    equal(formatCloudMetadata({ id, timestamp, tags, labels }, sdkVersion), custom, path);
    const headers = Object.entries(custom).map(([key, value]) => [`X-Goog-Meta-${key}`, value] as const);
    equal(formatJson(readMetadataHeaders(headers, zone)?.tags ?? null), want.tags_json, path);
    equal(hashBytes(fromBase64(content)), want.hash_value, path);
  }
});

test('cloud-metadata.json: the object of a dataset, both ways', () => {
  const { octue_object_text: text } = table.dataset;
  const { id = '', name = '', tags = {}, labels = [], path = '' } = parseDatasetObject(text).dataset ?? {};
  // Wart: typed values of a cloud dataset are not decoded there.
  ok(tags['s'] instanceof Set, 'a set');
  equal(formatDatasetObject({ id, name, tags, labels, path }), text);
});

test('cloud-metadata.json: signed metadata, both ways', () => {
  const { signed_metadata_text: text, url_dataset: want } = table.dataset;
  const { id = '', name = '', tags = {}, labels = [], path = '', files } = parseSignedMetadata(text);
  equal([id, name, formatJson(tags), [...labels]], [want.id, want.name, want.tags_json, want.labels_sorted]);
  equal(files.length, want.file_names.length);
  equal(formatSignedMetadata({ id, name, tags, labels, path }, files), text);
});
