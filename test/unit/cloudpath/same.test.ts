/** One object under two clients or spellings is one object: nothing is moved, and nothing removed. */
import { Client, type ClientOptions, type CloudPath } from '../../../src/index.ts';
import { placeOf } from '../../../src/cloudpath/place.ts';
import { sameGround, sameObject } from '../../../src/cloudpath/same.ts';
import { equal, ok, rejects, test } from '../../harness.ts';
import { withRoom, type Room } from './rooms.ts';

/** Other ways to say the same place, each with the text of a key there. */
async function otherwise(room: Room, use: (path: (key: string) => CloudPath, how: string) => Promise<void>): Promise<void> {
  const { endpoint, credentials, region } = room.client.context.options as ClientOptions & { endpoint: string };
  const bucket = String(room.root).slice('s3://'.length);
  const ways: [string, ClientOptions, string][] = [
    ['another client', { endpoint }, `s3://${bucket}/`],
    ['an endpoint in the text', {}, `s3://${endpoint}/${bucket}/`],
    ['a slash at its end', { endpoint: `${endpoint}/` }, `s3://${bucket}/`],
    ['an alias', { aliases: { lab: `s3://${endpoint}/` } }, `lab://${bucket}/`],
  ];
  const mapped = endpoint.replace('127.0.0.1', '[::ffff:127.0.0.1]');
  const answers = await fetch(mapped, { mode: 'no-cors' }).then(
    () => true,
    () => false,
  );
  // a machine may have no addresses of this kind
  if (answers) ways.push(['a name that is not known to be the same', {}, `s3://${mapped}/${bucket}/`]);
  for (const [how, options, base] of ways) {
    const client = new Client({ region, credentials, ...options });
    try {
      await use((key) => client.path(base + key), how);
    } finally {
      await client.close();
    }
  }
}

test('s3: what is moved or renamed onto itself stays, by any client and spelling', () =>
  withRoom('s3', async (room) => {
    const files = { x: 'x', 'd/a': 'a', 'd/e/b': 'b' };
    await room.put(files);
    const { root } = room;
    await otherwise(room, async (path, how) => {
      await root.join('x').move(path('x'));
      equal(await room.dump(), files, `move, ${how}`);
      await root.join('x').move(path('x'), { forceOverwriteToCloud: true });
      equal(await room.dump(), files, `move by force, ${how}`);
      await path('x').rename(root.join('x'));
      await root.join('x').rename(path('x'));
      equal(await room.dump(), files, `rename, ${how}`);
      await root.join('d', 'a').moveInto(path('d'));
      equal(await room.dump(), files, `moveInto, ${how}`);
      await root.join('d').move(path('d'));
      await path('d').move(root.join('d'), { forceOverwriteToCloud: true });
      equal(await room.dump(), files, `a directory, ${how}`);
      await rejects(root.join('d').move(path('d/e/f')), 'InvalidArgument');
      await rejects(root.join('d').copytree(path('d/e/f')), 'InvalidArgument');
      equal(await room.dump(), files, `into itself, ${how}`);
      await room.put({ 'd/d/a': 'inner' });
      await rejects(root.join('d').move(path(''), { forceOverwriteToCloud: true }), 'InvalidArgument');
      equal(await room.dump(), { ...files, 'd/d/a': 'inner' }, `onto itself, ${how}`);
      await room.store.delete('d/d/a');
    });
  }));

test('mem and disks: clients have memories of their own, and disks in common', () =>
  withRoom('mem', async (room) => {
    const [one, other] = [room.client, new Client()];
    const at = (client: Client, text: string): ReturnType<typeof placeOf> => placeOf(client.context, client.path(text));
    ok(sameObject(at(one, 'mem://b/x'), at(one, 'mem://b/x')));
    ok(!sameObject(at(one, 'mem://b/x'), at(other, 'mem://b/x')) && !sameGround(at(one, 'mem://b/x'), at(one, 'mem://c/x')));
    ok(sameObject(at(one, 'opfs:///x'), at(other, 'opfs:///x')) && !sameGround(at(one, 'opfs:///x'), at(one, 'file:///x')));
    await other.close();
  }));

test('servers are told apart by what they are, not by how they are written', () => {
  const place = (text: string, endpoint?: string): ReturnType<typeof placeOf> => {
    const client = new Client(endpoint === undefined ? {} : { endpoint });
    return placeOf(client.context, client.path(text));
  };
  const equals: [ReturnType<typeof placeOf>, ReturnType<typeof placeOf>][] = [
    [place('s3://b/x', 'http://Store.example'), place('s3://http://store.example:80/b/x')],
    [place('s3://b/x', 'http://localhost:9000'), place('s3://b/x', 'http://127.0.0.1:9000/')],
    [place('s3://b/x', 'https://s3.eu-west-1.amazonaws.com'), place('s3://b/x', 'https://s3.amazonaws.com')],
    [place('gs://b/x', 'https://storage.googleapis.com'), place('s3://b/x', 'https://storage.googleapis.com')],
  ];
  for (const [a, b] of equals) ok(sameObject(a, b), `${a.text} ${b.text}`);
  const differ: [ReturnType<typeof placeOf>, ReturnType<typeof placeOf>][] = [
    [place('s3://b/x', 'http://one.example'), place('s3://b/x', 'http://two.example')],
    [place('s3://b/x', 'http://one.example:1'), place('s3://b/x', 'http://one.example:2')],
    [place('s3://b/x', 'http://one.example/a'), place('s3://b/x', 'http://one.example/b')],
    [place('s3://b/x', 'http://one.example'), place('s3://c/x', 'http://one.example')],
    [place('s3://b/x', 'http://one.example'), place('gs://b/x', 'https://storage.googleapis.com')],
  ];
  for (const [a, b] of differ) ok(!sameGround(a, b), `${a.text} ${b.text}`);
});

test('s3: buckets of one name behind two servers are two', () =>
  withRoom('s3', (one) =>
    withRoom('s3', async (other) => {
      await one.put({ x: 'x', y: 'y', 'd/a': 'a', 'd/d/b': 'b' });
      await other.put({ y: 'other' });
      await one.root.join('x').move(other.root.join('x'));
      await one.root.join('y').move(other.root.join('y'), { forceOverwriteToCloud: true });
      await one.root.join('d').move(other.root.join('d'));
      equal([await one.dump(), await other.dump()], [{}, { x: 'x', y: 'y', 'd/a': 'a', 'd/d/b': 'b' }]);
      ok(String(one.root) === String(other.root), 'or this tells nothing');
      // what looks like the same object says nothing of those beside it
      await Promise.all([one, other].map((room) => room.put({ 'r/a': 'a' })));
      await one.put({ 'r/b': 'b' });
      await one.root.join('r').copytree(other.root.join('r'), { forceOverwriteToCloud: true });
      equal((await other.dump())['r/b'], 'b');
      await other.store.delete('r/b');
      await one.root.join('r').move(other.root.join('r'), { forceOverwriteToCloud: true });
      equal([(await one.dump())['r/b'], (await other.dump())['r/b']], [undefined, 'b']);
    }),
  ));
