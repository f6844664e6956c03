// Codecs in a page whose policy bars WebAssembly.
import { barredSuite } from '../conformance/barred-suite.ts';
import { env } from '../env.ts';
import { skip, test } from '../harness.ts';

if (env().worker) {
  // Its policy comes by a header, which the server of these tests does not send.
  test('codecs where WebAssembly is barred', () => skip('a worker has no document'));
} else {
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = "script-src 'self'";
  document.head.append(meta);
  barredSuite({ whole: [], encodes: [] });
}
