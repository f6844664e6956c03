/**
 * One open file in the worker, as a page calls it: by paths. Values are given away.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { onAbort } from '../../util/abort.ts';
import type { Hdf5Error } from '../errors.ts';
import type { Hdf5Attributes } from '../file/attributes.ts';
import type { Hdf5Dataset } from '../file/dataset.ts';
import type { Hdf5File } from '../file/file.ts';
import type { Hdf5Item } from '../file/items.ts';
import type { Hdf5WalkItem } from '../file/walk.ts';
import { Hdf5Reference } from '../values/reference.ts';
import type { PackedAttributes, PostedItem, PostedTarget, WorkerCalls } from './messages.ts';
import { packValues } from './packed-values.ts';

/** Objects that are kept open for the next call. */
const MOST_ITEMS = 1024;
/** Objects of a walk that go in one message, and how long they are collected, in ms: one message each would cost more than the walk. */
const MOST_WALKED = 256;
const WALK_MS = 20;

interface Walk {
  readonly generator: ReturnType<Hdf5File['walk']>;
  readonly controller: AbortController;
  failed?: { error: unknown } | undefined;
}

/** What a call adds the buffers to that it gives away. */
type Gone = Set<ArrayBuffer>;

/** A call for this file: the same as {@link WorkerCalls}, without the file's number. */
type FileCall<Name extends keyof WorkerCalls> = (
  args: Omit<WorkerCalls[Name][0], 'file'>,
  signal: AbortSignal,
  gone: Gone,
) => Promise<WorkerCalls[Name][1]>;

/** Calls for an open file, by name. */
export type FileCalls = {
  readonly [Name in Exclude<keyof WorkerCalls, 'open' | 'close' | 'closeAll'>]: FileCall<Name>;
};

/** An open file. */
export interface ServedFile {
  readonly file: Hdf5File;
  readonly calls: FileCalls;
  close(): Promise<void>;
}

const packAttributes = (attributes: Hdf5Attributes, gone: Gone): PackedAttributes => packValues(Object.entries(attributes), gone);

async function post(item: Hdf5WalkItem, gone: Gone, withAttributes = false): Promise<PostedItem> {
  const { path } = item;
  if (item.kind === 'unreadable') {
    const { name, message, code, detail } = item.error as Hdf5Error;
    return { kind: 'unreadable', path, error: { name, message, code, detail } };
  }
  if (item.kind === 'link') return { kind: 'link', path, target: item.target, file: item.file };
  const attributes = withAttributes ? packAttributes(await item.attrs(), gone) : undefined;
  if (item.kind === 'group') return { kind: 'group', path, attributes };
  const { dtype, type } = item;
  if (item.kind === 'datatype') return { kind: 'datatype', path, dtype, type, attributes };
  const { shape, maxShape, chunks, filters } = item;
  return { kind: 'dataset', path, shape, maxShape, chunks, dtype, type, filters, attributes };
}

/** Make the calls for an open file. */
export function serveFile(file: Hdf5File): ServedFile {
  const items = new Map<string, Hdf5Item>();
  const walks = new Map<number, Walk>();

  function remember(item: Hdf5Item): void {
    items.delete(item.path);
    items.set(item.path, item);
    for (const path of items.keys()) if (items.size > MOST_ITEMS) items.delete(path);
  }
  async function get(path: string, signal: AbortSignal): Promise<Hdf5Item | null> {
    const item = items.get(path) ?? (await file.get(path, { signal }));
    if (item) remember(item);
    return item;
  }
  async function dataset(path: string, signal: AbortSignal): Promise<Hdf5Dataset> {
    const item = await get(path, signal);
    return item?.kind === 'dataset' ? item : file.dataset(path, { signal });
  }

  async function walked(walk: number, its: Walk, attributes: boolean, gone: Gone): Promise<WorkerCalls['walk'][1]> {
    const found: (readonly [string, PostedItem])[] = [];
    const began = performance.now();
    try {
      if (its.failed) throw its.failed.error;
      while (found.length < MOST_WALKED && performance.now() - began < WALK_MS) {
        const { value, done } = await its.generator.next();
        if (done) {
          walks.delete(walk);
          return { items: found, done };
        }
        const [path, item] = value;
        found.push([path, await post(item, gone, attributes)]);
        // what has attributes gave them away
        if (!attributes && item.kind !== 'unreadable') remember(item);
      }
    } catch (error) {
      // told when its turn comes
      if (found.length === 0) throw error;
      its.failed = { error };
    }
    return { items: found, done: false };
  }
  async function endWalk(walk: number): Promise<void> {
    const its = walks.get(walk);
    walks.delete(walk);
    its?.controller.abort(new CloudError('this walk was ended', { code: 'InvalidArgument', operation: 'walk' }));
    await its?.generator.return().catch(() => {});
  }

  const calls: FileCalls = {
    keys: ({ path }, signal) => file.keys(path, { signal }),
    async get({ path }, signal, gone) {
      const item = await get(path, signal);
      return item && post(item, gone);
    },
    async attributes({ path, name }, signal, gone) {
      const item = await get(path, signal);
      if (!item || item.kind === 'link') return packAttributes({}, gone);
      if (name === undefined) return packAttributes(await item.attrs({ signal }), gone);
      const value = await item.attr(name, { signal });
      return packValues(value === undefined ? [] : [[name, value]], gone);
    },
    async read({ path, as }, signal, gone) {
      return packValues(await (await dataset(path, signal)).read({ as, signal }), gone);
    },
    async slice({ path, ranges, as }, signal, gone) {
      return packValues(await (await dataset(path, signal)).slice(ranges, { as, signal }), gone);
    },
    async chunkMap({ path, ranges }, signal) {
      return (await dataset(path, signal)).chunkMap(ranges, { signal });
    },
    async dereference({ kind, bytes }, signal, gone): Promise<PostedTarget> {
      const found = await file.dereference(new Hdf5Reference(kind, bytes), { signal });
      if (found.kind !== 'region') return { item: await post(found, gone) };
      const { shape, values } = found;
      return { item: await post(found.dataset, gone), region: { shape, values: packValues(values, gone) } };
    },
    async walk({ walk, path, attributes = false, depth }, signal, gone) {
      let its = walks.get(walk);
      if (!its) {
        const controller = new AbortController();
        its = { controller, generator: file.walk({ path, attributes, depth, signal: controller.signal }) };
        walks.set(walk, its);
      }
      const { controller } = its;
      const off = onAbort(signal, () => controller.abort(signal.reason));
      try {
        return await walked(walk, its, attributes, gone);
      } catch (error) {
        walks.delete(walk);
        throw error;
      } finally {
        off();
      }
    },
    endWalk: ({ walk }) => endWalk(walk),
  };
  return {
    file,
    calls,
    async close() {
      items.clear();
      await Promise.all([file.close(), ...[...walks.keys()].map((walk) => endWalk(walk))]);
    },
  };
}
