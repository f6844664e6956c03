// Server processes: started on a free loopback port, probed until they answer, stopped by their own id.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A loopback port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/**
 * Starts a server and waits until `ready` answers.
 *
 * @param ready a URL that gives 2xx once the server is up
 * @param setUp what is done before it counts as started; when it fails the server is stopped again
 * @returns how to stop it
 */
export async function startProcess(program, args, { env, ready, setUp = async () => {}, timeoutMs = 60_000 }) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let ended;
  // The last words, for the message when it does not start.
  const take = (chunk) => (output = (output + chunk).slice(-2000));
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const exit = new Promise((resolve) => {
    child.once('error', (error) => resolve((ended = error.message)));
    child.once('exit', (code, signal) => resolve((ended = `exit ${code ?? signal}`)));
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    if (ended !== undefined) return;
    child.kill('SIGTERM');
    const late = setTimeout(kill, 3000);
    await exit;
    clearTimeout(late);
  };
  try {
    const until = Date.now() + timeoutMs;
    while (!(await answers(ready))) {
      if (ended !== undefined) throw new Error(ended);
      if (Date.now() > until) throw new Error(`no answer within ${timeoutMs / 1000} s`);
      await sleep(40);
    }
    await setUp();
    return { stop };
  } catch (error) {
    await stop();
    throw new Error(`${error.message}: ${output.trim()}`, { cause: error });
  }
}

async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // not listening yet
    return false;
  }
}
