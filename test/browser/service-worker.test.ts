// A real service worker over versitygw: this file is the worker's script, the page's and a web worker's too, by what its URL asks for.
import { openS3Store } from '../../src/s3.ts';
import { registerServiceWorker, s3Driver, serveMounts, signerDriver } from '../../src/service-worker.ts';
import type { Mount, MountSource, ServiceWorkerHandle } from '../../src/service-worker.ts';
import { env, need, uniqueName } from '../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { pattern } from '../servers/fixture/client.ts';
import { SIGNED, signedFolder } from './service-worker-rig.ts';

const script = (role: string): string => `${import.meta.url.replace(/[?#].*/, '')}?role=${role}`;

/** What a web worker tells of a fetch. */
interface Told {
  status: number;
  url: string;
  bytes: ArrayBuffer;
  entries: string[];
}

/** A frame's realm, where pages are that the worker controls. */
type Realm = typeof globalThis & { register?: typeof registerServiceWorker; touched?: boolean };

const entriesOf = (realm: { performance: Performance }): string[] => realm.performance.getEntries().map((entry) => JSON.stringify(entry));

const roles: Record<string, () => void> = {
  serve() {
    serveMounts({ drivers: [s3Driver, signerDriver], askTimeoutMs: 1000 });
    globalThis.addEventListener('message', ({ data, ports: [port] }: MessageEvent) => {
      if (data === 'entries') port?.postMessage(entriesOf(globalThis));
    });
  },
  page: () => void ((globalThis as Realm).register = registerServiceWorker),
  fetcher() {
    globalThis.addEventListener('message', async ({ data }: MessageEvent<{ url: string; range: string }>) => {
      const response = await fetch(data.url, { headers: { range: data.range } });
      const told: Told = {
        status: response.status,
        url: response.url,
        bytes: await response.arrayBuffer(),
        entries: entriesOf(globalThis),
      };
      (globalThis.postMessage as (message: unknown) => void)(told);
    });
  },
};
roles[new URL(import.meta.url).searchParams.get('role') ?? '']?.();

const pauseMs = 20;
const pause = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, pauseMs));

/** A page within the scope of the worker's script. */
async function openFrame(): Promise<{ element: HTMLIFrameElement; realm: Realm; worker: ServiceWorkerHandle }> {
  const element = document.createElement('iframe');
  element.src = new URL('__frame.html', import.meta.url).href;
  const loaded = new Promise((resolve) => (element.onload = resolve));
  document.body.append(element);
  await loaded;
  const realm = element.contentWindow as unknown as Realm;
  const page = realm.document.createElement('script');
  Object.assign(page, { type: 'module', src: script('page') });
  realm.document.head.append(page);
  while (!realm.register) await pause();
  const worker = await realm.register(script('serve'));
  await worker.ready();
  return { element, realm, worker };
}

/** By this page, which goes on: what a frame does may never end once it is removed. */
async function unregister(scope: string): Promise<void> {
  await (await navigator.serviceWorker.getRegistration(new URL(scope, import.meta.url)))?.unregister();
}

type Frame = Awaited<ReturnType<typeof openFrame>>;

/** A controlled page, for as long as `use` takes. */
async function withFrame(use: (frame: Frame) => Promise<void>): Promise<void> {
  if (env().worker) skip('a web worker registers no service worker');
  const frame = await openFrame();
  try {
    await use(frame);
  } finally {
    frame.element.remove();
    await unregister('.');
  }
}

/** Fetches for a page, and remembers all that anybody else could see of it. */
function watch(realm: Realm): {
  urls: string[];
  get(url: string, init?: RequestInit): Promise<Response>;
  /** With what the worker's own performance entries are. */
  check(more?: unknown): Promise<void>;
  stop(): void;
} {
  const messages: unknown[] = [];
  const channel = new BroadcastChannel('anyfile:mounts');
  channel.onmessage = ({ data }) => messages.push(data);
  const urls: string[] = [];
  return {
    urls,
    stop: () => channel.close(),
    async get(url, init = {}) {
      const response = await realm.fetch(url, init);
      urls.push(response.url);
      return response;
    },
    async check(more) {
      const { port1, port2 } = new MessageChannel();
      const own = new Promise<string[]>((resolve) => (port1.onmessage = ({ data }: MessageEvent<string[]>) => resolve(data)));
      realm.navigator.serviceWorker.controller!.postMessage('entries', [port2]);
      ok(messages.length >= 4, 'messages were heard');
      ok(entriesOf(realm).length > 2, 'performance entries were seen');
      const seen = [urls, more, entriesOf(realm), await own, messages, await realm.caches.keys()];
      equal(SIGNED.exec(JSON.stringify(seen))?.[0], undefined, 'what was seen');
    },
  };
}

