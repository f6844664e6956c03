/** The blocks of code in README.md and docs/ that no test of a guide runs: programs in Node and command lines in a shell, as they stand. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { env } from '../env.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { fencesOf, type Fence } from '../markdown.ts';
import { installPackage, root } from './docs/package.ts';
import { linkPackages } from './docs/packages.ts';
import { runPrograms, runShell, type Outcome } from './docs/run-blocks.ts';
import { settings } from './docs/settings.ts';
import { openWorld } from './docs/world.ts';

const pages = ['README.md', ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .sort();

/** Those that have no word to say that they run elsewhere. */
const runsHere = ({ language, words, about }: Fence): boolean =>
  ['js', 'ts', 'sh'].includes(language) && words.length === 0 && about['example'] === undefined && about['file'] === undefined;

const home = join(root, 'build', `docs-${process.pid}`);
process.once('exit', () => rmSync(home, { recursive: true, force: true }));
let installed: Promise<string> | undefined;

/** Runs blocks in the order of the page, programs that follow one another in one process. */
async function runAll(page: string, blocks: readonly Fence[], bin: string): Promise<void> {
  const setting = settings[page] ?? {};
  const dir = join(home, page.replace(/\W/g, '-'));
  mkdirSync(dir, { recursive: true });
  await linkPackages(dir, setting.packages ?? {});
  const world = await openWorld(dir, bin, setting);
  // A page's home and the hosts of the web are others here; buckets and services are those of the page, by the environment.
  const placed = (block: Fence): Fence => ({
    ...block,
    text: block.text
      .replaceAll('/home/me', dir)
      .replaceAll('https://example.org', world.web)
      .replaceAll(
        /https:\/\/(ACCOUNT\.r2\.cloudflarestorage\.com|s3\.us-west-004\.backblazeb2\.com|minio\.example|s3\.lab\.example)/g,
        world.endpoint,
      )
      .replaceAll(/region: '(auto|us-west-004|us-east-1)'/g, `region: 'eu-central-1'`),
  });
  const all = fencesOf(readFileSync(join(root, page), 'utf8'));
  const modules = all.filter(({ about }) => about['file'] !== undefined);
  const given = `globalThis.credentials = ${JSON.stringify(world.credentials)};\n${setting.given ?? ''}`;
  const place = { dir, env: world.env, given };
  try {
    const outcomes: Outcome[] = [];
    for (let at = 0; at < blocks.length; at = outcomes.length) {
      const first = blocks[at]!;
      if (first.language === 'sh') outcomes.push(await runShell(placed(first), place));
      else {
        const next = blocks.findIndex(({ language }, i) => i > at && language === 'sh');
        outcomes.push(...(await runPrograms(blocks.slice(at, next < 0 ? undefined : next).map(placed), modules, place)));
      }
      const failed = outcomes.findIndex(({ error }) => error !== undefined);
      if (failed >= 0) throw new Error(`${page}:${blocks[failed]?.line}: ${outcomes[failed]?.printed}${outcomes[failed]?.error}`);
    }
    for (const [i, block] of blocks.entries()) {
      // A block of text that follows at once is what is printed.
      const next = all[all.findIndex(({ line }) => line === block.line) + 1];
      if (next?.language === 'text' && next.words.includes('printed')) equal(outcomes[i]?.printed, next.text, `${page}:${block.line}`);
    }
  } finally {
    await world.close();
  }
}

for (const page of pages) {
  const blocks = fencesOf(readFileSync(join(root, page), 'utf8')).filter(runsHere);
  if (blocks.length === 0) continue;
  test(`${page}: blocks of lines ${blocks.map(({ line }) => line).join(', ')}`, async () => {
    if (env().engine !== 'node') skip('the pages are run in one engine, programs of guides in each');
    installed ??= installPackage(home);
    await runAll(page, blocks, await installed);
  });
}

test('there is something to run', () => {
  ok(pages.length > 7, `pages, ${pages.length}`);
});
