/** What CloudPath costs in requests: exact, so that a change that costs more is seen. */
import { Client, type CloudPath } from '../../../src/index.ts';
import { equal, ok, test } from '../../harness.ts';
import { openScenario, type LogEntry, type Scenarios } from '../../servers/fixture/client.ts';
import { all } from './rooms.ts';

interface Counted {
  server: Scenarios['s3'];
  bucket: CloudPath;
  /** Requests since the last call. */
  sent(): Promise<LogEntry[]>;
}

async function counting(keys: readonly string[], use: (counted: Counted) => Promise<void>): Promise<void> {
  const server = await openScenario('s3', { objects: keys.map((key) => ({ key, text: key })) });
  const { endpoint, region, credentials } = server;
  const client = new Client({ endpoint, region, credentials });
  try {
    const sent = async (): Promise<LogEntry[]> => {
      const { requests } = await server.log();
      await server.update({ clearLog: true });
      // a page asks before it writes
      return requests.filter(({ method }) => method !== 'OPTIONS');
    };
    await use({ server, bucket: client.path(`s3://${server.bucket}`), sent });
  } finally {
    await client.close();
    await server.close();
  }
}

/** `GET prefix by delimiter`, `HEAD`. */
const brief = (requests: readonly LogEntry[]): string[] =>
  requests.map(({ method, query }) => [method, query['prefix'], query['delimiter'] && 'by /'].filter(Boolean).join(' '));
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `k/${String(i).padStart(5, '0')}`);

test('2,501 keys are 3 requests in every listing, and their stat is none', () =>
  counting(names(2501), async ({ bucket, sent }) => {
    const directory = bucket.join('k');
    const found = await all(directory.iterdir());
    equal(found.length, 2501);
    equal(brief(await sent()), ['GET k/ by /', 'GET k/ by /', 'GET k/ by /']);
    let sizeBytes = 0;
    for (const path of found) {
      sizeBytes += (await path.stat()).sizeBytes;
      ok((await path.isFile()) && !(await path.isDir()) && (await path.etag()));
    }
    equal(sizeBytes, 2501 * 7);
    equal(await sent(), []);
    equal((await all(bucket.rglob('*'))).length, 2502);
    equal(brief(await sent()), ['GET', 'GET', 'GET']);
    for await (const path of directory.iterdir()) {
      equal(path.name, '00000');
      break;
    }
    equal((await sent()).length, 1, 'pages come as they are asked for');
  }));

test('a glob asks for what is literal in front of it', () =>
  counting(['a/b/1.x', 'a/b/2.y', 'a/b/c/3.x', 'a/bb/4.x', 'z', 'a/b/part-1/x', 'a/b/part-2/x', 'a/b/port/x'], async ({ bucket, sent }) => {
    const glob = async (pattern: string, options = {}): Promise<[string[], string[]]> => {
      const found = (await all(bucket.glob(pattern, options))).map((path) => path.key);
      return [found, brief(await sent())];
    };
    equal(await glob('a/b/*.x'), [['a/b/1.x'], ['GET a/b/ by /']]);
    equal(await glob('a/b/1*'), [['a/b/1.x'], ['GET a/b/1 by /']]);
    equal(await glob('a/b/**/*.x'), [['a/b/1.x', 'a/b/c/3.x'], ['GET a/b/']]);
    equal(await glob('a/b/part-*/x'), [
      ['a/b/part-1/x', 'a/b/part-2/x'],
      ['GET a/b/part- by /', 'HEAD', 'HEAD'],
    ]);
    equal(await glob('a/b/p*/?'), [
      ['a/b/part-1/x', 'a/b/part-2/x', 'a/b/port/x'],
      ['GET a/b/p by /', 'GET a/b/part-1/ by /', 'GET a/b/part-2/ by /', 'GET a/b/port/ by /'],
    ]);
    equal(await glob('a/b/1.x'), [['a/b/1.x'], ['HEAD']]);
    equal(await glob('a/b/nothing'), [[], ['HEAD', 'GET a/b/nothing/']]);
    equal(await glob('A/*', { caseSensitive: false }), [
      ['a/b', 'a/bb'],
      ['GET by /', 'GET a/ by /'],
    ]);
  }));

