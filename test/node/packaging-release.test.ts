import { readFileSync } from 'node:fs';
import { equal, ok, test } from '../harness.ts';
import { root } from '../meta/project.ts';
import { changelogSections, checkRelease } from '../tools/packaging/release.mjs';

interface Texts {
  version?: string;
  lock?: string;
  changelog?: string;
}

const dated = '# Changes\n\nOf all.\n\n## 1.2.3 (2026-11-30)\n\n- One.\n- Two.\n\n## 1.2.2 (2026-10-01)\n\n- Old.\n';

/** The check with everything right, but for what is told. */
function checked(tag: string, { version = '1.2.3', lock = version, changelog = dated }: Texts = {}): ReturnType<typeof checkRelease> {
  return checkRelease(tag, {
    manifest: JSON.stringify({ version }),
    lock: JSON.stringify({ version: lock, packages: { '': { version: lock } } }),
    changelog,
  });
}

test('tag, version and changelog that agree make a release, and its notes', () => {
  equal(checked('v1.2.3'), { wrong: [], notes: '- One.\n- Two.', distTag: 'latest' });
});

test('what comes before a version is published under another tag', () => {
  const changelog = dated.replace('1.2.3', '1.2.3-rc.1');
  equal(checked('v1.2.3-rc.1', { version: '1.2.3-rc.1', changelog }), { wrong: [], notes: '- One.\n- Two.', distTag: 'next' });
});

const wrongs: Record<string, { tag?: string; texts?: Texts; says: RegExp[] }> = {
  'a tag without its v': { tag: '1.2.3', says: [/the tag 1\.2\.3/] },
  'a tag that is no version': { tag: 'v1.2', says: [/the tag v1\.2/, /package\.json/, /package-lock/, /package-lock/, /no section/] },
  'another version in package.json': { texts: { version: '1.2.4', lock: '1.2.3' }, says: [/package\.json says 1\.2\.4/] },
  'another version in the lock file': { texts: { lock: '1.2.2' }, says: [/package-lock\.json says 1\.2\.2/, /first package says 1\.2\.2/] },
  'no section': { texts: { changelog: '# Changes\n' }, says: [/no section/] },
  'a section without a date': { texts: { changelog: dated.replace('2026-11-30', 'unreleased') }, says: [/no date but "unreleased"/] },
  'an empty section': { texts: { changelog: dated.replace('- One.\n- Two.\n', '') }, says: [/says nothing/] },
  'two sections': { texts: { changelog: dated + dated.slice(dated.indexOf('## 1.2.3')) }, says: [/two sections/] },
  'a newer section before it': {
    texts: { changelog: dated.replace('## 1.2.3', '## 1.3.0 (unreleased)\n\n## 1.2.3') },
    says: [/begins with 1\.3\.0/],
  },
};

for (const [name, { tag = 'v1.2.3', texts, says }] of Object.entries(wrongs)) {
  test(`no release: ${name}`, () => {
    const { wrong } = checked(tag, texts);
    equal(wrong.length, says.length, wrong.join('\n'));
    for (const [i, pattern] of says.entries()) ok(pattern.test(wrong[i] ?? ''), `${pattern} in ${wrong[i]}`);
  });
}

test("this project's changelog has a section for its version, and what is not dated is not released", () => {
  const text = (name: string): string => readFileSync(`${root}/${name}`, 'utf8');
  const { version } = JSON.parse(text('package.json')) as { version: string };
  const [first] = changelogSections(text('CHANGELOG.md'));
  equal(first?.version, version);
  const files = { manifest: text('package.json'), lock: text('package-lock.json'), changelog: text('CHANGELOG.md') };
  const { wrong } = checkRelease(`v${version}`, files);
  const undated = wrong.filter((line) => !/ no date but "unreleased"/.test(line));
  equal(undated, []);
});
