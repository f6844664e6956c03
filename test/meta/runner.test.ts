import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { equal, ok, test } from '../harness.ts';
import { missingEntries } from '../tools/lock.mjs';
import { closingLine, run } from '../tools/run.mjs';
import { none, read, root, trackedFiles } from './project.ts';

test('an engine that says nothing has failed', async () => {
  const ended = await run(process.execPath, ['-e', '']);
  equal(closingLine(ended), { passed: 0, failed: 1, skipped: 0, reported: false });
  equal(closingLine({ code: null, output: 'ok\n' }).failed, 1);
  const missing = await run('/nowhere/no-such-program', []);
  equal(closingLine(missing).failed, 1);
});

test('the last closing line counts, and a bad exit is a failure', () => {
  const output = '1 passed, 9 failed\nsomething\n3 skipped\n7 passed, 0 failed\n';
  equal(closingLine({ code: 0, output }), { passed: 7, failed: 0, skipped: 3, reported: true });
  equal(closingLine({ code: 1, output }).failed, 1);
  equal(closingLine({ code: 1, output: '7 passed, 4 failed\n' }).failed, 4);
  equal(closingLine({ code: 0, output: 'not 7 passed, 0 failed\n' }).reported, false);
});

test('a run that does not end is ended', async () => {
  const { code, output } = await run(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { timeoutMs: 200 });
  ok(code !== 0, 'a bad exit');
  ok(output.includes('killed after 0.2 s'), 'the reason');
});

test('a lock file is completed by what its packages want', () => {
  const packages = {
    'node_modules/a': {
      dev: true,
      optionalDependencies: { '@a/linux-x64-musl': '1.2.3', '@a/win32-arm64-msvc': '1.2.3', '@a/darwin-arm64': '1.2.3' },
    },
    'node_modules/@a/darwin-arm64': { version: '1.2.3' },
  };
  equal(missingEntries(packages), {
    'node_modules/@a/linux-x64-musl': { version: '1.2.3', cpu: ['x64'], dev: true, libc: ['musl'], optional: true, os: ['linux'] },
    'node_modules/@a/win32-arm64-msvc': { version: '1.2.3', cpu: ['arm64'], dev: true, optional: true, os: ['win32'] },
  });
});

test('an engine that a test names is one that the suite runs', async () => {
  const { engineNames } = (await import(pathToFileURL(join(root, 'test/tools/matrix.mjs')).href)) as { engineNames: string[] };
  ok(engineNames.includes('node'), 'the names are the suite’s');
  const wrong = trackedFiles()
    .filter((path) => path.startsWith('test/') && path.endsWith('.ts'))
    .flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) => /\bengine\b|new Set\(\[/.test(line))
        .flatMap((line) => [...line.matchAll(/'((?:node|bun|deno|workerd|chromium|firefox|webkit)\d*)'/g)].map(([, name]) => name!))
        .filter((name) => !engineNames.includes(name))
        .map((name) => `${path}: ${name}`),
    );
  none(wrong, 'tests that no engine runs');
});
