/** Each recorded row of opening a datafile: where it lives, in which mode, and what is there afterwards. */
import type { Datafile } from '../../src/data/datafile/datafile.ts';
import type { FileHandle } from '../../src/handle/file-handle.ts';
import { parseJson } from '../../src/data/json-read.ts';
import { decodeTyped } from '../../src/data/typed-json.ts';
import { encodeUtf8 } from '../../src/util/utf8.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import { storedLabels, textOf, withSetting, type CloudKind, type Setting } from '../unit/data/datafile/places.ts';
import table from './octue/open-modes.json' with { type: 'json' };

interface Row {
  state: string;
  mode: string;
  update_metadata: boolean;
  read?: string;
  error?: string;
  local_after: { content: string; octue_labels: { items: string[] } | null } | null;
  cloud_after: { content: string; labels: string | null; has_metadata: boolean } | null;
}

/** What a row comes to: an error's name, or what is there afterwards. */
interface Outcome {
  error?: string;
  read?: string;
  local: string | null;
  octue: string[] | null;
  cloud: { content: string; labels: string | null } | null;
}

const rows = table.rows as Row[];
const old = { octue__labels: storedLabels('stored') };
const record = '{"datafiles": {"f.txt": {"labels": {"_type": "set", "items": ["stored"]}}}}';

/** Makes the state of a row, everything below a folder of its own. */
async function arrange(setting: Setting, state: string, dir: string): Promise<Datafile> {
  const { open, cloud, folder, putLocal, store, disk } = setting;
  const local = `${folder}/${dir}/f.txt`;
  const remote = `${cloud}/${dir}/f.txt`;
  const putCloud = async (metadata = {}): Promise<unknown> => store.put(`${dir}/f.txt`, 'OLD', { metadata });
  await disk.makeDirectory(`${folder}/${dir}`);
  switch (state) {
    case 'local':
    case 'local-with-stored-metadata':
      await putLocal(`${dir}/f.txt`, 'OLD');
      if (state !== 'local') await putLocal(`${dir}/.octue`, record);
      return open(local);
    case 'local-missing':
      return open(local);
    case 'local-missing-dir':
      return open(`${folder}/${dir}/x/y/f.txt`);
    case 'cloud':
    case 'cloud-downloaded': {
      await putCloud(old);
      const datafile = await open(remote);
      if (state !== 'cloud') await datafile.download();
      return datafile;
    }
    case 'cloud-bare':
      await putCloud();
      return open(remote);
    case 'cloud-missing':
      return open(remote);
    case 'local+cloud':
      await putLocal(`${dir}/f.txt`, 'OLD');
      return open(local, { cloudPath: remote, labels: ['stored'] });
    case 'url': {
      await putCloud(old);
      return open(await (await open(remote)).generateSignedUrl({ expiresInMs: 600_000 }));
    }
    case 'url-missing': {
      await putCloud();
      const url = await (await open(remote)).generateSignedUrl({ expiresInMs: 600_000 });
      await store.delete(`${dir}/f.txt`);
      return open(url);
    }
    default:
      throw new Error(`a state ${state}`);
  }
}

/** In the block the label `changed` is added and NEW is written, or the file is read, as when the rows were recorded. */
async function act(datafile: Datafile, { mode, update_metadata: updateMetadata }: Row): Promise<string | undefined> {
  const binary = mode.includes('b');
  return datafile.open(
    mode,
    async (file: FileHandle) => {
      if (/^rb?$/.test(mode)) {
        const content = await file.read();
        return typeof content === 'string' ? content : new TextDecoder().decode(content);
      }
      datafile.addLabels('changed');
      await file.write(binary ? encodeUtf8('NEW') : 'NEW');
      return undefined;
    },
    { updateMetadata },
  );
}

async function octueLabels(disk: Setting['disk'], path: string): Promise<string[] | null> {
  const text = await textOf(disk, path);
  if (text === null) return null;
  const { datafiles } = parseJson(text) as { datafiles: Record<string, { labels: never }> };
  return [...(decodeTyped(datafiles['f.txt']!.labels) as Set<string>)];
}

async function outcomeOf(setting: Setting, row: Row, dir: string): Promise<Outcome> {
  const { disk, folder, store, cloudText } = setting;
  const datafile = await arrange(setting, row.state, dir);
  const out: Outcome = { local: null, octue: null, cloud: null };
  try {
    const read = await act(datafile, row);
    if (read !== undefined) out.read = read;
  } catch (error) {
    out.error = (error as Error).name;
  }
  const path = datafile.existsLocally ? datafile.path : null;
  out.local = path && (await textOf(disk, path));
  // What was brought from the cloud lies on the disk for temporary things, which may be another.
  if (path && !path.startsWith(folder)) out.local = await datafile.open('r', (file) => file.readText());
  out.octue = path?.startsWith(folder) ? await octueLabels(disk, path.replace(/[^/]+$/, '.octue')) : null;
  const content = await cloudText(`${dir}/f.txt`);
  if (content !== null) out.cloud = { content, labels: (await store.head(`${dir}/f.txt`))?.metadata['octue__labels'] ?? null };
  return out;
}

// ---------------------------------------------------------------- what the original does, and what of it is mended

