/**
 * Opening a copy, and what happens when the handle is closed.
 *
 * What was written is sent to the store first, from the working copy that nobody sees, and takes the copy's place once it is there: others
 * have either version, each in step. What cannot be sent takes the copy's place all the same, as an edit.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { openHandle, type FileHandle } from '../../handle/file-handle.ts';
import { parseOpenMode, type OpenMode } from '../../handle/modes.ts';
import type { DiskEdit } from '../../platform/types.ts';
import type { Body } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { gather } from '../../util/streams.ts';
import { hashChunks } from '../../integrity/hash-chunks.ts';
import { digestOf, prepareHash, type HashName } from '../../integrity/hasher.ts';
import type { Content } from './content.ts';
import { shownKeyOf, type Desk } from './desk.ts';
import { chunksOfEdit } from './disk-io.ts';
import type { Place } from './place.ts';
import { beginEmpty, publish } from './publish.ts';
import { refresh, type Ready, type Want } from './refresh.ts';
import { rescue } from './rescue.ts';
import { send, type Sent } from './send.ts';
import type { CloudObject, OpenCopyOptions } from './types.ts';
import { isVersion, versionOf, type CopyVersion } from './version.ts';

/** What is read into memory so that it can be sent again after a fault. */
const smallBytes = 0x400000;
const TRIES = 10;

/** What is done besides. */
export interface OpenHooks {
  /** A handle uses this copy. */
  used(place: Place): void;
  /** It does not any more. */
  closed(place: Place): Promise<void>;
  /** The handle is no more, or there never was one. */
  over(): Promise<void>;
}

/** See `Copies.open`. */
export async function openCopy(
  desk: Desk,
  object: CloudObject,
  modeText: string,
  options: OpenCopyOptions,
  hooks: OpenHooks,
): Promise<FileHandle> {
  const mode = parseOpenMode(modeText);
  const { access, modifies } = mode;
  const want: Want = { content: access === 'r' || access === 'a', object: objectFor(access), modifies };
  const about = { mode: modeText, encoding: options.encoding, newline: options.newline, name: object.url };
  for (let tries = 1; ; tries++) {
    const ready = await refresh(desk, object, want, options).catch(async (error: unknown) => {
      await hooks.over();
      throw error;
    });
    const { place, stat } = ready.found;
    hooks.used(place);
    try {
      if (!modifies) {
        const file = await place.home.disk.open(place.path, options);
        if (file?.version === stat?.version && file) return openHandle({ file }, { ...about, onClose: () => endOf(hooks, place) });
        await file?.close();
      } else {
        const edit = await beginEdit(ready, want, options);
        if (edit) hooks.used(edit.ready.found.place);
        if (edit) return openForWriting(desk, object, edit.ready, edit.edit, mode, { ...about, options, hooks });
      }
    } catch (error) {
      await endOf(hooks, place);
      throw error;
    }
    await hooks.closed(place);
    if (tries === TRIES) {
      await hooks.over();
      throw new CloudError('the copy is replaced all the time', { code: 'ObjectChanged', retryable: true, key: shownKeyOf(object) });
    }
  }
}

async function endOf(hooks: OpenHooks, place: Place): Promise<void> {
  await hooks.closed(place);
  await hooks.over();
}

const objectFor = (access: OpenMode['access']): Want['object'] => (access === 'x' ? 'none' : access === 'w' ? 'any' : 'needed');

/** A working copy of what was looked at; undefined when that is not there any more. */
async function beginEdit(ready: Ready, want: Want, { signal }: OpenCopyOptions): Promise<{ edit: DiskEdit; ready: Ready } | undefined> {
  const { place, stat } = ready.found;
  const { disk } = place.home;
  if (!want.content) {
    const { edit, found } = await beginEmpty(ready.found, ready.identity, { signal });
    return { edit, ready: { ...ready, found } };
  }
  const edit = await disk.edit(place.path, { from: 'file', signal }).catch((error: unknown) => {
    if (isCloudError(error, 'ObjectChanged') || isCloudError(error, 'NotFound')) return undefined;
    throw error;
  });
  if (edit && (await disk.stat(place.path))?.version === stat?.version) return { edit, ready };
  await edit?.discard();
  return undefined;
}