interface Rig extends Frame {
  source: MountSource;
  mount: Mount;
  put(key: string, body: Uint8Array | Blob | string, contentType: string): Promise<void>;
}

/** A controlled page with a mount of a folder in versitygw. */
const withRig = (use: (rig: Rig) => Promise<void>): Promise<void> =>
  withFrame(async (frame) => {
    const { endpoint, region, bucket, ...credentials } = need('versitygw');
    const folder = `${uniqueName('sw')}/`;
    const store = openS3Store({ endpoint, region, bucket, credentials });
    const source = { url: `s3://${bucket}/${folder}`, endpoint, region, credentials };
    const mount = await frame.worker.mount(source);
    const put: Rig['put'] = async (key, body, contentType) => void (await store.put(folder + key, body, { contentType }));
    await use({ ...frame, source, mount, put });
    await mount.close();
  });

const content = pattern(200_000);

test('private objects in fetch, in images and in a web worker; no signature is seen anywhere', () =>
  withRig(async ({ realm, mount, source, worker, put }) => {
    const { get, urls, check, stop } = watch(realm);
    try {
      for (const key of ['data.bin', 'a b/ü+é%.bin']) await put(key, content, 'application/x-data');
      for (const key of ['data.bin', 'a b/ü+é%.bin']) {
        const whole = await get(mount.url(key));
        equal([whole.status, whole.headers.get('content-type')], [200, 'application/x-data'], key);
        sameBytes(await whole.arrayBuffer(), content, key);
      }
      for (const [range, from, to] of [
        ['bytes=1000-1999', 1000, 2000],
        ['bytes=199000-', 199_000, 200_000],
        ['bytes=-100', 199_900, 200_000],
      ] as const) {
        const part = await get(mount.url('data.bin'), { headers: { range } });
        equal([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${to - 1}/200000`], range);
        sameBytes(await part.arrayBuffer(), content.subarray(from, to), range);
      }
      const head = await get(mount.url('data.bin'), { method: 'HEAD' });
      equal([head.status, head.headers.get('content-length')], [200, '200000']);
      equal((await get(mount.url('data.bin'), { headers: { range: 'bytes=200000-' } })).status, 416);
      equal((await get(mount.url('none'))).status, 404);
      equal((await get(mount.url('data.bin'), { method: 'PUT', body: 'x' })).status, 405);
      equal((await get('/anyfile/unknown/data.bin')).status, 401);

      const canvas = realm.document.createElement('canvas');
      Object.assign(canvas, { width: 32, height: 24 });
      const context = canvas.getContext('2d')!;
      context.fillStyle = 'rgb(10 200 30)';
      context.fillRect(0, 0, 32, 24);
      await put('green.png', await new Promise<Blob>((resolve) => canvas.toBlob((blob) => resolve(blob!))), 'image/png');
      const image = realm.document.createElement('img');
      image.src = mount.url('green.png');
      await image.decode();
      equal([image.naturalWidth, image.naturalHeight], [32, 24]);
      context.clearRect(0, 0, 32, 24);
      context.drawImage(image, 0, 0);
      equal([...context.getImageData(5, 5, 1, 1).data], [10, 200, 30, 255]);
      urls.push(image.currentSrc);

      const fetcher = new realm.Worker(script('fetcher'), { type: 'module' });
      const told = await new Promise<Told>((resolve, reject) => {
        fetcher.onmessage = ({ data }: MessageEvent<Told>) => resolve(data);
        fetcher.onerror = () => reject(new Error('the web worker failed'));
        fetcher.postMessage({ url: mount.url('data.bin'), range: 'bytes=7-99' });
      });
      fetcher.terminate();
      equal(told.status, 206);
      sameBytes(told.bytes, content.subarray(7, 100));

      const wrong = { accessKeyId: 'nobody', secretAccessKey: 'nothing' };
      const second = await worker.mount({ ...source, credentials: wrong });
      equal((await get(second.url('data.bin'))).status, 403);
      equal((await get(mount.url('data.bin'), { headers: { range: 'bytes=0-0' } })).status, 206);
      await second.close();
      equal((await get(second.url('data.bin'))).status, 401);

      await check([told.url, told.entries]);
    } finally {
      stop();
    }
  }));

test('without a key in the page: the worker asks the signer of the app with its login, and no signature is seen anywhere', () =>
  withFrame(async ({ realm, worker }) => {
    const signed = signedFolder();
    await signed.put('a b/ü+é.bin', content);
    await signed.put('not-for-ann/a', content);
    let user: string | undefined = 'ann';
    const headers = async (): Promise<Record<string, string>> => (user ? { authorization: `Bearer ${user}` } : {});
    const { get, check, stop } = watch(realm);
    try {
      const mount = await worker.mount({ ...signed.source, signer: { url: signed.signerUrl, headers } });
      const whole = await get(mount.url('a b/ü+é.bin'));
      equal(whole.status, 200);
      sameBytes(await whole.arrayBuffer(), content);
      for (const from of [5, 100_000]) {
        const part = await get(mount.url('a b/ü+é.bin'), { headers: { range: `bytes=${from}-${from + 9}` } });
        equal([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${from + 9}/200000`]);
        sameBytes(await part.arrayBuffer(), content.subarray(from, from + 10));
      }
      equal((await signed.seen()).posts, 1, 'ranges need no signature of their own');
      const refused = await get(mount.url('not-for-ann/a'));
      equal([refused.status, await refused.json()], [403, { code: 'PermissionDenied', message: 'the signer refuses' }]);
      equal((await signed.seen()).posts, 2, 'who is refused is not asked for again');
      user = undefined;
      equal((await get(mount.url('another'))).status, 401);
      user = 'ann';
      equal((await get(mount.url('another'))).status, 404);
      await mount.close();
      equal((await get(mount.url('a b/ü+é.bin'))).status, 401);
      await check();
    } finally {
      stop();
    }
  }));

