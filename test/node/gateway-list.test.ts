/** Properties of the gateway's listing and of its XML. */
import fc from 'fast-check';
import { env } from '../env.ts';
import { equal, test } from '../harness.ts';
import { pageOf } from '../servers/gateway/memory.mjs';
import { element, parseXml } from '../servers/gateway/xml.mjs';

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const letters = fc.constantFrom('a', 'b', '/', '//', 'ﬁ', '😀', '\uffff');
const keyOf = fc.array(letters, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(''));

test('gateway: pages of any size give every key and prefix once, in order', () => {
  const cases = fc.record({
    keys: fc.uniqueArray(keyOf, { maxLength: 30 }),
    prefix: fc.oneof(fc.constant(''), keyOf),
    delimiter: fc.constantFrom('', '/', 'ﬁ'),
    start: fc.option(keyOf, { nil: undefined }),
    max: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(cases, ({ keys, prefix, delimiter, start, max }) => {
      const sorted = [...keys].sort(byBytes);
      const folded = sorted
        .filter((key) => key.startsWith(prefix))
        .map((key) => {
          const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
          return at < 0 ? key : `${key.slice(0, at + delimiter.length)}\0`;
        });
      const want = [...new Set(folded)].filter((item) => start === undefined || byBytes(item.replace('\0', ''), start) > 0);
      const got: string[] = [];
      let after = start;
      for (;;) {
        const page = pageOf(sorted, { prefix, delimiter, after, max });
        const items = [...page.keys, ...page.prefixes.map((item) => `${item}\0`)].sort((a, b) =>
          byBytes(a.replace('\0', ''), b.replace('\0', '')),
        );
        equal(items.length <= max && (page.last === undefined || items.length === max), true, 'the page is full, or the last');
        got.push(...items);
        if (page.last === undefined) break;
        after = page.last;
      }
      equal(got, want);
    }),
    { seed: env().seed },
  );
});

test('gateway: what is written as XML is read back', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: fc.constantFrom('a', '<', '>', '&', '"', ';', ']]>', '\n', '\r', '\u0001', '&#x1;', 'ü', '😀') }), {
        maxLength: 5,
      }),
      (texts) => {
        const written = `<?xml version="1.0"?>\n<R xmlns="x"><!-- a -->${texts.map((text) => element('T', text)).join('\n')}<E/></R>`;
        equal(
          parseXml(written).children.map(({ name, text }) => (name === 'T' ? text : name)),
          [...texts, 'E'],
        );
      },
    ),
    { seed: env().seed },
  );
});

test('gateway: what is not XML is refused', () => {
  for (const text of ['', 'a', '<a>', '<a></b>', '<a/><b/>', '<a>&evil;</a>', '<!DOCTYPE a><a/>', '<a', '<a></a>x']) {
    let refused = false;
    try {
      parseXml(text);
    } catch (error) {
      refused = error instanceof SyntaxError;
    }
    equal(refused, true, text);
  }
});
