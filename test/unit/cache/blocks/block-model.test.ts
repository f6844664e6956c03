import { blockModelCheck, evicting, failing } from '../../../conformance/block-model-check.ts';
import { env } from '../../../env.ts';
import { test } from '../../../harness.ts';

const size = env().engine.startsWith('node') ? { runs: 4, steps: 3000 } : { runs: 4, steps: 300 };

test('random readers: no wrong byte, none fetched twice, no error of another’s, over a container that evicts', () =>
  blockModelCheck(evicting, size));

test('the same over a container that loses values and fails', () => blockModelCheck(failing, size));
