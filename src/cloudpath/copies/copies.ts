/**
 * The copies of one client: which folder, which mode, and the calls.
 *
 * @module
 */
import type { CloudError } from '../../errors.ts';
import { unsignedUrl } from '../../cache/identity.ts';
import { InvalidConfigurationError } from '../../cache/object/errors.ts';
import { cachePolicy, type CachePolicy } from '../../cache/object/policy.ts';
import type { FileHandle } from '../../handle/file-handle.ts';
import type { DataOf } from '../../handle/modes.ts';
import type { StoreContext } from '../../store/context.ts';
import { warn } from '../../store/warn.ts';
import type { CacheMode, CacheOptions, Clock } from '../../types.ts';
import { clearCopies, clearPlace, countCopies, unsavedEdits, type Unsaved } from './clear.ts';
import { createUses, identityOf, type Desk } from './desk.ts';
import { roomOf } from './home.ts';
import { openCopy, type OpenHooks } from './open-copy.ts';
import { openHome, type OpenHome } from './open-home.ts';
import { Owners } from './owners.ts';
import { findCopy, type Place } from './place.ts';
import { hasKept } from './publish.ts';
import { refresh } from './refresh.ts';
import type { CloudObject, Copies } from './types.ts';
import { uploadCopy } from './upload-copy.ts';

/** How the copies of a client are made. */
export interface CopiesOptions {
  /** Of the client; absent: copies stay until the client is closed. */
  cache?: CacheOptions | undefined;
  /** A variable of the environment. */
  env(name: string): string | undefined;
  /** @default Date.now */
  clock?: Clock | undefined;
  /** Told of edits that are lost with a folder that goes. */
  warn?: ((warning: CloudError) => void) | undefined;
}

/** Without options nothing outlives the client, unless the environment says where. */
function policyOf({ cache, env }: CopiesOptions): CachePolicy {
  const policy = cachePolicy(cache, env);
  const unasked = !cache && policy.dir === undefined && policy.mode === 'persistent';
  return unasked ? { ...policy, mode: 'tmp_dir' } : policy;
}

interface Opened extends OpenHome {
  readonly desk: Desk;
  readonly mode: CacheMode;
}

async function openAll(options: CopiesOptions, owners: Owners): Promise<Opened> {
  const { cache, clock = Date.now } = options;
  const { mode, dir, encrypt, freshness, forceOverwriteFromCloud, forceOverwriteToCloud } = policyOf(options);
  const opened = await openHome({ container: cache?.container, encrypt, dir, lasting: mode === 'persistent' });
  const { home } = opened;
  const desk: Desk = { home, freshness, clock, owners, forceOverwriteFromCloud, forceOverwriteToCloud, uses: createUses() };
  return { ...opened, desk, mode };
}

