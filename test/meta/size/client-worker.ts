// The page's side of a client in a worker.
import { connectClient } from 'anyfile/worker';

/** Reads a file by a worker. */
export async function read(url: string, name: string): Promise<unknown> {
  const client = await connectClient(new Worker(new URL('worker.js', 'https://example.test/'), { type: 'module' }));
  const bytes = await client.files(url).get(name);
  await client.close();
  return bytes;
}
