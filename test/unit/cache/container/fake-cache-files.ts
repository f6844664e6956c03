/**
 * The files of a disk container, looked at: they hold the container to its layout, and fail on demand.
 *
 * @module
 */
import type { CacheFiles } from '../../../../src/platform/types.ts';
import { decodeUtf8 } from '../../../../src/util/utf8.ts';
import type { Fault } from '../../../conformance/cache-rig.ts';

const FINAL = /^v1\/([\da-f]{16})\/([\da-f]{2})\/([\da-f]{38})\.(\d+|[wo])\.([\da-z]+)$/;
const TEMP = /^v1\/tmp\/\d+-[\da-f]+-\d+$/;

/** The calls that can be made to fail. */
export type FakeCall = Exclude<keyof CacheFiles, 'processId'>;

/** See {@link fakeCacheFiles}. */
export interface FakeFiles {
  readonly files: CacheFiles;
  /** What the container did that the layout forbids. */
  readonly wrong: string[];
  /** How often each call was made. */
  readonly calls: Partial<Record<FakeCall, number>>;
  /** Whether every value was flushed. */
  readonly durable: boolean[];
  /** Makes calls fail: `ENOSPC` and so on as the system would, `null` with null, `never` not at all, `short` by writing less. */
  fail(calls: readonly FakeCall[], name: string): Fault;
  /** Holds all writes up. @returns what lets them go on */
  hold(): () => void;
}

function errorOf(name: string): unknown {
  return name === 'null' ? null : Object.assign(new Error(`${name}: made by a test`), { code: name });
}

/** Looks at what is asked of real files. */
export function fakeCacheFiles(real: CacheFiles): FakeFiles {
  const wrong: string[] = [];
  const durable: boolean[] = [];
  const calls: Partial<Record<FakeCall, number>> = {};
  const faults = new Set<{ on: readonly FakeCall[]; name: string; met: number }>();
  let held: Promise<void> | undefined;
  const heads = new Map<string, { key: string; sizeBytes: number }>();
  const must = (right: boolean, what: string): void => void (right || wrong.push(what));

  /** Throws, or does not settle, when the call is to fail. */
  const meet = (call: FakeCall): 'short' | Promise<never> | undefined => {
    calls[call] = (calls[call] ?? 0) + 1;
    for (const fault of faults) {
      if (!fault.on.includes(call)) continue;
      fault.met++;
      if (fault.name === 'never') return new Promise<never>(() => {});
      if (fault.name === 'short') return 'short';
      throw errorOf(fault.name);
    }
    return undefined;
  };
  const met = <T>(call: FakeCall, task: () => T): T => {
    void meet(call);
    return task();
  };

  const files: CacheFiles = {
    processId: real.processId,
    isAlive: (processId) => real.isAlive(processId),
    // What is not written over shows.
    allocate: (sizeBytes) => real.allocate(sizeBytes).fill(0x5a),
    openSync: (path) => {
      must(FINAL.test(path), `opens ${path}`);
      return met('openSync', () => real.openSync(path));
    },
    readSync: (file, into, at) => met('readSync', () => real.readSync(file, into, at)),
    async read(file, into, at) {
      await meet('read');
      return real.read(file, into, at);
    },
    closeSync: (file) => real.closeSync(file),
    async write(path, parts, flush) {
      const [lead = new Uint8Array(), body = new Uint8Array()] = parts;
      must(TEMP.test(path) && path.startsWith(`v1/tmp/${real.processId}-`), `writes to ${path}`);
      must(parts.length < 3 && decodeUtf8(lead.subarray(0, 4)) === 'AFC1' && lead.length % 512 === 0, 'a head in front');
      const [ns, object, part] = JSON.parse(decodeUtf8(lead.subarray(24))) as [string, string, string | number];
      heads.set(path, { key: `${ns} ${object} ${part}`, sizeBytes: body.length });
      durable.push(flush);
      await held;
      if ((await meet('write')) === 'short') return real.write(path, [lead, body.subarray(0, body.length >> 1)], flush);
      return real.write(path, parts, flush);
    },
    renameSync(from, to) {
      const [, ns, hh, rest, part, size = ''] = FINAL.exec(to) ?? [];
      const head = heads.get(from);
      must(head?.key === `${ns} ${hh}${rest} ${part}` && head.sizeBytes === parseInt(size, 36), `renames ${from} to ${to}`);
      must(real.statSync(from).sizeBytes >= 512 + (head?.sizeBytes ?? 0), `${from} is not whole`);
      met('renameSync', () => real.renameSync(from, to));
    },
    removeSync(path) {
      must(FINAL.test(path) || path.startsWith('v1/tmp/'), `removes ${path}`);
      met('removeSync', () => real.removeSync(path));
    },
    listSync: (folder) => met('listSync', () => real.listSync(folder)),
    statSync: (path) => met('statSync', () => real.statSync(path)),
    touchSync: (path, mtimeMs) => met('touchSync', () => real.touchSync(path, mtimeMs)),
    makeFolderSync: (path) => met('makeFolderSync', () => real.makeFolderSync(path)),
    async removeFolder(path) {
      must(/^v(0|1\/[\da-f]{16})$/.test(path), `removes the folder ${path}`);
      await meet('removeFolder');
      await real.removeFolder(path);
    },
  };
  return {
    files,
    wrong,
    calls,
    durable,
    hold() {
      let release = (): void => {};
      held = new Promise<void>((resolve) => (release = resolve));
      return () => {
        held = undefined;
        release();
      };
    },
    fail(on, name) {
      const fault = { on, name, met: 0 };
      faults.add(fault);
      return { met: () => fault.met, lift: () => void faults.delete(fault) };
    },
  };
}