/** Makes the copies of a client. Does nothing yet. */
export function createCopies(options: CopiesOptions): Copies {
  const owners = new Owners();
  /** Whose copies go with them. */
  const users = new WeakMap<object, { user: object; places: Map<string, Place> }>();
  let opening: Promise<Opened> | undefined;
  const open = (): Promise<Opened> => {
    const started = (opening ??= openAll(options, owners));
    started.catch(() => {
      if (opening === started) opening = undefined;
    });
    return started;
  };

  /** Nothing was put into a folder that is this client's alone. */
  const isEmpty = (): boolean => !opening && policyOf(options).mode !== 'persistent';

  const userOf = (object: CloudObject): { user: object; places: Map<string, Place> } => {
    const owner = object.owner ?? object;
    let entry = users.get(owner);
    if (!entry) users.set(owner, (entry = { user: {}, places: new Map() }));
    return entry;
  };
  const use = ({ mode, desk }: Opened, object: CloudObject, place: Place): void => {
    if (mode !== 'cloudpath_object') return;
    const { user, places } = userOf(object);
    places.set(place.path, place);
    desk.uses.begin(place, user);
  };
  /** Edits in folders of handles. */
  const left: (Unsaved & { dir: string })[] = [];
  const hooksFor = (opened: Opened, desk: Desk, object: CloudObject): OpenHooks => {
    const { mode } = opened;
    const short = mode === 'close_file' || mode === 'off';
    const handle = {};
    let stayed = false;
    return {
      used: (place) => (short ? desk.uses.begin(place, handle) : use(opened, object, place)),
      async closed(place) {
        if (short && desk.uses.end(place, handle)) stayed = (await clearPlace(place, false)) === 'kept';
      },
      async over() {
        const { home, lasting } = desk;
        // An edit that could not be put elsewhere stays, and so does all until the process or the page ends.
        if (lasting && stayed) left.push({ url: unsignedUrl(object.url), dir: home.dir });
        else if (lasting) await home.disk.removeDirectory(home.dir, { recursive: true }).catch(() => {});
      },
    };
  };
  /** In mode `off` every handle has a folder of its own. */
  const deskFor = async ({ mode, desk }: Opened): Promise<Desk> => {
    if (mode !== 'off') return desk;
    const home = { ...desk.home, dir: `${desk.home.dir}/${crypto.randomUUID()}` };
    await home.disk.makeDirectory(roomOf(home));
    return { ...desk, home, lasting: desk.home };
  };

  return {
    async open<const Mode extends string>(object: CloudObject, mode: Mode, o = {}) {
      const opened = await open();
      const desk = await deskFor(opened);
      const handle = await openCopy(desk, object, mode, o, hooksFor(opened, desk, object));
      return handle as FileHandle<DataOf<Mode>>;
    },

    async localPath(object, o = {}) {
      const opened = await open();
      if (opened.mode === 'off') throw new InvalidConfigurationError('the cache is off, so there is no local copy', { url: object.url });
      const { found } = await refresh(opened.desk, object, { content: true, object: 'any', modifies: false }, o);
      if (opened.mode === 'close_file') opened.desk.uses.begin(found.place, opened.desk);
      else use(opened, object, found.place);
      return found.place.path;
    },

    upload: async (object, source, o = {}) => uploadCopy((await open()).desk, object, source, o),

    async holds(object, path) {
      if (isEmpty()) return false;
      const { desk } = await open();
      return (await findCopy(desk.home, await identityOf(object), {})).place.path === path;
    },

    isDirty: (object) => owners.isWriting(object) || owners.isUnsaved(object),

    async drop(what, o = {}) {
      if (isEmpty()) return;
      const { desk } = await open();
      if ('store' in what) {
        const { place } = await findCopy(desk.home, await identityOf(what), o);
        await clearPlace(place, false);
      } else await clearCopies(desk.home, { ...o, prefix: what.prefix });
    },

    async release(object) {
      const entry = users.get(object.owner ?? object);
      if (!entry || !opening) return;
      const { desk } = await open();
      const places = [...entry.places.values()];
      entry.places.clear();
      for (const place of places) if (desk.uses.end(place, entry.user)) await clearPlace(place, false);
    },

    async clear(o = {}) {
      if (isEmpty()) return 0;
      const { desk } = await open();
      const { removed, kept } = await clearCopies(desk.home, o);
      if (o.discardUnsaved && o.prefix === undefined && !o.namespaces)
        for (const dir of [`${roomOf(desk.home)}/kept`, ...left.splice(0).map(({ dir: folder }) => folder)])
          await desk.home.disk.removeDirectory(dir, { recursive: true }).catch(() => {});
      const unsaved = [...kept, ...left];
      if (unsaved.length) throw unsavedEdits(unsaved);
      return removed;
    },

    stats: async (o = {}) => (isEmpty() ? { copies: 0, copyBytes: 0 } : countCopies((await open()).desk.home, o)),

    async close() {
      if (!opening) return;
      const closing = open();
      opening = undefined;
      const opened = await closing.catch(() => undefined);
      if (!opened || opened.lasting) return;
      const { kept } = await clearCopies(opened.home, {});
      const unsaved: Unsaved[] = [...kept, ...left];
      if (!unsaved.length && (await hasKept(opened.home))) unsaved.push({ url: `${roomOf(opened.home)}/kept` });
      // The folder goes with the process or the page at the latest; until then there is a way to the edits.
      if (unsaved.length) options.warn?.(unsavedEdits(unsaved));
      else await opened.end();
    },
  };
}

/** The copies of a client, made once. */
export const copiesOf = (context: StoreContext): Copies =>
  context.shared('copies', () => {
    const { options, clock } = context;
    const copies = createCopies({
      cache: options.cache,
      env: (name) => context.env(name),
      clock,
      warn: (warning) => warn(context, warning),
    });
    context.onClose(() => copies.close());
    return copies;
  });
