/**
 * A file that the library reads and writes, in a folder of its own that nobody else can name.
 *
 * @module
 */
import { toHex } from '../../util/base64.ts';
import type { EmscriptenFs, FsNode, FsStream } from '../library/module.ts';

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

/** Numbers of Emscripten's errors. */
const EINVAL = 28;
const EIO = 29;
const ENOENT = 44;
const EPERM = 63;
const FOLDER = 0o40755;
const FILE = 0o100644;
const BLOCK = 4096;

/** Make a folder. @param name of the file, by which it may link to itself */
export function createWriteFolder(FS: EmscriptenFs, name: string, kept: NowFile): WriteFolder {
  const path = `/${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
  const time = new Date(0);
  let open = 0;
  let failure: { error: unknown } | undefined;
  let isSwallowing = false;
  const fail = (errno: number): Error => new FS.ErrnoError(errno);
  /** Only errors of the file system's own may leave it: others would run through the library's frames and leave all open that it had open. */
  const guarded = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      failure ??= { error };
      throw fail(EIO);
    }
  };
  const viewOf = (buffer: Uint8Array | Int8Array, offset: number, length: number): Uint8Array =>
    new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);

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
      const to = offset + (whence === 1 ? position : whence === 2 ? kept.sizeBytes : 0);
      if (to < 0) throw fail(EINVAL);
      return to;
    },
  };
  const nodeOps = {
    getattr({ id, mode }: FsNode) {
      const size = mode === FILE ? kept.sizeBytes : BLOCK;
      const times = { atime: time, mtime: time, ctime: time };
      return { dev: 1, ino: id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, ...times, blksize: BLOCK, blocks: Math.ceil(size / BLOCK) };
    },
    setattr({ mode }: FsNode, { size }: { size?: number }): void {
      if (mode === FILE && size !== undefined && !isSwallowing) guarded(() => kept.truncate(size));
    },
    lookup(): never {
      throw fail(ENOENT);
    },
    mknod(): never {
      throw fail(EPERM);
    },
    readdir: (): string[] => ['.', '..', name],
  };
  const root = FS.createNode(null, '/', FOLDER, 0);
  root.node_ops = nodeOps;
  root.stream_ops = {};
  FS.mkdir(path);
  FS.mount({ mount: () => root }, {}, path);
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
    remove() {
      try {
        // nobody can be in it when it goes
        FS.chdir('/');
        FS.unmount(path);
        FS.rmdir(path);
      } catch {
        // a file that the library could not close keeps its folder
      }
    },
  };
}
