// What a release is held to: node test/tools/packaging/release.mjs TAG [NOTES-FILE]
// The tag, the versions in package.json and package-lock.json and a dated section of CHANGELOG.md have to agree. That section is written to
// NOTES-FILE, and `dist-tag=…` to $GITHUB_OUTPUT where there is one. Ends with 1 and one line for each thing that differs.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const versionPattern = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;
const headPattern = /^## (\S+) \(([^)]*)\)$/;

/** Sections of a changelog: version, what stands in brackets behind it, and text. */
export function changelogSections(text) {
  const sections = [];
  for (const line of text.split('\n')) {
    const [, version, date] = headPattern.exec(line) ?? [];
    if (version) sections.push({ version, date, lines: [] });
    else if (line.startsWith('## ')) sections.push({ version: line.slice(3), date: '', lines: [] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ version, date, lines }) => ({ version, date, text: lines.join('\n').trim() }));
}

/**
 * Compares what a release names.
 *
 * @param tag `v` and a semantic version
 * @param files texts: `manifest`, `lock` and `changelog`
 * @returns `wrong`, one line for each thing that differs; `notes`, the section's text; `distTag`, under which npm publishes
 */
export function checkRelease(tag, { manifest, lock, changelog }) {
  const wrong = [];
  const version = tag.replace(/^v/, '');
  if (!tag.startsWith('v') || !versionPattern.test(version)) wrong.push(`the tag ${tag} is not v and a semantic version, e.g. v1.2.3`);
  const named = { 'package.json': JSON.parse(manifest).version, 'package-lock.json': JSON.parse(lock).version };
  named["package-lock.json's first package"] = JSON.parse(lock).packages?.['']?.version;
  for (const [file, found] of Object.entries(named)) if (found !== version) wrong.push(`${file} says ${found}, the tag ${version}`);
  const sections = changelogSections(changelog);
  const section = sections.find((one) => one.version === version);
  if (!section) wrong.push(`CHANGELOG.md has no section "## ${version} (date)"`);
  else {
    if (!/^\d{4}-\d\d-\d\d$/.test(section.date))
      wrong.push(`CHANGELOG.md gives ${version} no date but "${section.date}": write YYYY-MM-DD`);
    if (!section.text) wrong.push(`CHANGELOG.md says nothing of ${version}`);
    if (sections.filter((one) => one.version === version).length > 1) wrong.push(`CHANGELOG.md has two sections of ${version}`);
    if (sections[0] !== section) wrong.push(`CHANGELOG.md begins with ${sections[0].version}, not with ${version}`);
  }
  return { wrong, notes: section?.text ?? '', distTag: version.includes('-') ? 'next' : 'latest' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [tag = '', notesFile] = process.argv.slice(2);
  const read = (name) => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
  const files = { manifest: read('package.json'), lock: read('package-lock.json'), changelog: read('CHANGELOG.md') };
  const { wrong, notes, distTag } = checkRelease(tag, files);
  for (const line of wrong) console.log(`not ok - ${line}`);
  if (!wrong.length) {
    if (notesFile) writeFileSync(notesFile, `${notes}\n`);
    if (process.env.GITHUB_OUTPUT) appendFileSync(process.env.GITHUB_OUTPUT, `dist-tag=${distTag}\n`);
    console.log(`${tag} can be released, under ${distTag}`);
  }
  process.exitCode = wrong.length ? 1 : 0;
}
