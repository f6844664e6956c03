// Ways to read an HDF5 file over HTTP, in Node as in a page or a worker. Each opens a URL, does one thing and closes: that is what is timed.

/** anyfile: what is needed is fetched. */
const anyfile = ({ openHdf5 }) => ({
  open: (url) => openHdf5(url),
  keys: (file, { path }) => file.keys(path),
  attribute: async (file, { path, attribute }) => (await file.group(path)).attr(attribute),
  slice: async (file, { path, ranges }) => (await file.dataset(path)).slice(ranges),
  async walk(file) {
    const lines = [];
    for await (const [path, item] of file.walk({ attributes: true })) lines.push(lineOf(path, item.shape, await item.attrs()));
    return lines;
  },
  close: (file) => file.close(),
});

const name = 'bench.h5';

/** What h5wasm does with a file, wherever its bytes come from. */
const h5wasmReads = ({ FS }) => ({
  keys: (file, { path }) => file.get(path).keys(),
  attribute: (file, { path, attribute }) => file.get(path).attrs[attribute].value,
  slice: (file, { path, ranges }) => file.get(path).slice(ranges),
  walk(file) {
    const lines = [];
    const visit = (group) => {
      for (const child of group.keys()) {
        const item = group.get(child);
        const values = Object.fromEntries(Object.entries(item.attrs).map(([key, { value }]) => [key, value]));
        lines.push(lineOf(item.path, item.shape, values));
        if (item.type === 'Group') visit(item);
      }
    };
    visit(file);
    return lines;
  },
  close(file) {
    file.close();
    FS.unlink(name);
  },
});

/** The whole file is fetched and given to h5wasm, which needs no copy of it. */
async function fullDownload({ ready, File }) {
  const library = await ready;
  return {
    ...h5wasmReads(library),
    async open(url) {
      const response = await fetch(url, { cache: 'no-store' });
      if (!response.ok) throw new Error(`${response.status} for ${url}`);
      library.FS.writeFile(name, new Uint8Array(await response.arrayBuffer()), { canOwn: true });
      return new File(name, 'r');
    },
  };
}

/** The file system of h5wasm fetches blocks of 1 MiB when they are read, one after the other, by requests that block: only in a worker. */
async function lazyFile({ ready, File }) {
  const library = await ready;
  return {
    ...h5wasmReads(library),
    open(url) {
      library.FS.createLazyFile('/', name, url, true, false);
      return new File(name, 'r');
    },
  };
}

const sides = { anyfile, fullDownload, lazyFile };

/**
 * A way to read.
 *
 * @param side `anyfile`, `fullDownload` or `lazyFile`
 * @param module what it is made of: `anyfile/hdf5`, or `h5wasm`
 */
export const sideOf = async (side, module) => sides[side](await module);

/** An object as all sides tell it. */
const lineOf = (path, shape, attributes) => `${path} ${shape?.join() ?? ''} ${Object.keys(attributes).length}`;

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The digest of what was read; fsspec_side.py makes the same one. */
async function digestOf(found) {
  const text = Array.isArray(found) ? found.toSorted().join('\n') : String(found);
  const bytes = ArrayBuffer.isView(found) ? found : new TextEncoder().encode(text);
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)));
}

/**
 * Does one thing from a cold start.
 *
 * @param job `{ url, does, … }`, a case with where its file is
 * @returns milliseconds for all, and until the file was open; the digest of what was read
 */
export async function act(side, job) {
  const start = performance.now();
  const file = await side.open(job.url);
  try {
    const openMs = performance.now() - start;
    const found = await side[job.does](file, job);
    const ms = performance.now() - start;
    return { ms, openMs, digest: await digestOf(found) };
  } finally {
    await side.close(file);
  }
}
