/**
 * `anyfile` in a process of its own: `xfer-user.js ARGUMENT…`. Prints a line before it begins.
 *
 * @module
 */
import process from 'node:process';
import { run } from '../../../src/cli/run.ts';

process.stdout.write('begun\n');
const { stdout, stderr, env } = process;
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, stdin: process.stdin, env });
