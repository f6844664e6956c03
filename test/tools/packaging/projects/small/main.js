// The least that a page can do: a range of an object.
import { openStore } from 'anyfile';

async function run() {
  const { url, start, ...options } = await (await fetch('settings.json')).json();
  const store = openStore(url, options);
  const got = await store.get('range.bin', { range: { start, end: start + 16 } });
  return { range: Array.from(await got.bytes(), (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

void run()
  .catch((error) => ({ error: String(error?.stack ?? error) }))
  .then((report) => {
    document.body.textContent = JSON.stringify(report);
    globalThis.report = report;
  });