const errors: Record<string, string> = {
  FileExistsError: 'FileExistsError',
  FileNotFoundError: 'FileNotFoundError',
  FileNotFoundException: 'FileNotFoundError',
  ReadOnlyResource: 'ReadOnlyResourceError',
};

const modifies = ({ mode }: Row): boolean => !/^rb?$/.test(mode);
const inCloud = ({ state }: Row): boolean => /cloud|url/.test(state);

/** The row as it was recorded. */
function recorded({ error, read, local_after: local, cloud_after: cloud }: Row): Outcome {
  return {
    ...(error !== undefined && { error: errors[error.split(':')[0]!] ?? error }),
    ...(read !== undefined && { read }),
    local: local?.content ?? null,
    octue: local?.octue_labels?.items ?? null,
    cloud: cloud && { content: cloud.content, labels: cloud.labels },
  };
}

/** The warts of warts.md, each with the rows that it is about and what anyfile does there. */
const warts: Record<string, [about: (row: Row) => boolean, mended: (want: Outcome, row: Row) => Outcome]> = {
  'metadata are erased by new content with update_metadata=False': [
    (row) => ['cloud', 'cloud-downloaded', 'local+cloud'].includes(row.state) && !row.update_metadata && modifies(row),
    (want) => ({ ...want, cloud: { content: want.cloud!.content, labels: storedLabels('stored') } }),
  ],
  'x on an object that is missing fails, as its temporary file is there': [
    ({ state, mode }) => state === 'cloud-missing' && mode.startsWith('x'),
    () => ({ local: 'NEW', octue: null, cloud: { content: 'NEW', labels: storedLabels('changed') } }),
  ],
  'r+ on an object that is missing makes one': [
    ({ state, mode }) => state === 'cloud-missing' && /^rb?\+$/.test(mode),
    () => ({ error: 'FileNotFoundError', local: null, octue: null, cloud: null }),
  ],
  'x fetches an object before it fails; a temporary file stays': [
    ({ state, mode }) => ['cloud', 'cloud-bare', 'cloud-missing'].includes(state) && mode.startsWith('x'),
    (want) => (want.error ? { ...want, local: null } : want),
  ],
  'a temporary file stays after a read that failed': [
    (row) => row.state === 'cloud-missing' && row.mode.startsWith('r'),
    (want) => (want.error ? { ...want, local: null } : want),
  ],
  'rb on an object that is missing reads an empty file': [
    ({ state, mode }) => state === 'cloud-missing' && mode === 'rb',
    () => ({ error: 'FileNotFoundError', local: null, octue: null, cloud: null }),
  ],
  'what is behind a URL is changed by other means': [
    (row) => row.state === 'url' && modifies(row),
    () => ({ error: 'ReadOnlyResourceError', local: null, octue: null, cloud: { content: 'OLD', labels: storedLabels('stored') } }),
  ],
  'a missing URL leaves an empty file behind, which the next read takes for the content': [
    (row) => row.state === 'url-missing',
    (_, row) => ({ error: modifies(row) ? 'ReadOnlyResourceError' : 'FileNotFoundError', local: null, octue: null, cloud: null }),
  ],
};

function wanted(row: Row): Outcome {
  let want = recorded(row);
  for (const [about, mended] of Object.values(warts)) if (about(row)) want = mended(want, row);
  return want;
}

const kindsOf = (state: string): CloudKind[] => {
  if (state.startsWith('url')) return ['gcs-account', 's3'];
  return state.startsWith('local') && state !== 'local+cloud' ? ['mem'] : ['mem', 'gcs', 's3'];
};

const states = [...new Set(rows.map(({ state }) => state))];

for (const state of states) {
  for (const kind of kindsOf(state)) {
    const own = rows.filter((row) => row.state === state);
    test(
      `open-modes.json: ${state}${inCloud(own[0]!) ? `, ${kind}` : ''}`,
      () =>
        withSetting(kind, async (setting) => {
          ok(own.length >= 10);
          for (const [i, row] of own.entries()) {
            const what = `${row.state} ${row.mode} update_metadata=${row.update_metadata}`;
            equal(await outcomeOf(setting, row, `m${i}`), wanted(row), what);
          }
        }),
      { timeoutMs: 60_000 },
    );
  }
}

test('open-modes.json: every wart is one', () => {
  for (const [name, [about]] of Object.entries(warts)) {
    const own = rows.filter(about);
    // Of a mode that was not recorded there is no row.
    if (name.startsWith('rb on')) continue;
    ok(
      own.some((row) => JSON.stringify(recorded(row)) !== JSON.stringify(wanted(row))),
      name,
    );
  }
});

for (const kind of ['mem', 'gcs'] as const) {
  test(`open: what is missing in the cloud is missing in every mode that reads, ${kind}`, () =>
    withSetting(kind, async ({ open, cloud }) => {
      for (const mode of ['r', 'rb', 'rt', 'r+', 'rb+', 'r+b']) {
        const datafile = await open(`${cloud}/none-${mode}`);
        for (const _ of [1, 2]) await rejects(datafile.open(mode), (error: Error) => error.name === 'FileNotFoundError');
        equal(datafile.existsLocally, false, mode);
      }
    }));
}
