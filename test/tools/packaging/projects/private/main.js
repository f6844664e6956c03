// A page that reads a private object by plain `fetch`: its service worker signs on the way.
import { registerServiceWorker } from 'anyfile/service-worker';

async function run() {
  const { start, ...source } = await (await fetch('settings.json')).json();
  const worker = await registerServiceWorker('worker.js');
  await worker.ready();
  const mount = await worker.mount(source);
  const response = await fetch(mount.url('range.bin'), { headers: { range: `bytes=${start}-${start + 15}` } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  await mount.close();
  return { range: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

void run()
  .catch((error) => ({ error: String(error?.stack ?? error), cause: String(error?.cause ?? '') }))
  .then((report) => {
    document.body.textContent = JSON.stringify(report);
    globalThis.report = report;
  });