test('an object is no document, no frame and no script of the app', () =>
  withRig(async ({ realm, mount, put }) => {
    await put('page.html', '<script>parent.touched = true</script>', 'text/html');
    await put('script.js', 'touched = true', 'text/javascript');
    const load = (element: HTMLIFrameElement | HTMLScriptElement): Promise<string> => {
      const ended = new Promise<string>((resolve) => {
        element.onload = () => resolve('load');
        element.onerror = () => resolve('error');
      });
      realm.document.body.append(element);
      return ended;
    };
    const inner = realm.document.createElement('iframe');
    inner.src = mount.url('page.html');
    await load(inner);
    const code = realm.document.createElement('script');
    code.src = mount.url('script.js');
    equal(await load(code), 'error');
    equal(realm.touched, undefined);
    equal(await (await realm.fetch(mount.url('script.js'))).text(), 'touched = true');
  }));

test('a page that goes takes its mounts along', () =>
  withRig(async ({ realm, source, put }) => {
    await put('a', 'of another page', 'text/plain');
    const other = await openFrame();
    const mount = await other.worker.mount(source);
    const url = new URL(mount.url('a'), location.href).href;
    equal(await (await realm.fetch(url)).text(), 'of another page');
    other.element.remove();
    while ((await realm.fetch(url)).status !== 401) await pause();
  }));

test('what is no service worker, or controls another place, is told', async () => {
  if (env().worker) skip('a web worker registers no service worker');
  await rejects(registerServiceWorker(new URL('none.js', import.meta.url)), 'NotSupported');
  await rejects(registerServiceWorker('https://elsewhere.example/sw.js'), 'NotSupported');
  const elsewhere = await registerServiceWorker(script('serve'), { scope: new URL('elsewhere/', import.meta.url).href });
  try {
    await rejects(elsewhere.ready({ timeoutMs: 200 }), 'Timeout');
    const reason = new Error('enough');
    equal(await rejects(elsewhere.ready({ signal: AbortSignal.abort(reason) }), () => true), reason);
  } finally {
    await unregister('elsewhere/');
  }
});
