/** The remote drivers on real servers, and on the fixture which verifies what it is sent. */
import { Client } from '../../../src/index.ts';
import type { ClientOptions } from '../../../src/index.ts';
import { storeSuite } from '../../conformance/store-suite.ts';
import { env, need, uniqueName } from '../../env.ts';
import { openScenario } from '../../servers/fixture/client.ts';

interface Place {
  options: ClientOptions;
  url: string;
  end?: () => Promise<void>;
}

const s3 = (name: 'versitygw' | 'minio') => async (): Promise<Place> => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need(name);
  return { options: { endpoint, region, credentials: { accessKeyId, secretAccessKey } }, url: `s3://${bucket}/${uniqueName('suite')}` };
};

const places: Record<string, () => Promise<Place>> = {
  versitygw: s3('versitygw'),
  minio: s3('minio'),
  'fake-gcs': async () => {
    const { endpoint, bucket } = need('fake-gcs');
    return { options: { endpoint, credentials: 'anonymous' }, url: `gs://${bucket}/${uniqueName('suite')}` };
  },
  'fixture s3': async () => {
    need('fixture');
    const { endpoint, bucket, region, credentials, close } = await openScenario('s3', { sessionToken: true });
    return { options: { endpoint, region, credentials }, url: `s3://${bucket}`, end: close };
  },
  'fixture gcs, service account': async () => {
    need('fixture');
    const { endpoint, bucket, serviceAccount, close } = await openScenario('gcs', {});
    return { options: { endpoint, credentials: serviceAccount }, url: `gs://${bucket}`, end: close };
  },
  'fixture gcs, HMAC key': async () => {
    need('fixture');
    const { endpoint, bucket, credentials, close } = await openScenario('gcs', {});
    return { options: { endpoint, credentials }, url: `gs://${bucket}`, end: close };
  },
};

/** Faults of the servers, not ours: what they are asked for is shown to work on another server. */
const faults: Record<string, Record<string, string>> = {
  versitygw: {
    'a key beside keys below it': 'versitygw keeps objects as files: a and a/b clash',
    'of two writers of metadata none loses a change':
      'versitygw keeps the time of an object that gets other metadata: no condition tells of it',
  },
  minio: {
    'a key beside keys below it': 'MinIO does not list a prefix beside an object of its name',
    'conditional deletes': 'MinIO ignores If-Match on DELETE',
    'a listing is ordered by code points and complete': 'MinIO refuses some of the odd keys',
  },
  'fake-gcs': {
    'conditional deletes': 'fake-gcs-server looks at preconditions of uploads only',
    'copy to a free name only': 'fake-gcs-server looks at preconditions of uploads only',
    'copy of one version of the source only': 'fake-gcs-server looks at preconditions of uploads only',
    'other metadata for what is as expected': 'fake-gcs-server looks at preconditions of uploads only',
    'of two writers of metadata none loses a change': 'fake-gcs-server looks at preconditions of uploads only',
    'a copy with other metadata keeps the headers': 'fake-gcs-server merges the metadata of a rewrite with that of the source',
    'metadata that is taken away': 'fake-gcs-server keeps what a PATCH takes away, as an empty text',
    'signed addresses': 'nobody signs anonymously',
    'a listing comes in pages': 'fake-gcs-server does not count prefixes in a page',
  },
};

/** What pages cannot see of servers that expose no headers; the fixture exposes them and is held to all of it. */
const hidden: Record<string, [because: string, ...what: string[]]> = {
  versitygw: [
    'versitygw exposes few headers to pages',
    'user metadata',
    'content headers',
    'other metadata, all else as it was',
    'metadata that is taken away',
    'other metadata for what is as expected',
    'a copy with other metadata keeps the headers',
  ],
  'fake-gcs': [
    'fake-gcs-server exposes no headers to pages',
    'user metadata',
    'content headers',
    'stored bytes of an object labelled gzip',
    'put, get, head and list agree',
    'conditional reads',
    'a counter that many raise by condition',
  ],
};
/** Those who are not shown checksums cannot verify. */
const checksums = [
  'whole reads are verified where the store keeps checksums',
  'a range that is all of the object is verified like it',
  'head and put tell the checksum that the store keeps',
];
for (const what of [hidden['versitygw'], hidden['fake-gcs']]) what!.push(...checksums);
const isPage = (): boolean => !/^(node|bun|deno)/.test(env().engine);

/** S3 tells versions of metadata apart by seconds: these wait for them. */
const waits = new Set(['other metadata for what is as expected', 'of two writers of metadata none loses a change']);

/** What one engine of a kind tells for all: a worker asks the servers as its page does, and seconds pass alike everywhere. */
function elsewhere(name: string, what: string): string | undefined {
  const { engine, worker } = env();
  if (worker && !name.startsWith('fixture')) return 'the page asks the servers alike';
  const few = !worker && ['node', 'bun', 'chromium'].includes(engine);
  return waits.has(what) && !name.includes('gcs') && !few ? 'a few engines are enough: S3 makes writers of metadata wait' : undefined;
}

for (const [name, open] of Object.entries(places)) {
  storeSuite(name, {
    verifies: true,
    metadataRaces: name.startsWith('fixture gcs') ? 200 : undefined,
    skip: (what) =>
      faults[name]?.[what] ?? (isPage() && hidden[name]?.slice(1).includes(what) ? hidden[name][0] : undefined) ?? elsewhere(name, what),
    async open() {
      const { options, url, end } = await open();
      const client = new Client({ ...options, retry: { attempts: 3, minDelayMs: 20 } });
      return {
        store: client.store(url),
        async close() {
          await client.close();
          await end?.();
        },
      };
    },
  });
}