interface Writing {
  readonly mode: string;
  readonly encoding: string | undefined;
  readonly newline: string | null | undefined;
  readonly name: string;
  readonly options: OpenCopyOptions;
  readonly hooks: OpenHooks;
}

function openForWriting(
  desk: Desk,
  object: CloudObject,
  ready: Ready,
  edit: DiskEdit,
  mode: OpenMode,
  { options, hooks, ...about }: Writing,
): FileHandle {
  const { place } = ready.found;
  const ended = desk.owners.opened(object);
  const keepsEncoding = (mode.access === 'a' || mode.access === 'r') && isStored(object, ready);
  const save = (edited: DiskEdit): Promise<void> => saveEdit(desk, object, ready, edited, options, keepsEncoding);
  const onClose = async (): Promise<void> => {
    ended();
    // The bytes are where they belong by now; what is left of a copy harms nobody.
    await endOf(hooks, place).catch(() => {});
  };
  try {
    return openHandle({ edit }, { ...about, save, onClose });
  } catch (error) {
    ended();
    throw error;
  }
}

async function saveEdit(
  desk: Desk,
  object: CloudObject,
  ready: Ready,
  edit: DiskEdit,
  options: OpenCopyOptions,
  keepsEncoding: boolean,
): Promise<void> {
  const { found, identity, info } = ready;
  const content = contentOf(edit);
  const { sizeBytes } = edit;
  const force = options.forceOverwriteToCloud ?? desk.forceOverwriteToCloud;
  let sent: Sent;
  try {
    const body = async (): Promise<Body> => {
      const chunks = chunksOfEdit(edit, options.signal);
      return sizeBytes <= smallBytes ? gather(chunks, sizeBytes) : chunks;
    };
    const expected = force ? 'any' : info === undefined ? (found.version ?? null) : info;
    const { put, signal } = options;
    sent = await send(object, { body, sizeBytes, content, expected, known: info, put, keepsEncoding, signal });
  } catch (error) {
    throw await rescue(desk, object, { edit, identity, found, version: madeFrom(ready), error });
  }
  desk.owners.saved(object);
  try {
    const version: CopyVersion = { ...sent.version, sizeBytes, crc32c: await content.hash('crc32c') };
    await publish({ edit, identity, found, version, checkedMs: desk.clock() });
  } catch {
    // The object has it all; the copy is another version and will be fetched.
  }
}

/** Whether the copy has the object's bytes as they are stored: else the encoding that stands on the object is not that of the copy. */
function isStored({ store }: CloudObject, { info, found: { stat } }: Ready): boolean {
  if (!info || !Number.isFinite(info.sizeBytes)) return store.capabilities.storedBytes === true;
  return info.sizeBytes === stat?.sizeBytes;
}

/** What an edit was made from: what was in the cloud when it was opened. */
function madeFrom({ found: { version }, info }: Ready): CopyVersion | undefined {
  if (info === null) return undefined;
  return version && (!info || isVersion(version, info)) ? version : info && versionOf(info);
}

/** The bytes of a working copy, hashed once for each hash. */
function contentOf(edit: DiskEdit): Content {
  const hashes = new Map<HashName, Promise<string>>();
  const compute = async (name: HashName): Promise<string> => {
    if (edit.sizeBytes > smallBytes) return hashChunks(name, chunksOfEdit(edit));
    await prepareHash(name);
    return toBase64(digestOf(name, await edit.read(0, edit.sizeBytes)));
  };
  return {
    sizeBytes: edit.sizeBytes,
    hash(name) {
      const known = hashes.get(name) ?? compute(name);
      hashes.set(name, known);
      return known;
    },
  };
}
