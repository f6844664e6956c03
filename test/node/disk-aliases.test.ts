import * as fs from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { loadAliases } from '../../src/platform/node/aliases.ts';
import { absolutePath, environment } from '../../src/platform/node/env.ts';
import { createAliases } from '../../src/url/aliases.ts';
import { parseUrl } from '../../src/url/parse.ts';
import { equal, ok, rejects, test } from '../harness.ts';

async function within(fn: (folder: string) => Promise<void>): Promise<void> {
  const before = process.env['CLOUD_FILES_DIR'];
  const base = fs.mkdtempSync(join(tmpdir(), 'anyfile-aliases-'));
  process.env['CLOUD_FILES_DIR'] = join(base, 'made', 'on demand');
  try {
    await fn(process.env['CLOUD_FILES_DIR']);
  } finally {
    if (before === undefined) delete process.env['CLOUD_FILES_DIR'];
    else process.env['CLOUD_FILES_DIR'] = before;
    fs.rmSync(base, { recursive: true, force: true });
  }
}

test('aliases outlive the process in cloud-files’ format', () =>
  within(async (folder) => {
    const one = createAliases();
    await one.addAlias('perm', 's3://https://p.com', { persistent: true });
    await one.addAlias('temp', 's3://https://t.com');
    equal(fs.readFileSync(join(folder, 'aliases.json'), 'utf8'), '{"perm":{"host":"s3://https://p.com/"}}');
    const two = createAliases();
    equal(two.get('perm'), undefined, 'nothing is read by itself');
    await two.load();
    equal(parseUrl('perm://b/k', { aliases: two }).host, 'https://p.com');
    await two.addAlias('more', 's3://http://m:9/', { persistent: true });
    await one.addAlias('third', 's3://https://3.com/', { persistent: true });
    equal(Object.keys(await loadAliases()), ['perm', 'more', 'third'], 'what another wrote meanwhile is kept');
    equal(
      (await one.listAliases()).filter(({ official }) => !official).map(({ name, persistent }) => [name, persistent]),
      [
        ['more', true],
        ['perm', true],
        ['temp', false],
        ['third', true],
      ],
    );
    await one.removeAlias('perm', { persistent: true });
    await one.removeAlias('more', { persistent: true });
    await one.removeAlias('third', { persistent: true });
    equal(fs.readFileSync(join(folder, 'aliases.json'), 'utf8'), '{}');
    equal(fs.readdirSync(folder), ['aliases.json']);
  }));

test('a file of aliases that is broken, or that shadows what it must not', () =>
  within(async (folder) => {
    fs.mkdirSync(folder, { recursive: true });
    for (const text of ['', '{', '[1]', '{"a":1}', '{"a":{"host":7}}', 'null']) {
      fs.writeFileSync(join(folder, 'aliases.json'), text);
      await rejects(createAliases().load(), 'InvalidResponse');
    }
    fs.writeFileSync(
      join(folder, 'aliases.json'),
      '{"gs":{"host":"s3://https://evil/"},"matrix":{"host":"s3://https://evil/"},"good":{"host":"s3://https://g.com/"}}',
    );
    const aliases = createAliases();
    await aliases.load();
    equal(
      [aliases.get('gs'), aliases.get('matrix'), aliases.get('good')],
      [undefined, 's3://https://s3-hpcrc.rc.princeton.edu/', 's3://https://g.com/'],
    );
  }));

test('paths and variables of the process', () => {
  equal(absolutePath('~'), homedir().replaceAll('\\', '/'));
  equal(absolutePath('~/a'), `${homedir().replaceAll('\\', '/')}/a`);
  equal(absolutePath('a'), join(process.cwd(), 'a').replaceAll('\\', '/'));
  ok(absolutePath('a~/~').endsWith('a~/~'));
  process.env['ANYFILE_TEST_VARIABLE'] = '1';
  const variables = environment();
  equal(variables['ANYFILE_TEST_VARIABLE'], '1');
  delete process.env['ANYFILE_TEST_VARIABLE'];
  equal(variables['ANYFILE_TEST_VARIABLE'], undefined);
});
