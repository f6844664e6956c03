/** A client that changes nothing does not write to this machine's disk either, by whichever door. */
import { readFileSync } from 'node:fs';
import { Client, withReadonly } from '../../src/index.ts';
import { equal, rejects, test } from '../harness.ts';
import { inFolder, plant, tree } from './cli/run-cli.ts';

test('a read-only client: stores, paths and datafiles of a disk are read, and not written', () =>
  inFolder(async (root) => {
    plant(root, { a: '1', 'd/b': '2' });
    const client = new Client({ readOnly: true });
    const files = client.files(`file://${root}`);
    equal(new TextDecoder().decode((await files.get('a')) ?? undefined), '1');
    await rejects(files.put('a', 'x'), 'NotSupported');
    await rejects(files.put('new/x', 'x'), 'NotSupported');
    await rejects(files.delete('a'), 'NotSupported');
    await rejects(files.touch(['a', 'new']), 'NotSupported');
    await rejects(files.move('a', `file://${root}/c`), 'NotSupported');
    await rejects(files.transferTo(client.files(`file://${root}/to`)), 'NotSupported');
    const path = client.path(`file://${root}/a`);
    equal(await path.readText(), '1');
    await rejects(path.writeText('x'), 'NotSupported');
    await rejects(path.unlink(), 'NotSupported');
    await rejects(client.path(`file://${root}/made`).mkdir(), 'NotSupported');
    await rejects(client.path(`file://${root}/d`).rmtree(), 'NotSupported');
    const datafile = await client.datafile(`${root}/a`, { tags: { x: 1 } });
    await rejects(datafile.updateMetadata(), 'NotSupported');
    await rejects(
      datafile.open('w', async (handle) => void (await handle.write('x'))),
      'NotSupported',
    );
    await client.close();
    equal([tree(root), readFileSync(`${root}/a`, 'utf8')], [['a', 'd/b'], '1']);
  }));

test('a read-only client that is asked for by options is no shared one', () =>
  inFolder(async (root) => {
    const { CloudFiles } = await import('../../src/index.ts');
    await rejects(new CloudFiles(`file://${root}`, { readOnly: true }).put('a', 'x'), 'NotSupported');
    await new CloudFiles(`file://${root}`).put('a', 'x');
    await rejects(withReadonly(new Client().store(`file://${root}`)).delete('a'), 'NotSupported');
    equal(tree(root), ['a']);
  }));
