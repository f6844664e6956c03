// A Web Test Runner launcher without a driver: one browser process shows a host page, and each test file is an iframe of it.
// Results travel over WTR's own web socket, so no WebDriver, CDP or BiDi is needed. A browser has two launchers, `name` and
// `name-worker`, which share its process; the second asks the page to run the file in a web worker.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browsers } from './browsers.mjs';

const pollMs = 20_000;

// Frames use the web socket of the page around them: of those that they opened themselves Chromium closed one of some 400 before it asked the server.
const hostPage = `<!doctype html><meta charset="utf-8"><title>host</title><body><script type="module">
import { webSocket, webSocketOpened } from '/__web-dev-server__web-socket.js';
let isOpen = false;
webSocket.addEventListener('close', () => isOpen || location.reload());
await webSocketOpened;
isOpen = true;
// they send, and hear nothing: a listener of a frame on this socket would keep the frame after its end
const nothing = () => {};
Object.assign(window.__WDS_WEB_SOCKET__, {
  webSocket: { send: (text) => webSocket.send(text), addEventListener: nothing, removeEventListener: nothing },
});
let last = 0;
for (;;) {
  let command = {};
  try {
    command = await (await fetch('/__host/next' + location.search + '&after=' + last)).json();
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  last = command.number ?? last;
  if (command.open) document.body.append(Object.assign(document.createElement('iframe'), { id: command.id, src: command.open }));
  if (command.close) {
    const frame = document.getElementById(command.close);
    if (frame && frame.contentWindow.testsAt !== 'the end') navigator.sendBeacon('/__host/silent?id=' + command.close, stateOf(frame));
    frame?.remove();
  }
}

/** How far a page got that did not say that it was done: the file that it runs, or what it has loaded before the first. */
function stateOf({ contentDocument, contentWindow }) {
  if (contentWindow.testsAt) return contentWindow.testsAt;
  if (!contentDocument) return 'its document cannot be read';
  const loads = contentWindow.performance.getEntriesByType('resource').map(
    ({ name, startTime, responseStart, responseEnd, responseStatus }) =>
      [new URL(name).pathname, Math.round(startTime), Math.round(responseStart), Math.round(responseEnd), responseStatus].join(' '));
  return [contentDocument.readyState + ' ' + contentWindow.location, ...loads].join('\\n');
}
</script>`;

const queues = new Map();

/** The commands of a browser. One that was sent is kept until the page says that it has it: an answer may be lost on its way. */
function queueOf(name) {
  if (!queues.has(name)) queues.set(name, { commands: [], sent: 0, wake() {} });
  return queues.get(name);
}

/** Serves the host page and hands it its commands. */
export async function hostMiddleware(context, next) {
  if (context.path === '/__host/') {
    context.type = 'html';
    context.body = hostPage;
  } else if (context.path === '/__host/silent') {
    const chunks = [];
    for await (const chunk of context.req) chunks.push(chunk);
    console.log(`a page that did not come to its end: ${Buffer.concat(chunks)}`);
    context.status = 204;
  } else if (context.path === '/__host/next') {
    const queue = queueOf(context.query.browser);
    const after = Number(context.query.after);
    while (queue.commands[0]?.number <= after) queue.commands.shift();
    if (!queue.commands.length) {
      await new Promise((resolve) => {
        queue.wake = resolve;
        setTimeout(resolve, pollMs).unref();
      });
    }
    context.body = queue.commands.find(({ number }) => number > after) ?? {};
  } else {
    await next();
  }
}

/** Signals a browser and all of its helper processes. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // the whole group has ended
  }
}

async function end(child) {
  if (!child) return;
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => {
      child.once('exit', resolve);
      signalGroup(child, 'SIGTERM');
      setTimeout(() => signalGroup(child, 'SIGKILL'), 4000).unref();
    });
  }
  // Helpers that outlive the browser would go on writing into its folder.
  signalGroup(child, 'SIGKILL');
}

/** A display of its own for a browser that has no headless mode. */
async function startDisplay() {
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const number = await new Promise((resolve, reject) => {
    server.stdio[3].once('data', resolve);
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { server, display: `:${String(number).trim()}` };
}

function sharedBrowser(name) {
  const { program, args, env = {}, needsDisplay } = browsers[name];
  let users = 0;
  let child;
  let display;
  let home;
  let started;

  async function start(origin) {
    home = mkdtempSync(join(tmpdir(), `anyfile-${name}-`));
    for (const folder of ['run', 'tmp']) mkdirSync(join(home, folder), { mode: 0o700 });
    if (needsDisplay && !process.env.DISPLAY) display = await startDisplay();
    const own = {
      HOME: home,
      XDG_DATA_HOME: join(home, 'data'),
      XDG_CACHE_HOME: join(home, 'cache'),
      XDG_CONFIG_HOME: join(home, 'config'),
      // WebKit leaves a file here for each writable of OPFS
      TMPDIR: join(home, 'tmp'),
    };
    child = spawn(program(), args(`${origin}/__host/?browser=${name}`, home), {
      detached: true,
      stdio: process.env.DEBUG_BROWSER ? 'inherit' : 'ignore',
      env: { ...process.env, ...(display && { DISPLAY: display.display }), ...own, XDG_RUNTIME_DIR: join(home, 'run'), ...env },
    });
    child.once('error', (error) => console.log(`${name} does not start: ${error.message}`));
    process.once('exit', () => {
      signalGroup(child, 'SIGKILL');
      if (display) signalGroup(display.server, 'SIGKILL');
      removeHome();
    });
  }

  function removeHome() {
    try {
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    } catch {
      // a few files in the machine's temporary folder
    }
  }

  return {
    join: () => users++,
    send(command, origin) {
      started ??= start(origin);
      const queue = queueOf(name);
      queue.commands.push({ ...command, number: ++queue.sent });
      queue.wake();
      return started;
    },
    async leave() {
      if (--users > 0) return;
      await end(child);
      await end(display?.server);
      if (home) removeHome();
    },
  };
}

/** The two launchers of a browser. */
export function launchersOf(name) {
  const browser = sharedBrowser(name);
  return [name, `${name}-worker`].map((launcher) => {
    const open = new Map();
    browser.join();
    return {
      name: launcher,
      type: 'process',
      concurrency: 1,
      initialize() {},
      async startSession(id, url) {
        open.set(id, url);
        await browser.send({ id, open: launcher === name ? url : `${url}&worker` }, new URL(url).origin);
      },
      isActive: (id) => open.has(id),
      getBrowserUrl: (id) => open.get(id),
      async stopSession(id) {
        open.delete(id);
        await browser.send({ close: id });
        return {};
      },
      stop: () => browser.leave(),
      async startDebugSession() {
        throw new Error('there is no debug session with this launcher');
      },
    };
  });
}
