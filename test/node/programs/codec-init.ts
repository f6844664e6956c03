/**
 * `init` of codecs, with the modules by HTTP: `codec-init.js FOLDER`, the folder of wasm/built.
 *
 * @module
 */
import process from 'node:process';
import { initSuite } from '../../conformance/init-suite.ts';
import { serveFiles } from '../../servers/files.mjs';
import { reportTests } from '../report-tests.ts';

const { base } = await serveFiles(process.argv[2] ?? '');
initSuite((name) => new URL(name, base).href);
await reportTests();
