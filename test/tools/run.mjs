// Child processes whose output ends in `N passed, N failed`.
import { spawn } from 'node:child_process';

/**
 * Runs a command to its end and keeps its output.
 *
 * @param options.timeoutMs kills it after that long
 * @param options.echo also passes the output on while it comes
 * @returns exit code (null when killed) and both outputs in one text
 */
export function run(command, args, { timeoutMs = 600_000, echo = false, ...options } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const timer = setTimeout(() => {
      output += `\nkilled after ${timeoutMs / 1000} s\n`;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 8000).unref();
    }, timeoutMs);
    const take = (chunk) => {
      output += chunk;
      if (echo) process.stdout.write(chunk);
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error) => take(`${error.message}\n`));
    child.once('close', (code) => {
      clearTimeout(timer);
      // eslint-disable-next-line no-control-regex
      resolve({ code, output: output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '') });
    });
  });
}

/** The last closing line of an output. None, or a bad exit without a failure, counts as one failure. */
export function closingLine({ code, output }) {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed$/gm)].at(-1);
  const skipped = Number([...output.matchAll(/^(\d+) skipped$/gm)].at(-1)?.[1] ?? 0);
  const passed = Number(last?.[1] ?? 0);
  const failed = last ? Number(last[2]) || (code === 0 ? 0 : 1) : 1;
  return { passed, failed, skipped, reported: Boolean(last) };
}
