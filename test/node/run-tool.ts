/**
 * Command-line tools on bytes.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { concat } from '../../src/util/bytes.ts';
import { equal, ok, skip } from '../harness.ts';
import { skippable } from '../tools/cache.mjs';
import { hasTool } from '../tools/codec-tools.mjs';

/** Fails the running test when a tool is absent, or skips it where ANYFILE_SKIP names the tool. */
export function needTool(tool: string): void {
  if (hasTool(tool)) return;
  if (skippable().has(tool)) skip(`${tool} is not installed`);
  ok(false, `${tool}, by node test/tools/codec-tools.mjs`);
}

/** Runs a tool on bytes; what it wrote. Not by spawnSync, which in Deno writes all of the input before it reads. */
export async function runTool(tool: string, args: string, input: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const child = spawn(tool, args.split(' '));
  const written: Uint8Array[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Uint8Array) => written.push(chunk));
  child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
  child.stdin.on('error', () => {});
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.end(input);
  equal(await ended, 0, `${tool} ${args}: ${said.trim()}`);
  return concat(written);
}
