// HDF5 in real module workers: this file is their script too, by what its URL asks for.
import { openHdf5, type Hdf5File } from '../../src/hdf5.ts';
import { connectHdf5, serveHdf5, type RemoteHdf5File } from '../../src/worker.ts';
import { compareFile } from '../conformance/hdf5-compare.ts';
import { hdf5Url, oracleOf } from '../conformance/hdf5-oracle.ts';
import { SIDE, workerFile, written } from '../conformance/hdf5-worker-file.ts';
import { need } from '../env.ts';
import { equal, ok, rejects, test } from '../harness.ts';

const role = new URL(import.meta.url).search;
const EDGE = 1536;

interface Report {
  /** Buffers that the worker gave away: their sizes, and what is left of them. */
  given: [before: number, after: number][];
  wasm: number;
}

/** Counts what is done with WebAssembly in this realm. */
function watchWasm(): { count: number } {
  const seen = { count: 0 };
  for (const name of ['compile', 'instantiate', 'compileStreaming', 'instantiateStreaming'] as const) {
    const original = WebAssembly[name] as (...args: unknown[]) => unknown;
    Object.assign(WebAssembly, {
      [name]: (...args: unknown[]) => {
        seen.count++;
        return original.apply(WebAssembly, args);
      },
    });
  }
  for (const name of ['Module', 'Instance'] as const) {
    const watched = new Proxy(WebAssembly[name], {
      construct(target, args) {
        seen.count++;
        return Reflect.construct(target, args) as object;
      },
    });
    Object.assign(WebAssembly, { [name]: watched });
  }
  return seen;
}

const serve = (): void => {
  const wasm = watchWasm();
  const given: { buffer: ArrayBuffer; before: number }[] = [];
  const post = globalThis.postMessage.bind(globalThis);
  globalThis.postMessage = (message: unknown, transfer: unknown) => {
    for (const buffer of transfer as ArrayBuffer[]) given.push({ buffer, before: buffer.byteLength });
    post(message, transfer as StructuredSerializeOptions);
  };
  globalThis.addEventListener('message', ({ data }) => {
    if (data === 'report')
      post({ report: { given: given.map(({ buffer, before }) => [before, buffer.byteLength]), wasm: wasm.count } satisfies Report });
    if (data === 'large') void makeLarge().then((bytes) => post({ made: bytes }));
    if (data === 'small') void workerFile().then((bytes) => post({ made: bytes }));
    if (data === 'throw') throw new Error('something else in this worker');
  });
  serveHdf5();
};

const makeLarge = (): Promise<Uint8Array<ArrayBuffer>> => {
  const data = Float64Array.from({ length: EDGE * EDGE }, (_, i) => i % 1000);
  return written((file) => void file.create_dataset({ name: 'large', data, shape: [EDGE, EDGE], chunks: [128, 128], compression: 1 }));
};

const start = (as: string): Worker => new Worker(new URL(as, import.meta.url), { type: 'module' });

/** What a worker answers under a name. */
const answered = <T>(worker: Worker, name: string, question: string): Promise<T> =>
  new Promise((resolve, reject) => {
    worker.addEventListener('message', function answer({ data }: MessageEvent<Record<string, unknown>>) {
      if (!(name in data)) return;
      worker.removeEventListener('message', answer);
      resolve(data[name] as T);
    });
    worker.addEventListener('error', ({ message }) => reject(new Error(message)), { once: true });
    worker.postMessage(question);
  });

/** A file that a worker makes: nothing of HDF5 is in this realm. */
const made = (worker: Worker, which: 'large' | 'small'): Promise<Uint8Array<ArrayBuffer>> => answered(worker, 'made', which);

async function withWorker(act: (worker: Worker, remote: ReturnType<typeof connectHdf5>) => Promise<void>): Promise<void> {
  const worker = start('?serves');
  const remote = connectHdf5(worker);
  try {
    await act(worker, remote);
  } finally {
    await remote.close();
  }
}

/** The file that is compared is the remote one: it is used in the same way. */
const asLocal = (file: RemoteHdf5File): Hdf5File => file as unknown as Hdf5File;

if (role === '?serves') serve();
else {
  test(
    'a large dataset is unpacked in the worker and given to the page; the page has no library',
    async () => {
      const wasm = watchWasm();
      let large = new Uint8Array();
      await withWorker(async (worker, remote) => {
        large = await made(worker, 'large');
        const file = await remote.openHdf5(new Blob([large]));
        const dataset = await file.dataset('/large');
        const values = (await dataset.read()) as Float64Array;
        equal([values.length, values[12_345], values.at(-1)], [EDGE * EDGE, 345, (EDGE * EDGE - 1) % 1000]);
        const { given, wasm: theirs } = await answered<Report>(worker, 'report', 'report');
        equal(given, [[EDGE * EDGE * 8, 0]], 'all of it, once, and nothing is left there');
        let count = 0;
        for await (const block of dataset.blocks({ maxBytes: 0x20_0000 })) count += (block.values as Float64Array).length;
        equal(count, EDGE * EDGE);
        ok(theirs > 0, 'the library is there');
        equal(wasm.count, 0, 'and not here');
      });
      // the same here is seen
      await (await openHdf5(large)).close();
      ok(wasm.count > 0, 'what loads it is counted');
    },
    { timeoutMs: 60_000 },
  );

  test(
    'files of h5py over the network: every object, attribute, value and slice',
    async () => {
      need('hdf5');
      await withWorker(async (_, remote) => {
        for (const name of ['types.h5', 'compound.h5', 'plug.h5', 'external.h5']) {
          const file = await remote.openHdf5(hdf5Url(name), { plugins: hdf5Url('plugins') });
          equal((await compareFile(asLocal(file), await oracleOf(name))).slice(0, 12), [], name);
          await file.close();
        }
      });
    },
    { timeoutMs: 60_000 },
  );

  test('a worker that is ended by others rejects what waits and what comes', async () => {
    const worker = start('?serves');
    const small = await made(worker, 'small');
    const remote = connectHdf5(worker);
    let stand = (): void => {};
    const stood = new Promise<void>((resolve) => (stand = resolve));
    let stands = false;
    const source = {
      byteLength: small.length,
      read: (ranges: readonly { start: number; end: number }[]): Promise<Uint8Array[]> => {
        if (!stands) return Promise.resolve(ranges.map(({ start: from, end }) => small.slice(from, end)));
        stand();
        return new Promise(() => {});
      },
    };
    const file = await remote.openHdf5(source, { cacheBytes: 0, headBytes: 512, minFetchBytes: 512 });
    // something else that fails in there is not the end
    worker.addEventListener('error', (event) => event.preventDefault());
    worker.postMessage('throw');
    const dataset = await file.dataset('/image');
    equal(((await dataset.read()) as Float32Array).length, SIDE * SIDE);
    const wide = await file.dataset('/wide');
    stands = true;
    const read = rejects(wide.read(), 'Network');
    await stood;
    worker.terminate();
    await read;
    await rejects(file.keys(), 'Network');
    await file.close();
    await remote.close();
  });

  test('a script that is not there', async () => {
    const remote = connectHdf5(new Worker(new URL('./none-such.js', import.meta.url), { type: 'module' }));
    await rejects(remote.openHdf5(new Blob([])), 'Network');
    await remote.close();
  });
}
