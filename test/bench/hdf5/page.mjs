// Runs in Chromium, in three parts: the page itself, which has all ways take turns; frames of it, in each of which is one way on the page's main
// thread; and workers, with one way each. All have a realm of their own, and so an h5wasm of their own.
import { measureRounds } from './rounds.mjs';
import { act, sideOf } from './sides.mjs';

const modules = { anyfile: () => import('anyfile/hdf5'), fullDownload: () => import('h5wasm'), lazyFile: () => import('h5wasm') };

/** One way, asked over a port. */
async function serve(name, port) {
  const side = sideOf(name, modules[name]());
  port.onmessage = async ({ data: job }) => {
    try {
      port.postMessage(await act(await side, job));
    } catch (error) {
      port.postMessage({ error: String(error?.stack ?? error) });
    }
  };
}

const listen = (realm) => (realm.onmessage = ({ data: name, ports: [port] }) => void serve(name, port));

/** A way in a frame or a worker. @returns what does a job there */
async function start(name, place) {
  const { port1, port2 } = new MessageChannel();
  if (place === 'worker') new Worker(import.meta.url, { type: 'module' }).postMessage(name, [port2]);
  else {
    const frame = document.createElement('iframe');
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    frame.src = '/';
    document.body.append(frame);
    await loaded;
    frame.contentWindow.postMessage(name, '*', [port2]);
  }
  return (job) =>
    new Promise((resolve, reject) => {
      port1.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data));
      port1.postMessage(job);
    });
}

async function main() {
  const report = async (body) => void (await fetch('/result', { method: 'POST', body: JSON.stringify(body) }));
  try {
    const job = await (await fetch('/job.json')).json();
    const ways = {
      'anyfile, page': await start('anyfile', 'page'),
      'full download, page': await start('fullDownload', 'page'),
      'anyfile, worker': await start('anyfile', 'worker'),
      'full download, worker': await start('fullDownload', 'worker'),
      'lazy file, worker': await start('lazyFile', 'worker'),
    };
    await report({ rounds: await measureRounds({ ...job, ways }) });
  } catch (error) {
    await report({ error: String(error?.stack ?? error) });
  }
}

if (typeof document === 'undefined') listen(globalThis);
else if (window !== window.top) listen(window);
else await main();
