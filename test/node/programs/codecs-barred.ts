/**
 * Codecs without WebAssembly: `codecs-barred.js absent` where there is no such object, `codecs-barred.js refused` where it compiles nothing, as
 * under a policy.
 *
 * @module
 */
import process from 'node:process';
import { barredSuite } from '../../conformance/barred-suite.ts';
import { reportTests } from '../report-tests.ts';

function refuse(): never {
  throw new WebAssembly.CompileError('Wasm code generation disallowed by embedder');
}

// What anyfile imports compiles nothing: this is early enough.
if (process.argv[2] === 'refused') {
  const Module = function () {
    refuse();
  };
  Object.assign(WebAssembly, {
    compile: async () => refuse(),
    compileStreaming: async () => refuse(),
    instantiate: async () => refuse(),
    Module,
  });
} else {
  Reflect.deleteProperty(globalThis, 'WebAssembly');
}
barredSuite({ whole: ['br'], encodes: ['zstd'] });
await reportTests();