test('what there is costs a request or two, and is never remembered', () =>
  counting(['a', 'd/x'], async ({ bucket, sent, server }) => {
    const [a, d, none] = [bucket.join('a'), bucket.join('d'), bucket.join('later')];
    ok(await a.exists());
    equal(brief(await sent()), ['HEAD']);
    ok(await d.exists());
    equal(brief(await sent()), ['HEAD', 'GET d/']);
    ok(!(await none.exists()) && (await bucket.isDir()));
    equal(brief(await sent()), ['HEAD', 'GET later/']);
    ok(await bucket.exists());
    equal(brief(await sent()), ['GET']);
    await server.update({ objects: [{ key: 'later', text: 'x' }] });
    ok(await none.exists());
    equal((await all(bucket.iterdir())).length, 3);
    await sent();
    // what a listing told is remembered by what it gave, until it is asked to look again
    const [listed] = await all(bucket.glob('l*'));
    await server.update({ objects: [{ key: 'later', text: 'longer' }] });
    equal([(await listed!.stat()).sizeBytes, (await listed!.stat({ fresh: true })).sizeBytes], [1, 6]);
    equal(brief(await sent()), ['GET l by /', 'HEAD']);
  }));

test('changes cost what they must', () =>
  counting(['a', 'b', 'd/1', 'd/2', 'd/s/3'], async ({ bucket, sent }) => {
    const [a, d] = [bucket.join('a'), bucket.join('d')];
    await a.copy(bucket.join('c'));
    // the driver looks itself, for servers that ignore the condition on a copy
    equal(brief(await sent()), ['HEAD', 'HEAD', 'GET c/', 'HEAD', 'PUT']);
    await a.rename(bucket.join('r'));
    equal(brief(await sent()), ['HEAD', 'PUT', 'DELETE']);
    await bucket.join('b').unlink();
    equal(brief(await sent()), ['HEAD', 'DELETE']);
    await d.copytree(bucket.join('e'));
    const copied = brief(await sent());
    equal(
      copied.filter((one) => one.startsWith('GET')),
      ['GET d/', 'GET e/', 'GET d/', 'GET e/'],
    );
    equal(copied.filter((one) => one === 'PUT').length, 3);
    await d.copytree(bucket.join('e'));
    equal(brief(await sent()), ['HEAD', 'GET d/', 'HEAD', 'GET e/', 'GET d/', 'GET e/'], 'what is there is not copied again');
    await d.rmtree();
    equal(brief(await sent()), ['HEAD', 'GET d/', 'GET d/', 'POST']);
  }));

test('content costs one request, and after a listing none when there is a copy', () =>
  counting(['d/1', 'd/2'], async ({ bucket, sent, server }) => {
    const one = bucket.join('d', '1');
    equal(await one.readText(), 'd/1');
    equal(brief(await sent()), ['GET'], 'no look before');
    equal([await one.readText(), await one.readText()], ['d/1', 'd/1']);
    equal(brief(await sent()), ['HEAD', 'HEAD'], 'whether it still is that');
    const listed = await all(bucket.join('d').iterdir());
    equal(await Promise.all(listed.map((path) => path.readText())), ['d/1', 'd/2']);
    equal(brief(await sent()), ['GET d/ by /', 'GET']);
    await server.update({ objects: [{ key: 'd/1', text: 'changed' }] });
    equal(await listed[0]!.readText(), 'changed', 'only the first read counts on the listing');
    equal(brief(await sent()), ['HEAD', 'GET']);
    const [again] = await all(bucket.join('d').iterdir());
    await server.update({ objects: [{ key: 'd/1', text: 'changed again' }] });
    await again!.writeText('mine');
    equal(brief(await sent()), ['GET d/ by /', 'HEAD', 'PUT'], 'a write looks');
    equal(await again!.readText(), 'mine');
  }));
