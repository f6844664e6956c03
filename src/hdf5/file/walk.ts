/**
 * Going through all objects below a group, with few waits: what comes next is fetched while what came before is looked at.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';
import { CloudError } from '../../errors.ts';
import { linkSignals, throwIfAborted } from '../../util/abort.ts';
import { readAttributes } from './attributes.ts';
import { addressNow, identityNow, isLinkNow } from './address.ts';
import { tryPlan, type FileContext } from './context.ts';
import { findNow } from './find.ts';
import { Hdf5Error } from '../errors.ts';
import { makeItem, type Hdf5Item } from './items.ts';
import { childPath } from './paths.ts';
import { Hdf5Unreadable } from './unreadable.ts';

/** What a walk is told. */
export interface WalkOptions extends AbortOptions {
  /** Reads the attributes of each object along; `attrs()` of what is yielded has them then. @default false */
  attributes?: boolean | undefined;
  /** How many levels are gone down, 1 for what is in the group itself. @default all */
  depth?: number | undefined;
}

/** What a walk comes by. */
export type Hdf5WalkItem = Hdf5Item | Hdf5Unreadable;

/** What is read of an object's header in advance: enough for most. */
const HEADER_BYTES = 768;
/** Objects that are opened before they are asked for, at most. */
const MOST_AHEAD = 8192;
/** Names of one group that are opened together. */
const BATCH = 4096;
/** Names of which the library is asked at a time, before the thread is given away. */
const PIECE = 64;

/** Where an object is; nothing for links. */
interface Place {
  readonly identity?: number;
  readonly address?: number | undefined;
}

interface Node {
  readonly path: string;
  readonly item: Hdf5WalkItem;
  /** Whether it is a group that is gone into. */
  readonly isOpen: boolean;
  /** Levels below the group that the walk is of. */
  readonly level: number;
  children?: Promise<Node[]> | undefined;
}

/**
 * Go through everything below a group, parents before what is in them. An object is told under each of its names, what soft and external links
 * lead to as well; but each group is gone into once, and through no link: groups may hold themselves.
 */
export async function* walk(
  context: FileContext,
  root: string,
  options: WalkOptions = {},
): AsyncGenerator<[path: string, item: Hdf5WalkItem], void, undefined> {
  const { engine, objects } = context;
  const { attributes = false, depth = Infinity } = options;
  const life = linkSignals(options.signal);
  const { signal } = life;
  /** Groups that are gone into. */
  const entered = new Set<number>();
  let ahead = 0;

  async function openBatch(paths: readonly string[], level: number): Promise<Node[]> {
    const work = engine.begin();
    try {
      // neither asks for the object's header, which would be one miss after the other
      const places: Place[] = [];
      for (let from = 0; from < paths.length; from += PIECE) {
        const piece = paths.slice(from, from + PIECE);
        const found = await engine.run(
          (module, file) =>
            piece.map((path): Place => {
              try {
                if (path !== root && isLinkNow(module, file, path)) return {};
                return { identity: identityNow(module, file, path), address: addressNow(module, file, path, context) };
              } catch (error) {
                // told when it is opened
                if (error instanceof Hdf5Error) return {};
                throw error;
              }
            }),
          { signal, work },
        );
        places.push(...found);
      }
      await tryPlan(context, work, signal, (look) =>
        look.ensure(places.flatMap(({ address: at }) => (at === undefined ? [] : [{ start: at, end: at + HEADER_BYTES }]))),
      );
      return await Promise.all(
        paths.map(async (path, i): Promise<Node> => {
          try {
            const found = await engine.run((module, file) => findNow(module, file, path, context), { signal, work });
            if (!found && path === root) throw new CloudError(`${path} is not there`, { code: 'NotFound', operation: 'walk' });
            if (!found) throw new Hdf5Error(`${path} is listed and not there: its name may be no UTF-8`);
            const { identity, address } = places[i]!;
            const its = attributes && found.kind !== 'link' ? await readAttributes(context, path, { signal, address }) : undefined;
            const item = await makeItem(context, path, found, work, { signal, attributes: its });
            const isOpen = found.kind === 'group' && level < depth && identity !== undefined && !entered.has(identity);
            if (isOpen) entered.add(identity);
            return { path, item, isOpen, level };
          } catch (error) {
            throwIfAborted(signal);
            // one that is odd does not hide the others
            if (error instanceof Hdf5Error && path !== root) return { path, item: new Hdf5Unreadable(path, error), isOpen: false, level };
            throw error;
          }
        }),
      );
    } finally {
      work.end();
    }
  }

  async function expand({ path, level }: Node): Promise<Node[]> {
    const names = await objects.keys(path, { signal });
    const nodes: Node[] = [];
    for (let from = 0; from < names.length; from += BATCH) {
      const batch = names.slice(from, from + BATCH).map((name) => childPath(path, name));
      nodes.push(...(await openBatch(batch, level + 1)));
    }
    for (const node of nodes) if (node.isOpen && ahead < MOST_AHEAD) void open(node);
    return nodes;
  }
  function open(node: Node): Promise<Node[]> {
    if (!node.children) {
      ahead++;
      node.children = expand(node);
      // told when its turn comes
      node.children.catch(() => {});
    }
    return node.children;
  }
  async function* below(node: Node): AsyncGenerator<[string, Hdf5WalkItem]> {
    const children = await open(node);
    ahead--;
    for (const child of children) {
      throwIfAborted(signal);
      yield [child.path, child.item];
      if (!child.isOpen) continue;
      yield* below(child);
      child.children = undefined;
    }
  }

  try {
    const [top] = await openBatch([root], 0);
    if (top?.isOpen) yield* below(top);
  } finally {
    // nobody waits for what was begun in advance
    life.abort(new CloudError('the walk has ended', { code: 'InvalidArgument', operation: 'walk' }));
    life.unlink();
  }
}
