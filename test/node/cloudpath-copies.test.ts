/** Processes that share a folder of copies, and are killed. ANYFILE_COPIES_KILLS=500 makes it the long run. */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openScratch } from '#platform';
import { createCopies } from '../../src/cloudpath/copies/copies.ts';
import { Client } from '../../src/index.ts';
import { env } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { openScenario } from '../servers/fixture/client.ts';
import { editedKeys, sharedObjects, tornLine, type CopiesUse } from './copies-shared.ts';
import { startProgram } from './run-program.ts';

const EVERY_MS = 250;
const kills = Number(process.env['ANYFILE_COPIES_KILLS'] ?? 16);

interface User {
  readonly child: ChildProcessWithoutNullStreams;
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
  killed: boolean;
}

test(
  `8 processes share a folder of copies while ${kills} are killed: no lost line, no torn copy, no lost edit`,
  async () => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'anyfile-copies-')).replaceAll('\\', '/');
    const { endpoint, bucket, credentials, region, close } = await openScenario('s3', {});
    const options = { endpoint, region, credentials };
    const client = new Client(options);
    try {
      const url = `s3://${bucket}`;
      const store = client.store(url);
      for (const key of [...sharedObjects, ...editedKeys]) await store.put(key, '');
      const copies = createCopies({ cache: { mode: 'persistent', dir: folder }, env: () => undefined });
      for (const key of editedKeys) {
        await copies.localPath({ url: `${url}/${key}`, bucket: 'bkt', key, store, namespace: async () => '0123456789abcdef' });
        fs.writeFileSync(`${folder}/bkt/${key}`, 'by hand');
      }

      const users: User[] = [];
      const killed: User[] = [];
      const wrong: string[] = [];
      const saved: [key: string, line: string][] = [];
      const total: Record<string, number> = {};
      let ids = 0;
      const start = (): void => {
        const use: CopiesUse = { folder, url, options, id: `p${++ids}` };
        const child = startProgram('copies-user', { args: [JSON.stringify(use)] });
        let printed = '';
        let said = '';
        let begin = (): void => {};
        const begun = new Promise<void>((resolve) => (begin = resolve));
        child.stdout.on('data', (chunk: Uint8Array) => {
          printed += String(chunk);
          begin();
        });
        child.stderr.on('data', (chunk: Uint8Array) => (said += String(chunk)));
        child.stdin.on('error', () => {});
        const ended = new Promise<void>((resolve) => {
          child.once('close', (code) => {
            begin();
            // The last line of one that was killed may be cut off.
            for (const line of printed.split('\n').slice(0, -1)) {
              const [, key, text] = /^ok (\S+) (.*)$/.exec(line) ?? [];
              if (key) saved.push([key, text!]);
              else if (line.startsWith('{'))
                for (const [what, n] of Object.entries(JSON.parse(line) as typeof total)) total[what] = (total[what] ?? 0) + n;
              else if (line !== 'begun') wrong.push(line);
            }
            if (said) wrong.push(said);
            if (!user.killed && code) wrong.push(`ended with ${code}`);
            resolve();
          });
        });
        const user: User = { child, begun, ended, killed: false };
        users.push(user);
      };
      for (let i = 0; i < (env().engine.startsWith('node') ? 8 : 4); i++) start();
      await Promise.all(users.map(({ begun }) => begun));
      while (killed.length < kills) {
        await new Promise((resolve) => setTimeout(resolve, EVERY_MS * (0.5 + Math.random())));
        const [victim] = users.splice(Math.floor(Math.random() * users.length), 1);
        if (!victim) break;
        await victim.begun;
        victim.killed = true;
        victim.child.kill('SIGKILL');
        killed.push(victim);
        start();
      }
      await Promise.all(users.map(({ begun }) => begun));
      await new Promise((resolve) => setTimeout(resolve, 500));
      for (const { child } of users) child.stdin.end();
      await Promise.all([...users, ...killed].map(({ ended }) => ended));

      equal(wrong, []);
      for (const key of sharedObjects) {
        const text = await (await store.get(key))!.text();
        equal(tornLine(text), undefined, key);
        const lines = text.split('\n');
        for (const [where, line] of saved) if (where === key) equal(lines.filter((one) => one === line).length, 1, `${key} ${line}`);
      }
      for (const key of editedKeys) equal(fs.readFileSync(`${folder}/bkt/${key}`, 'utf8'), 'by hand', key);
      // How many is the machine's affair.
      ok(saved.length > 0 && (total['reads'] ?? 0) > 0, JSON.stringify(total));
      if (kills > 100) console.log(JSON.stringify({ saved: saved.length, ...total }));
    } finally {
      await client.close();
      await close();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  },
  { timeoutMs: 60_000 + kills * 1000 },
);

test('copies of processes that were killed are taken away by the next one', async () => {
  const { folder } = await openScratch();
  const within = fs.mkdtempSync(join(tmpdir(), 'anyfile-session-')).replaceAll('\\', '/');
  try {
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const [, machine] = /^anyfile-(\w+)-\d+-/.exec(name) ?? [];
    ok(machine, name);
    // No process has such a number.
    for (const left of [
      `anyfile-${machine}-4999999-dead00`,
      `anyfile-other000-4999999-dead00`,
      `anyfile-${machine}-${process.pid}-alive0`,
    ]) {
      fs.mkdirSync(`${within}/${left}`);
      fs.writeFileSync(`${within}/${left}/a`, 'x');
    }
    await openScratch(within);
    const names = fs.readdirSync(within).map((left) => left.slice(-6));
    equal([names.length, names.includes('dead00'), fs.existsSync(`${within}/anyfile-${machine}-4999999-dead00`)], [3, true, false]);
  } finally {
    fs.rmSync(within, { recursive: true, force: true });
  }
});
