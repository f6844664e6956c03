// What happened when, laid out for the chart of requests; and tags as they are typed.
import { marksOf, timelineOf, type Happening } from '../../src/demo/waterfall/timeline.ts';
import { textOf, valueOf, wantedOf } from '../../src/demo/metadata/draft.ts';
import fc from 'fast-check';
import { env } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';

const at = (startMs: number, endMs: number): Happening => ({ id: startMs, startMs, endMs });

test('a pause is cut to 400 ms, and what follows moves up', () => {
  const { bars, cuts, shownMs } = timelineOf([at(1000, 1100), at(1050, 1200), at(61_200, 61_300)]);
  equal(shownMs, 700);
  equal(cuts, [{ at: 400 / 700, skippedMs: 59_600 }]);
  equal(
    bars.map(({ from, width }) => [Math.round(from * 700), Math.round(width * 700)]),
    [
      [0, 100],
      [50, 150],
      [600, 100],
    ],
  );
  equal(timelineOf([]), { bars: [], cuts: [], shownMs: 1 });
});

test('bars keep their order and stay on the axis, whatever happened', () => {
  const happening = fc.tuple(fc.nat(1e6), fc.nat(5000)).map(([start, ms]) => at(start, start + ms));
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 30 }), (all) => {
      const { bars, shownMs } = timelineOf(all);
      for (const { from, width } of bars) ok(from >= -1e-9 && from + width <= 1 + 1e-9, `${from} ${width}`);
      for (const a of bars)
        for (const b of bars) if (a.happening.startMs < b.happening.startMs) ok(a.from <= b.from, 'what came first stands first');
      const marks = marksOf(shownMs);
      ok(marks.length >= 1 && marks.length <= 6 && marks.every((ms) => ms < shownMs), `${marks.length} marks`);
    }),
    { seed: env().seed },
  );
});

test('a tag is typed as a text or as JSON, and what is shown means what it was', () => {
  equal(
    ['12', '0.5', 'true', 'null', '"12"', 'wind', ' a b ', '[1, "x"]'].map((text) => valueOf(text)),
    [12, 0.5, true, null, '12', 'wind', 'a b', [1, 'x']],
  );
  equal(
    ['12', '', ' a', 'null', 'wind'].map((value) => textOf(value)),
    ['"12"', '""', '" a"', '"null"', 'wind'],
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.boolean(), fc.integer(), fc.constant(null)), (value) => equal(valueOf(textOf(value)), value)),
    { seed: env().seed },
  );
});

test('tags without a name, or twice with one, are refused in words', async () => {
  const draft = {
    labels: 'b, a  c',
    tags: [
      { name: 'x', text: '1' },
      { name: ' ', text: ' ' },
    ],
    timestamp: '',
  };
  equal(wantedOf(draft), { labels: ['b', 'a', 'c'], tags: { x: 1 }, timestamp: null });
  const refused = (name: string) => async () => wantedOf({ ...draft, tags: [...draft.tags, { name, text: '2' }] });
  await rejects(refused('x'), (error) => error instanceof TypeError && error.message.includes('two tags'));
  await rejects(refused(''), (error) => error instanceof TypeError && error.message.includes('no name'));
});
