import { parseOpenMode } from '../../../src/handle/modes.ts';
import { equal, rejects, test } from '../../harness.ts';

test('open modes: all of Python', () => {
  for (const access of ['r', 'w', 'a', 'x'] as const) {
    for (const kind of ['', 't', 'b']) {
      for (const plus of ['', '+']) {
        const want = { access, update: plus === '+', binary: kind === 'b', modifies: access !== 'r' || plus === '+' };
        for (const mode of [access + kind + plus, plus + kind + access, kind + access + plus, access + plus + kind])
          equal(parseOpenMode(mode), want, mode);
      }
    }
  }
});

test('open modes: nothing else', async () => {
  const wrong = ['', 'b', 't', '+', 'rw', 'wx', 'rr', 'r++', 'rbb', 'rbt', 'U', 'rU', 'z', 'R', ' r', 'r ', undefined, null, 1];
  for (const mode of wrong) await rejects(() => parseOpenMode(mode as string), 'InvalidArgument');
});
