/** `init` of codecs, in a process in which none was used before. */
import { join } from 'node:path';
import process from 'node:process';
import { test } from '../harness.ts';
import { runProgram } from './run-program.ts';

// The suite runs in the project's folder.
test('init of codecs', () => runProgram('codec-init', { args: [join(process.cwd(), 'wasm', 'built')] }));
