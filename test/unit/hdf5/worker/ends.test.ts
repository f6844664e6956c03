// Giving up, and the ends of workers and pages.
import { connectHdf5, serveHdf5, type RemoteHdf5, type WorkerPort } from '../../../../src/worker.ts';
import { memorySource } from '../../../conformance/hdf5-sources.ts';
import { workerFile, written } from '../../../conformance/hdf5-worker-file.ts';
import { equal, ok, rejects, test } from '../../../harness.ts';
import { watched, withRig } from './rig.ts';

/** A source that stands still once it is told to, and keeps the signals of who waits. */
async function standing(): Promise<{
  source: ReturnType<typeof memorySource>;
  stop: () => void;
  stood: Promise<void>;
  signals: AbortSignal[];
}> {
  const signals: AbortSignal[] = [];
  let stands = false;
  let stand = (): void => {};
  const stood = new Promise<void>((resolve) => (stand = resolve));
  // so large, and as it is: each read asks the source itself
  const data = new Uint8Array(0x48_0000).fill(7);
  const inner = memorySource(await written((file) => void file.create_dataset({ name: 'image', data })));
  const source: typeof inner = {
    ...inner,
    read(ranges, options) {
      if (!stands) return inner.read(ranges, options);
      const { signal } = options!;
      signals.push(signal!);
      stand();
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error)));
    },
  };
  return { source, stop: () => void (stands = true), stood, signals };
}

const little = { headBytes: 512, minFetchBytes: 512, maxReadAheadBytes: 0, cacheBytes: 0 };
const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0));

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 2000 && !holds(); i++) await turn();
  ok(holds(), what);
}

test('an abort rejects with its reason itself and ends the work, down to the source', () =>
  withRig(async ({ remote }) => {
    const { source, stop, stood, signals } = await standing();
    const file = await remote.openHdf5(source, little);
    const dataset = await file.dataset('/image');
    stop();
    const controller = new AbortController();
    const reason: unknown = { why: 'another picture' };
    const read = dataset.read({ signal: controller.signal });
    await stood;
    controller.abort(reason);
    await rejects(read, (error: unknown) => error === reason);
    await until(() => signals.every(({ aborted }) => aborted), 'nobody waits for the source');
    equal([signals.length, signals[0]!.reason === reason], [1, true]);
    const { signal } = controller;
    for (const act of [
      () => dataset.slice([], { signal }),
      () => dataset.attrs({ signal }),
      () => file.get('/', { signal }),
      () => file.walk({ signal }).next(),
      () => dataset.blocks({ signal }).next(),
      () => remote.openHdf5(source, { signal }),
    ])
      await rejects(act, (error: unknown) => error === reason);
  }));

test('opening that is given up closes the file', () =>
  withRig(async ({ remote }) => {
    for (let turns = 0; turns < 12; turns++) {
      const source = memorySource(await workerFile());
      const controller = new AbortController();
      const open = remote.openHdf5(source, { signal: controller.signal });
      for (let i = 0; i < turns; i++) await turn();
      controller.abort();
      const opened = await open.catch((error: unknown) => error);
      // or it was quicker
      if (opened !== controller.signal.reason) await (opened as Awaited<typeof open>).close();
      // without a read there was nothing to close yet
      await until(() => source.closed === 1 || source.counts.reads === 0, `closed after ${turns} turns`);
    }
    const file = await remote.openHdf5(await workerFile());
    equal(await (await file.dataset('/one')).read(), 42);
  }));

test('a walk that is given up ends in the worker', () =>
  withRig(async ({ remote }) => {
    const file = await remote.openHdf5(await workerFile());
    const controller = new AbortController();
    const reason = new Error('enough');
    let told = 0;
    const walking = async (): Promise<void> => {
      for await (const _ of file.walk({ signal: controller.signal })) if (++told === 3) controller.abort(reason);
    };
    await rejects(walking, (error) => error === reason);
    equal(told, 3);
  }));

test('remote.close ends what waits, and closes files and sources', () =>
  withRig(async ({ remote }) => {
    const { source, stop, stood } = await standing();
    const file = await remote.openHdf5(source, little);
    const dataset = await file.dataset('/image');
    stop();
    const read = rejects(dataset.read(), 'InvalidArgument');
    const opening = rejects(remote.openHdf5(source), 'InvalidArgument');
    await stood;
    await Promise.all([remote.close(), remote.close()]);
    await Promise.all([read, opening]);
    await rejects(dataset.read(), 'InvalidArgument');
  }));

