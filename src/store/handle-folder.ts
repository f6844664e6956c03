/**
 * Things that were dropped on a page, as a folder: handles, entries of the older interface, and plain files side by side.
 *
 * @module
 */

/** What of a handle is used. */
type FileLike = Pick<FileSystemFileHandle, 'kind' | 'name' | 'getFile'>;
type Member = FileLike | FileSystemFileHandle | FileSystemDirectoryHandle;

const missing = (): DOMException => new DOMException('there is no such thing', 'NotFoundError');
const otherKind = (): DOMException => new DOMException('it is of another kind', 'TypeMismatchError');
const fixed = (): DOMException => new DOMException('nothing is put here', 'NotAllowedError');

/** A folder whose members are looked up by functions. Nothing is made or removed in it. */
function folderOf(
  name: string,
  find: (name: string, kind: 'file' | 'directory') => Promise<Member>,
  members: () => AsyncGenerator<readonly [name: string, member: Member], void, undefined>,
): FileSystemDirectoryHandle {
  const refuseToMake = async (wanted: string, kind: 'file' | 'directory', create: boolean | undefined): Promise<Member> => {
    try {
      return await find(wanted, kind);
    } catch (error) {
      if (create && (error as DOMException).name === 'NotFoundError') throw fixed();
      throw error;
    }
  };
  const folder = {
    kind: 'directory',
    name,
    getFileHandle: (wanted: string, o?: FileSystemGetFileOptions) => refuseToMake(wanted, 'file', o?.create),
    getDirectoryHandle: (wanted: string, o?: FileSystemGetDirectoryOptions) => refuseToMake(wanted, 'directory', o?.create),
    entries: members,
    async *keys() {
      for await (const [member] of members()) yield member;
    },
    removeEntry: async () => {
      throw fixed();
    },
  };
  return folder as unknown as FileSystemDirectoryHandle;
}

/** A file as a handle, that is no handle: it is not kept, and not written. */
export const fileMember = (file: File): Member => ({ kind: 'file', name: file.name, getFile: async () => file });

/** A file or folder of the interface that came before handles, which all browsers have. */
export function entryMember(entry: FileSystemEntry): Member {
  if (entry.isFile) {
    const { name } = entry;
    return { kind: 'file', name, getFile: () => new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)) };
  }
  const directory = entry as FileSystemDirectoryEntry;
  const find = (wanted: string, kind: 'file' | 'directory'): Promise<Member> =>
    new Promise((resolve, reject) => {
      const found = (it: FileSystemEntry): void => resolve(entryMember(it));
      if (kind === 'file') directory.getFile(wanted, {}, found, reject);
      else directory.getDirectory(wanted, {}, found, reject);
    });
  return folderOf(entry.name, find, async function* () {
    const reader = directory.createReader();
    // some hundred at a time, none at the end
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return;
      for (const it of some) yield [it.name, entryMember(it)];
    }
  });
}

/** A folder of these. Of the same name, which they may have from different places, the second becomes `a (2).csv`. */
export function folderOfMembers(name: string, members: readonly Member[]): FileSystemDirectoryHandle {
  const byName = new Map<string, Member>();
  for (const member of members) {
    const [, stem = member.name, suffix = ''] = /^(.+?)(\.[^.]*)?$/s.exec(member.name) ?? [];
    let free = member.name;
    for (let i = 2; byName.has(free); i++) free = `${stem} (${i})${suffix}`;
    byName.set(free, member);
  }
  const find = async (wanted: string, kind: 'file' | 'directory'): Promise<Member> => {
    const member = byName.get(wanted);
    if (!member) throw missing();
    if (member.kind !== kind) throw otherKind();
    return member;
  };
  return folderOf(name, find, async function* () {
    yield* byName;
  });
}

export type { Member };
