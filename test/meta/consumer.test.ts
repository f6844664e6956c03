import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { ok, test } from '../harness.ts';
import { entries, root } from './project.ts';

const settings = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext', types: [] },
  bundler: { module: 'esnext', moduleResolution: 'bundler', types: [] },
  'browser conditions': { module: 'esnext', moduleResolution: 'bundler', customConditions: ['browser'], types: [] },
};

/** What tsc says of a user's module. */
function check(code: string, compilerOptions: object): string {
  mkdirSync(join(root, 'build'), { recursive: true });
  const dir = mkdtempSync(join(root, 'build', 'consumer-'));
  try {
    mkdirSync(join(dir, 'node_modules'));
    symlinkSync(root, join(dir, 'node_modules', 'anyfile'), 'dir');
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
    const options = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable', 'dom', 'dom.iterable'],
      skipLibCheck: false,
    };
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, ...compilerOptions }, files: ['use.ts'] }));
    writeFileSync(join(dir, 'use.ts'), code);
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', dir], { stdio: 'pipe', encoding: 'utf8' });
    return '';
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const imports = entries().map(({ subpath }, i) => `import * as entry${i} from 'anyfile${subpath.slice(1)}';`);
const uses = `
import { CloudError, isCloudError, openStore, type ObjectStore } from 'anyfile';
const store: ObjectStore = openStore('mem://bucket/');
export async function use(error: unknown): Promise<string | undefined> {
  if (isCloudError(error, 'NotFound')) return error.code;
  if (error instanceof CloudError) return error.message;
  return await (await store.get('key'))?.text();
}`;

for (const [name, options] of Object.entries(settings)) {
  test(`a user's TypeScript finds the types: ${name}`, () => {
    const code = `${imports.join('\n')}\nexport const all = [${imports.map((_, i) => `entry${i}`).join(', ')}];\n${uses}`;
    const said = check(code, options);
    ok(said === '', `no complaint instead of:\n${said}`);
  });
}

test('the types are no any: wrong uses are refused', () => {
  const said = check(`import { openStore } from 'anyfile';\nopenStore(5);\nopenStore('mem://b/').nothing();\n`, settings.nodenext);
  ok(/use\.ts\(2,/.test(said) && /use\.ts\(3,/.test(said), `two complaints instead of:\n${said}`);
});
