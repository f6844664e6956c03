// A database of the tests: one process with a folder of its own, which can be ended without a warning and started again.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @returns an empty folder of its own, and what removes it */
export function temporaryFolder(name) {
  const dir = mkdtempSync(join(tmpdir(), `anyfile-${name}-`));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/**
 * Starts a server.
 *
 * @param name for messages
 * @param command program and arguments, which find what was stored before
 * @param isReady whether it takes requests, by what it has printed so far; may be async
 * @param signal ends it at once
 * @param folder `temporaryFolder()`, in which it runs; removed in the end
 * @returns `restart` ends it by the signal and starts it again; `stop` ends it and removes the folder
 */
export async function startRestartable({ name, command: [program, args], isReady, signal, folder: { dir, remove } }) {
  let server;
  const start = async () => {
    const child = spawn(program, args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-4000)));
    server = { child, exit: new Promise((resolve) => child.once('exit', resolve)) };
    const until = Date.now() + 60_000;
    while (!(await isReady(said))) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`${name} does not start: ${said}`);
      await sleep(20);
    }
  };
  const end = async () => {
    server.child.kill(signal);
    await server.exit;
  };
  const atExit = () => {
    server?.child.kill(signal);
    remove();
  };
  process.once('exit', atExit);
  const stop = async () => {
    process.off('exit', atExit);
    if (server) await end();
    remove();
  };
  const restart = async () => {
    await end();
    await start();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, restart };
}
