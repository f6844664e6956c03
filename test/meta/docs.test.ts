// Pages of the docs: every block of code runs in some test, every command line is one that the program has, links lead somewhere, and what is
// said of lists that the sources hold (error codes, options of the command, CORS rules) is all of them.
import { existsSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import process from 'node:process';
import { corsRules, type CorsService } from '../../src/index.ts';
import { equal, ok, test } from '../harness.ts';
import { fencesOf, indentedLines, type Fence } from '../markdown.ts';
import { cliReference, knownCommands } from './docs/cli-reference.ts';
import { none, read, root, trackedFiles } from './project.ts';

const files = trackedFiles();
const pages = files.filter((path) => path === 'README.md' || (path.startsWith('docs/') && path.endsWith('.md')));
const tests = files.filter((path) => /^test\/.*\.test\.ts$|^test\/unit\/.*guide\.ts$/.test(path));
const blocks = pages.flatMap((page) => fencesOf(read(page)).map((fence) => ({ ...fence, page })));
type Block = Fence & { page: string };

/** Tests that import a page as text and take its blocks. */
const importers = (page: string): string[] =>
  tests.filter((path) => new RegExp(`from '(\\.\\./)+${page.replaceAll('.', '\\.')}'[^]*\\b(openGuide|fencesOf)\\(`).test(read(path)));

/** Where blocks with a word run, by word: a file that runs all such blocks of the pages that it imports, or of every page. */
const runners: Record<string, { path: string; everyPage: boolean }> = {
  page: { path: 'test/browser/docs.test.ts', everyPage: false },
  deno: { path: 'test/node/docs-runtimes.test.ts', everyPage: true },
  bun: { path: 'test/node/docs-runtimes.test.ts', everyPage: true },
  workerd: { path: 'test/node/docs-runtimes.test.ts', everyPage: true },
};

/** What speaks against a block of code, or nothing. */
function wrongWith({ page, language, words, about, text }: Block): string | undefined {
  if (words.includes('theirs')) return /\banyfile\b/.test(text) ? 'says that it is of another library, and names this one' : undefined;
  const guide = about['example'] !== undefined || about['file'] === 'place.js';
  if (guide) return importers(page).length > 0 ? undefined : 'is of a guide that no test imports';
  // Saved beside the programs of its page, which use it.
  if (about['file'] !== undefined)
    return blocks.some((other) => other.page === page && other.text.includes(about['file']!)) ? undefined : 'is used by none';
  for (const word of words) {
    const runner = runners[word];
    if (!runner || language === 'sh') return `has the word ${word}, by which no test runs it`;
    if (!files.includes(runner.path)) return `would be run by ${runner.path}, which is not there`;
    if (!runner.everyPage && !importers(page).includes(runner.path)) return `is not run by ${runner.path}, which does not import the page`;
  }
  return undefined;
}

test('every block says what it is, and every program and command line runs in some test', async () => {
  const known = new Set(['js', 'ts', 'sh', 'json', 'text', 'html', 'xml', 'ini', 'toml', 'py', 'capnp']);
  none(
    blocks
      .filter(({ language }) => !known.has(language))
      .map(({ page, line, language }) => `${page}:${line}: ${language || 'no language'}`),
    'blocks of which nobody says what they are',
  );
  none(
    blocks.filter(({ language, words }) => language === 'py' && !words.includes('theirs')).map(({ page, line }) => `${page}:${line}`),
    'programs in Python that are not marked as of others',
  );
  const programs = blocks.filter(({ language }) => ['js', 'ts', 'sh'].includes(language));
  ok(programs.length > 40, `programs, ${programs.length}`);
  none(
    programs.flatMap((block) => {
      const wrong = wrongWith(block);
      return wrong ? [`${block.page}:${block.line}: ${wrong}`] : [];
    }),
    'blocks that no test runs',
  );
  const { transform } = await import('esbuild');
  for (const { page, line, text } of blocks.filter(({ language, words }) => language === 'js' && words.includes('theirs'))) {
    await transform(text, { format: 'esm', logLevel: 'silent' }).catch((error: unknown) => {
      throw new Error(`${page}:${line} is no JavaScript`, { cause: error });
    });
  }
  for (const { page, line, text } of blocks.filter(({ language }) => language === 'json')) {
    try {
      JSON.parse(text);
    } catch (error) {
      throw new Error(`${page}:${line} is no JSON`, { cause: error });
    }
  }
});

test('command lines in text are those that the program has', () => {
  const commands = knownCommands();
  const wrong: string[] = [];
  let seen = 0;
  for (const page of pages) {
    for (const { text, line } of indentedLines(read(page))) {
      for (const part of text.replace(/(^|\s)#.*$/, '').split(/\s[|;&]+\s/)) {
        const words = part.replace(/^\$ /, '').trim().split(/\s+/);
        // `A | B | C` and COMMAND stand for commands, and `anyfile cp: …` is what one says
        if (words[0] !== 'anyfile' || words.length < 2 || /^[A-Z…]|:$/.test(words[1] ?? '') || words[2]?.endsWith(':')) continue;
        const named = words.slice(1).filter((word) => /^[a-z][\w-]*$/.test(word));
        const path = [3, 2, 1].map((length) => named.slice(0, length).join(' ')).find((one) => commands.has(one)) ?? named[0] ?? '';
        const flags = commands.get(path);
        seen++;
        if (!flags) wrong.push(`${page}:${line}: no command ${path}`);
        for (const word of words.slice(1)) {
          const [flag = ''] = word.replace(/^['"[]+|['"\]]+$/g, '').split('=');
          const single = /^-[A-Za-z]+$/.test(flag) && flag.length > 2;
          // -rv is -r and -v; a number behind one is its value
          const all = single ? Array.from(flag.slice(1), (letter) => `-${letter}`) : [flag];
          if (/^-{1,2}[A-Za-z]/.test(flag) && flags && !(flags.has(flag) || all.every((one) => flags.has(one))))
            wrong.push(`${page}:${line}: ${path} has no ${flag}`);
        }
      }
    }
  }
  ok(seen > 50, `command lines, ${seen}`);
  none(wrong, 'command lines that the program does not have');
});

test('the reference of the command is what the program has', () => {
  const path = 'docs/cli-reference.md';
  const page = cliReference();
  // A change of the program is a change of the page: `ANYFILE_UPDATE=1 npm run meta docs` writes it anew.
  if (process.env['ANYFILE_UPDATE'] || !existsSync(join(root, path))) writeFileSync(join(root, path), page);
  equal(read(path), page, `${path} (ANYFILE_UPDATE=1 npm run meta docs writes it)`);
});

test('every error code has its section, and no other has one', () => {
  const union = /export type ErrorCode =([\s\S]*?);\n/.exec(read('src/errors.ts'))?.[1] ?? '';
  const codes = [...union.matchAll(/\| '(\w+)'/g)].map((match) => match[1] ?? '').sort();
  ok(codes.length > 20, `codes, ${codes.length}`);
  const sections = read('docs/errors.md').split(/^### /m).slice(1);
  equal(sections.map((section) => /^\w+/.exec(section)?.[0] ?? '').sort(), codes);
  for (const section of sections) ok(/\*\*What to do\.\*\* \S/.test(section), `what to do: ${section.slice(0, 30)}`);
});

test('the CORS rules of the pages are those that the package makes', () => {
  const shown = blocks.filter(({ about, page }) => about['cors'] !== undefined && page.startsWith('docs/stores/'));
  for (const { about, text, page, line } of shown) {
    const rules = corsRules(about['cors'] as CorsService, 'https://app.example', { bucket: 'my-bucket', write: true });
    equal(text.trim(), rules.text, `${page}:${line}`);
  }
  equal([...new Set(shown.map(({ about }) => about['cors']))].sort(), ['aws', 'b2', 'gcs', 'minio', 'r2', 's3']);
});

/** As VitePress and GitHub make them of headings that hold letters, digits, signs and code. */
const slugOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s+/g, '-');

test('links among the pages lead to pages and headings that are there', () => {
  const wrong: string[] = [];
  let seen = 0;
  for (const page of pages) {
    const text = read(page).replace(/^```[\s\S]*?^```$/gm, '');
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z][\w+.-]*:/i.test(target)) continue;
      seen++;
      const [path = '', anchor] = target.split('#');
      const linked = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path));
      // The reference of the API is made with the site, which is held to its links as it is built.
      if (linked.startsWith('docs/api/')) continue;
      if (!existsSync(join(root, linked))) wrong.push(`${page}: ${target}`);
      else if (anchor !== undefined && linked.endsWith('.md')) {
        const headings = [...read(linked).matchAll(/^#+ (.*)$/gm)].map((match) => slugOf(match[1] ?? ''));
        if (!headings.includes(anchor)) wrong.push(`${page}: ${target}, no such heading`);
      }
    }
  }
  ok(seen > 30, `links, ${seen}`);
  none(wrong, 'links that lead nowhere');
});
