// A side of the comparison in a process of its own that answers over its pipes: one JSON request a line, one JSON answer a line.
import { spawn } from 'node:child_process';

/**
 * Starts one.
 *
 * @returns `ask`, which gives what the process answers or throws what failed there, `versions` of what is in it, and `end`
 */
export async function startPeer(program, args, env = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const waiting = [];
  let half = '';
  let said = '';
  let ended;
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    const lines = (half + chunk).split('\n');
    half = lines.pop();
    for (const line of lines) waiting.shift()?.resolve(JSON.parse(line));
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  const close = new Promise((resolve) => {
    const end = (why) => {
      ended ??= `${why}: ${said.trim()}`;
      for (const { reject } of waiting.splice(0)) reject(new Error(ended));
      resolve();
    };
    child.once('error', (error) => end(error.message)).once('close', (code) => end(`ended with ${code}`));
    child.stdin.on('error', () => {});
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  async function ask(request, timeoutMs = 60_000) {
    if (ended) throw new Error(ended);
    const late = setTimeout(kill, timeoutMs);
    try {
      const answer = await new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify(request)}\n`);
      });
      if (answer.error) throw new Error(answer.error);
      return answer;
    } finally {
      clearTimeout(late);
    }
  }

  async function end() {
    child.stdin.end();
    const late = setTimeout(kill, 5000);
    await close;
    clearTimeout(late);
    process.off('exit', kill);
  }

  // It answers when all is imported.
  const { versions } = await ask({ do: 'hello' });
  return { ask, end, versions };
}
