/** Every recorded `.octue` file on a disk, through datafiles: what is read, what is warned of, and what a save leaves of the others. */
import { formatJson } from '../../src/data/json-write.ts';
import { isMetadataHash } from '../../src/data/metadata-hash.ts';
import { parseJson } from '../../src/data/json-read.ts';
import { fromBase64 } from '../../src/util/base64.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { textOf, withSetting, type Setting } from '../unit/data/datafile/places.ts';
import { errors, malformed, scenarios } from './octue-recorded.ts';

async function put({ disk, folder }: Setting, path: string, bytes: Uint8Array): Promise<void> {
  await disk.write(
    `${folder}/${path}`,
    (async function* () {
      yield bytes;
    })(),
  );
}

async function putAll(setting: Setting, files: Record<string, string>): Promise<void> {
  for (const [path, content] of Object.entries(files))
    await put(setting, path, path.endsWith('.octue') ? new TextEncoder().encode(content) : fromBase64(content));
}

for (const [name, scenario] of scenarios) {
  test(`local-octue-files, opened: ${name}`, () =>
    withSetting('mem', async (setting) => {
      const { open, folder, warnings, disk } = setting;
      await putAll(setting, scenario.files);
      for (const [path, want] of Object.entries(scenario.reload_datafiles)) {
        if (want.error_type && !malformed.has(name)) {
          const code = (error: Error & { code?: string }): boolean =>
            error.code === 'InvalidArgument' && error.name === (errors[want.error_type ?? ''] ?? 'CloudError');
          await rejects(open(`${folder}/${path}`), code);
          await open(`${folder}/${path}`, { ignoreStoredMetadata: true });
          continue;
        }
        const datafile = await open(`${folder}/${path}`);
        const { timestamp, tags, labels } = datafile;
        if (want.error_type) {
          equal([timestamp, formatJson(tags), [...labels]], [null, '{}', []], path);
          continue;
        }
        equal([datafile.name, datafile.extension, datafile.sizeBytes], [want.name, want.extension, want.size_bytes], path);
        // A number is a time of the machine's zone, and was recorded in UTC.
        const inZone = name.endsWith('timestamp-number');
        if (inZone) equal(datafile.posixTimestamp, want.posix_timestamp_tz_utc, path);
        else equal(timestamp && timestamp.toString(), want.timestamp, path);
        equal([formatJson(tags), [...labels].sort()], [want.tags_json, want.labels_sorted], path);
        if (want.id !== '<random>') equal(datafile.id, want.id, path);
        if (want.size_bytes !== null) equal(await datafile.hashValue(), want.hash_value, path);
        if (!want.metadata_hash_value.startsWith('<') && !inZone)
          ok(isMetadataHash(want.metadata_hash_value, { timestamp, tags, labels }), `${path}: the metadata's hash`);
      }
      equal(warnings.length > 0, malformed.has(name), warnings.map(({ message }) => message).join());
      ok(warnings.every(({ key, code }) => key?.startsWith(folder) && code === 'InvalidArgument'));
      // What was only read is as it was.
      for (const [path, content] of Object.entries(scenario.files))
        if (path.endsWith('.octue') && !path.includes('bom')) equal(await textOf(disk, `${folder}/${path}`), textFor(content), path);
    }));
}

/** As the disk's text is decoded: without the byte order mark. */
const textFor = (content: string): string => content.replace(/^\ufeff/, '');

test('local-octue-files, opened: saving one datafile changes its own record alone', () =>
  withSetting('mem', async (setting) => {
    const { open, folder, disk } = setting;
    let saved = 0;
    for (const [name, scenario] of scenarios) {
      if (malformed.has(name)) continue;
      await putAll(setting, Object.fromEntries(Object.entries(scenario.files).map(([path, content]) => [`${name}/${path}`, content])));
      for (const [path, want] of Object.entries(scenario.reload_datafiles)) {
        if (want.error_type || want.id === '<random>' || name.startsWith('20-')) continue;
        const own = `${folder}/${name}/${path}`;
        const octue = own.replace(/[^/]+$/, '.octue');
        const before = parseJson((await textOf(disk, octue))!);
        const datafile = await open(own);
        datafile.addLabels('saved-here');
        await datafile.updateMetadata();
        const after = parseJson((await textOf(disk, octue))!);
        const strip = (root: unknown): string => {
          const { datafiles, ...rest } = root as { datafiles: Record<string, unknown> };
          return JSON.stringify([rest, Object.entries(datafiles).filter(([key]) => key !== want.name)]);
        };
        equal(strip(after), strip(before), `${name}/${path}`);
        ok((await open(own)).labels.has('saved-here'));
        saved++;
      }
    }
    ok(saved >= 12, `${saved} datafiles`);
  }));

test('local-octue-files, opened: a malformed file is told of each time, and replaced by the next save', () =>
  withSetting('mem', async (setting) => {
    const { open, putLocal, localText, warnings, folder } = setting;
    const path = await putLocal('a', 'x');
    await putLocal('.octue', '{"datafiles": {"a": ');
    const datafile = await open(path, { labels: ['l'] });
    equal([warnings.length, warnings[0]?.key], [1, `${folder}/.octue`]);
    ok(/mend or delete/.test(warnings[0]!.message), warnings[0]!.message);
    await datafile.updateMetadata();
    const { datafiles } = JSON.parse((await localText('.octue'))!) as { datafiles: object };
    equal(Object.keys(datafiles), ['a']);
    const before = warnings.length;
    equal([...(await open(path)).labels], ['l']);
    equal(warnings.length, before, 'well again');
  }));
