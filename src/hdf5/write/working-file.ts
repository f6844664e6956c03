/**
 * Where a file is while it is written: beside its target, in a folder for what need not outlive the program, or in memory.
 *
 * @module
 */
import { openScratch } from '#platform';
import type { DiskEdit, DiskEditNow } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { randomName } from '../../util/random-name.ts';
import { createChangedRanges, type ChangedRanges } from './changed-ranges.ts';
import type { ByteRange } from '../types.ts';
import { createMemoryFile } from './memory-file.ts';
import type { TargetPlace } from './target.ts';
import type { NowFile } from './write-folder.ts';

/** What is copied at a time. */
const PIECE_BYTES = 0x10_0000;

/** A file that is written, which nobody sees. */
export interface WorkingFile {
  /** For the library, until {@link settle}. */
  readonly now: NowFile;
  /** What was changed since {@link noteAll}. */
  readonly changed: ChangedRanges;
  /** From now on changes are noted. */
  noteAll(): void;
  /** Ends calls that do not wait. */
  settle(): void;
  /** Bytes [start, end), when it is settled. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Puts it in the place of its target, where it lies beside that. Ends the file. */
  readonly commit: DiskEdit['commit'] | undefined;
  /** Throws it away; more than once, or after a commit, does no harm. */
  discard(): Promise<void>;
}

/** What a working file is made over. */
interface Backing {
  readonly now: DiskEditNow;
  /** At the beginning. */
  readonly sizeBytes: number;
  read(start: number, end: number): Promise<Uint8Array>;
  readonly commit?: DiskEdit['commit'];
  discard(): Promise<void>;
}

function overBacking(backing: Backing): WorkingFile {
  const { now } = backing;
  let changed = createChangedRanges(0);
  let sizeBytes = backing.sizeBytes;
  return {
    now: {
      get sizeBytes() {
        return sizeBytes;
      },
      read: (into, at) => now.read(into, at),
      write(bytes, at) {
        now.write(bytes, at);
        changed.add(at, at + bytes.length);
        sizeBytes = Math.max(sizeBytes, at + bytes.length);
      },
      truncate(size) {
        now.truncate(size);
        changed.cut(size);
        sizeBytes = size;
      },
    },
    get changed() {
      return changed;
    },
    noteAll() {
      changed = createChangedRanges(sizeBytes);
    },
    settle: () => now.close(),
    read: (start, end) => backing.read(start, end),
    commit: backing.commit,
    discard: () => backing.discard(),
  };
}

/** Over a working copy of a disk; undefined where there are no calls that do not wait. */
async function overEdit(edit: DiskEdit, isBeside: boolean): Promise<WorkingFile | undefined> {
  const now = await edit.openNow();
  if (!now) return undefined;
  return overBacking({
    now,
    sizeBytes: edit.sizeBytes,
    read: (start, end) => edit.read(start, end),
    ...(isBeside && { commit: (options) => edit.commit(options) }),
    discard: () => edit.discard(),
  });
}

/** @param over what it is a copy of, and is put into when it is committed */
function inMemory(maxBytes: number, over?: DiskEdit): WorkingFile {
  const file = createMemoryFile(maxBytes);
  let isOpen = true;
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(end - start);
    return bytes.subarray(0, file.read(bytes, start));
  };
  const now: DiskEditNow = {
    read: (into, at) => file.read(into, at),
    write: (bytes, at) => isOpen && file.write(bytes, at),
    truncate: (size) => isOpen && file.truncate(size),
    close: () => void (isOpen = false),
  };
  const discard = async (): Promise<void> => {
    file.close();
    await over?.discard();
  };
  if (!over) return overBacking({ now, sizeBytes: 0, read, discard });
  const commit: DiskEdit['commit'] = async (options) => {
    await over.truncate(0);
    for (const { start, end } of piecesOf(file.sizeBytes)) await over.write(start, await read(start, end));
    return over.commit(options);
  };
  return overBacking({ now, sizeBytes: 0, read, commit, discard });
}

function* piecesOf(sizeBytes: number): Generator<ByteRange> {
  for (let start = 0; start < sizeBytes; start += PIECE_BYTES) yield { start, end: Math.min(start + PIECE_BYTES, sizeBytes) };
}

/**
 * Make a working file of a working copy, with what is in it; where the disk has no calls that do not wait it is in memory until it is committed.
 *
 * @throws CloudError `QuotaExceeded`: more than it may take of memory; the copy is discarded then
 */
export async function openWorkingCopy(
  edit: DiskEdit,
  { maxMemoryBytes, signal }: AbortOptions & { maxMemoryBytes: number },
): Promise<WorkingFile> {
  try {
    const direct = await overEdit(edit, true);
    if (direct) return direct;
    const file = inMemory(maxMemoryBytes, edit);
    for (const { start, end } of piecesOf(edit.sizeBytes)) {
      throwIfAborted(signal);
      file.now.write(await edit.read(start, end), start);
    }
    return file;
  } catch (error) {
    await edit.discard();
    throw error;
  }
}

/** Where a working file may be, and how large. */
export interface WorkingRoom {
  /** Absolute path of the folder for those of targets in stores, where there is a disk. @default the system's for temporary files */
  readonly folder: string | undefined;
  /** Bytes of memory that it may take where there is no disk. */
  readonly maxMemoryBytes: number;
}

/** What a working file begins with. */
export interface WorkingOptions extends AbortOptions {
  /** `file`: what is there, where the target is on a disk; else it is filled by who asks. */
  readonly from: 'empty' | 'file';
  readonly room: WorkingRoom;
}

/** A working file, and whether it has the target's content already. */
export interface OpenedWorking {
  readonly file: WorkingFile;
  readonly hasContent: boolean;
}

/** Make a working file, in the best of places: beside a target on a disk, elsewhere on a disk, in memory. */
export async function openWorkingFile(place: TargetPlace, { from, room, signal }: WorkingOptions): Promise<OpenedWorking> {
  throwIfAborted(signal);
  if (place.local) {
    const { disk, path } = place.local;
    const edit = await disk.edit(path, { from, signal });
    const file = await overEdit(edit, true);
    if (file) return { file, hasContent: from === 'file' };
    await edit.discard();
  } else {
    const { disk, folder } = await openScratch(room.folder);
    const edit = await disk.edit(`${folder}/${randomName()}.h5`, { from: 'empty', signal });
    const file = await overEdit(edit, false);
    if (file) return { file, hasContent: false };
    await edit.discard();
  }
  return { file: inMemory(room.maxMemoryBytes), hasContent: false };
}
