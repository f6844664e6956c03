/** Every recorded `.octue` file: what is read from it, and that writing it again gives the same bytes. */
import { hashBytes, datasetHash } from '../../src/data/hash.ts';
import { formatJson } from '../../src/data/json-write.ts';
import { metadataHash } from '../../src/data/metadata-hash.ts';
import {
  emptyOctueFile,
  formatOctueFile,
  octueFileName,
  readOctueFile,
  storedDatafile,
  storedDatafileNames,
  storedDataset,
  withDatafile,
  withDataset,
  withoutDatafile,
  type OctueFile,
} from '../../src/data/octue-file.ts';
import { posixSeconds } from '../../src/data/time-zone.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { errors, scenarios, tolerated, type Scenario } from './octue-recorded.ts';

const zone = { timeZone: 'UTC' };

function split(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, at + 1), path.slice(at + 1)];
}

function fileIn(scenario: Scenario, folder: string): OctueFile {
  const text = scenario.files[folder + octueFileName];
  return text === undefined ? emptyOctueFile : readOctueFile(text);
}

for (const [name, scenario] of scenarios) {
  test(`local-octue-files: ${name}`, async () => {
    for (const [path, want] of Object.entries(scenario.reload_datafiles)) {
      const [folder, own] = split(path);
      const file = fileIn(scenario, folder);
      if (want.error_type && !tolerated.includes(name)) {
        await rejects(
          () => storedDatafile(file, own, zone),
          (error: Error & { code?: string }) =>
            error.code === 'InvalidArgument' && error.name === (errors[want.error_type ?? ''] ?? 'CloudError'),
        );
        continue;
      }
      const { id, timestamp = null, tags = {}, labels = new Set<string>() } = storedDatafile(file, own, zone) ?? {};
      if (want.error_type) {
        equal([id, timestamp, tags, [...labels]], [undefined, null, {}, []], `${path}, without an error`);
        continue;
      }
      equal(id ?? '<random>', want.id, path);
      equal(timestamp && timestamp.toString(), want.timestamp, path);
      equal(timestamp && posixSeconds(timestamp, zone), want.posix_timestamp_tz_utc, path);
      equal(formatJson(tags), want.tags_json, path);
      equal([...labels].sort(), want.labels_sorted, path);
      equal(hashBytes(fromBase64(scenario.files[path] ?? '')), want.hash_value, path);
      // Wart: after reading back the original hashes an aware timestamp as tzlocal().
      const depends = want.metadata_hash_value.startsWith('<') || /\+/.test(want.timestamp ?? '');
      if (!depends) equal(metadataHash({ timestamp, tags, labels }), want.metadata_hash_value, path);
    }
    for (const [folder, want] of Object.entries(scenario.reload_datasets)) {
      // An error of a dataset comes from one of its datafiles.
      if (want.error_type) continue;
      const { id, name: own, tags = {}, labels = [] } = storedDataset(fileIn(scenario, folder === '.' ? '' : `${folder}/`)) ?? {};
      const effective = own ?? (folder === '.' ? name : folder);
      equal([id ?? '<random>', effective], [want.id, want.name], folder);
      equal(formatJson(tags), want.tags_json, folder);
      equal([...labels].sort(), want.labels_sorted, folder);
      const paths = want.files.map((path) => (folder === '.' ? path : `${folder}/${path}`));
      equal(datasetHash(paths.map((path) => hashBytes(fromBase64(scenario.files[path] ?? '')))), want.hash_value, folder);
      // Recorded where the unusual directories had other names.
      if (!want.metadata_hash_value.startsWith('<') && (own !== undefined || !name.startsWith('20-')) && folder === '.')
        equal(metadataHash({ name: effective, tags, labels }), want.metadata_hash_value, folder);
    }
  });
}

test('local-octue-files: malformed files are told, and only they', () => {
  const problems = scenarios.filter(([, { files }]) => files[octueFileName] !== undefined && readOctueFile(files[octueFileName]).problem);
  equal(problems.map(([name]) => name).sort(), [...tolerated, '20-unusual-bom', '20-unusual-empty-file', '20-unusual-not-json'].sort());
  const bom = scenarios.find(([name]) => name === '20-unusual-bom')?.[1].files[octueFileName] ?? '';
  ok(readOctueFile(new TextEncoder().encode(bom)).problem, 'a byte order mark in bytes is seen too');
});

test('local-octue-files: what the SDK wrote is written again byte for byte', () => {
  let files = 0;
  for (const [name, scenario] of scenarios) {
    if (name.startsWith('20-')) continue;
    for (const [path, text] of Object.entries(scenario.files)) {
      if (!path.endsWith(octueFileName)) continue;
      files++;
      const file = readOctueFile(new TextEncoder().encode(text));
      equal(formatOctueFile(file), text, `${name}/${path}`);
      // Each record in its turn is decoded, put in again, taken out and put in.
      let rewritten = file;
      let rebuilt: OctueFile = emptyOctueFile;
      for (const own of Object.keys(file.root)) {
        if (own === 'dataset') {
          const { id = '', name: title = '', tags = {}, labels = [], path: where = '' } = storedDataset(file) ?? {};
          rewritten = withDataset(rewritten, { id, name: title, tags, labels, path: where });
          rebuilt = withDataset(rebuilt, { id, name: title, tags, labels, path: where });
        }
        for (const datafile of own === 'datafiles' ? storedDatafileNames(file) : []) {
          const { id = '', timestamp = null, tags = {}, labels = [], sdkVersion = '' } = storedDatafile(file, datafile, zone) ?? {};
          rewritten = withDatafile(rewritten, datafile, { id, timestamp, tags, labels }, sdkVersion);
          rebuilt = withDatafile(rebuilt, datafile, { id, timestamp, tags, labels }, sdkVersion);
          ok(!storedDatafile(withoutDatafile(rewritten, datafile), datafile), 'taken out');
        }
      }
      equal(formatOctueFile(rewritten), text, `${name}/${path}, each record replaced`);
      equal(formatOctueFile(rebuilt), text, `${name}/${path}, from nothing`);
    }
  }
  ok(files >= 12, 'many files');
});
