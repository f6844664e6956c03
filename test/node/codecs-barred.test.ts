/** Codecs in processes in which WebAssembly is barred. */
import { test } from '../harness.ts';
import { runProgram } from './run-program.ts';

for (const how of ['absent', 'refused']) {
  test(`codecs where WebAssembly is ${how}`, () => runProgram('codecs-barred', { args: [how] }), { timeoutMs: 120_000 });
}
