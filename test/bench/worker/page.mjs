// The page: measures, and posts what it found.
import { measureCases } from './cases.mjs';

async function measure() {
  const job = await (await fetch('/job.json')).json();
  return measureCases(new Worker('/worker.js', { type: 'module' }), job);
}

measure().then(
  (measured) => fetch('/', { method: 'POST', body: JSON.stringify({ measured }) }),
  (error) => fetch('/', { method: 'POST', body: JSON.stringify({ error: String(error?.stack ?? error) }) }),
);
