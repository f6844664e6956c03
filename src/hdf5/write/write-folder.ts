/**
 * A file that the library reads and writes, in a folder of its own that nobody else can name.
 *
 * @module
 */
import type { EmscriptenFs, FsNode, FsStream } from '../library/module.ts';
import { attributesOf, errno, mountFolder, seek, viewOf } from '../library/mount.ts';

/** What the file is kept in. Whatever it throws fails the library's operation and is kept as {@link WriteFolder.failure}. */
export interface NowFile {
  readonly sizeBytes: number;
  /** @returns how many bytes there are: fewer at the end */
  read(into: Uint8Array, at: number): number;
  write(bytes: Uint8Array, at: number): void;
  truncate(sizeBytes: number): void;
}

/** A folder of the library's file system, with one file in it. */
export interface WriteFolder {
  /** Its path, without a slash at the end. */
  readonly path: string;
  /** The file's path. */
  readonly file: string;
  /** What the file was kept in has thrown, the first time; nothing that was written since then is there. */
  readonly failure: { readonly error: unknown } | undefined;
  /** From now on nothing is written: the library is told that it was. For a file that is thrown away. */
  swallow(): void;
  /** How many times the library has the file open at the moment. */
  openFiles(): number;
  /** Takes the folder away. */
  remove(): void;
}

const FOLDER = 0o40755;
const FILE = 0o100644;

/** Make a folder. @param name of the file, by which it may link to itself */
export function createWriteFolder(FS: EmscriptenFs, name: string, kept: NowFile): WriteFolder {
  let open = 0;
  let failure: { error: unknown } | undefined;
  let isSwallowing = false;
  const fail = (code: number): Error => new FS.ErrnoError(code);
  /** Only errors of the file system's own may leave it: others would run through the library's frames and leave all open that it had open. */
  const guarded = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      failure ??= { error };
      throw fail(errno.EIO);
    }
  };

  const streamOps = {
    open(): void {
      open++;
    },
    close(): void {
      open--;
    },
    read: (_: FsStream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number): number =>
      guarded(() => kept.read(viewOf(buffer, offset, length), position)),
    write(_: FsStream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number): number {
      if (!isSwallowing) guarded(() => kept.write(viewOf(buffer, offset, length), position));
      return length;
    },
    llseek({ position }: FsStream, offset: number, whence: number): number {
      const to = seek(position, offset, whence, kept.sizeBytes);
      if (to === undefined) throw fail(errno.EINVAL);
      return to;
    },
  };
  const nodeOps = {
    getattr: (node: FsNode) => attributesOf(node, node.mode === FILE ? kept.sizeBytes : undefined),
    setattr({ mode }: FsNode, { size }: { size?: number }): void {
      if (mode === FILE && size !== undefined && !isSwallowing) guarded(() => kept.truncate(size));
    },
    lookup(): never {
      throw fail(errno.ENOENT);
    },
    mknod(): never {
      throw fail(errno.EPERM);
    },
    readdir: (): string[] => ['.', '..', name],
  };
  const { path, root, unmount } = mountFolder(FS, FOLDER, nodeOps);
  const node = FS.createNode(root, name, FILE, 0);
  node.node_ops = nodeOps;
  node.stream_ops = streamOps;

  return {
    path,
    file: `${path}/${name}`,
    get failure() {
      return failure;
    },
    swallow() {
      isSwallowing = true;
    },
    openFiles: () => open,
    remove: unmount,
  };
}
