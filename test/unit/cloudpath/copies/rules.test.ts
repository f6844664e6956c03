import { env } from '../../../env.ts';
import { copiesRules } from '../../../conformance/copies-rules.ts';

const { engine, worker } = env();
if (/^(node|bun|deno)/.test(engine)) copiesRules('mem', 'disk');
else {
  copiesRules('mem', 'indexeddb');
  // Writing to OPFS takes long.
  copiesRules('mem', 'opfs', worker || engine !== 'chromium');
}
