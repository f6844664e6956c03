// The page's side of HDF5 in a worker.
import { connectHdf5 } from 'anyfile/worker';

/** Reads a dataset by a worker. */
export async function readAll(url: string, path: string): Promise<unknown> {
  const remote = connectHdf5(new Worker(new URL('worker.js', 'https://example.test/'), { type: 'module' }));
  const file = await remote.openHdf5(url);
  const values = await (await file.dataset(path)).read();
  await remote.close();
  return values;
}