/** A port whose other side does what it is told. */
class FakePort extends EventTarget implements WorkerPort {
  readonly said: { kind: string; link: string }[] = [];
  terminated = 0;
  postMessage(message: unknown): void {
    this.said.push(message as { kind: string; link: string });
  }
  say(message: object): void {
    this.dispatchEvent(new MessageEvent('message', { data: { anyfile: 'hdf5', protocol: 1, ...message } }));
  }
  terminate(): void {
    this.terminated++;
  }
}

/** With a worker that has answered. */
function ready(): { port: FakePort; remote: RemoteHdf5 } {
  const port = new FakePort();
  const remote = connectHdf5(port);
  port.say({ kind: 'ready', link: port.said[0]!.link });
  return { port, remote };
}

const failure = (): Event => Object.assign(new Event('error'), { message: 'SyntaxError: …' });

test('a worker that cannot be started, or ends, rejects what waits and what comes', async () => {
  const port = new FakePort();
  const remote = connectHdf5(port);
  const early = rejects<Error>(remote.openHdf5('mem://bucket/a.h5'), 'Network');
  await turn();
  port.dispatchEvent(failure());
  const { cause } = await early;
  equal((cause as Error).message, 'SyntaxError: …');
  await rejects(remote.openHdf5('mem://bucket/a.h5'), 'Network');
  await remote.close();
  equal(port.terminated, 1);

  const later = ready();
  const waiting = rejects(later.remote.openHdf5('mem://bucket/a.h5'), 'Network');
  await turn();
  // something else in there: whoever is asked still answers
  later.port.dispatchEvent(failure());
  later.port.dispatchEvent(new Event('messageerror'));
  await waiting;
  const again = rejects(later.remote.openHdf5('mem://bucket/a.h5'), 'Network');
  await turn();
  later.port.dispatchEvent(new Event('close'));
  await again;
  await later.remote.close();
});

test('a worker of another release is told apart', async () => {
  const { port, remote } = ready();
  const waiting = rejects(remote.openHdf5('mem://bucket/a.h5'), 'NotSupported');
  await turn();
  port.say({ kind: 'serving', protocol: 2 });
  await waiting;
  await remote.close();
});

test('it does not matter who is there first, nor what else goes through the port', async () => {
  for (const first of ['page', 'worker', 'open']) {
    const { port1, port2 } = new MessageChannel();
    port2.postMessage('something else');
    port1.postMessage({ anyfile: 'other' });
    if (first === 'worker') {
      serveHdf5(port2);
      // what the worker says before a page listens is lost in a Worker, and here comes twice
      await turn();
    }
    const remote = connectHdf5(port1);
    const opening = remote.openHdf5(await workerFile(), { transfer: true });
    if (first === 'open') for (let i = 0; i < 20; i++) await turn();
    if (first !== 'worker') serveHdf5(port2);
    // once more does nothing
    serveHdf5(port2);
    const file = await opening;
    equal(await (await file.dataset('/one')).read(), 42, first);
    await remote.close();
    port2.close();
  }
});

test('two pages through one port do not disturb each other', async () => {
  const { port1, port2 } = new MessageChannel();
  serveHdf5(watched(port2, { given: [], messages: [] }));
  const remotes = [connectHdf5(port1), connectHdf5(port1)];
  const files = await Promise.all(remotes.map(async (remote) => remote.openHdf5(await workerFile())));
  const [one, two] = await Promise.all(files.map(async (file) => (await file.dataset('/one')).read()));
  equal([one, two], [42, 42]);
  await files[0]!.close();
  equal(await (await files[1]!.dataset('/one')).read(), 42);
  await remotes[0]!.close();
  port2.close();
});

test('no port, no service', async () => {
  for (const odd of [null, {}, 5, { postMessage: 5 }]) {
    await rejects(() => connectHdf5(odd as unknown as WorkerPort), 'InvalidArgument');
    if (odd !== null)
      await rejects(
        () => serveHdf5(odd as unknown as WorkerPort),
        () => true,
      );
  }
});
