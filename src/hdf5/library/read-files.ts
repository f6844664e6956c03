/**
 * Files that the library can open, whose bytes are pages: read-only, in a folder of their own that nobody else can name.
 *
 * @module
 */
import { toHex } from '../../util/base64.ts';
import { currentAttempt } from './attempt.ts';
import { checkHeap } from './check-heap.ts';
import type { EmscriptenFs, FsNode, FsStream } from './module.ts';

/** What a file of the folder is read by: as many bytes as there are, or -1 when they are not here. */
export interface NowReader {
  readonly byteLength: number;
  readNow(target: Uint8Array, at: number): number;
}

/** A folder of the library's file system. */
export interface ReadFolder {
  /** Its path, without a slash at the end. */
  readonly path: string;
  /**
   * Puts a file into it. Where there is none of that name, null: then it may be a folder, of which the next name is looked for; stores do not
   * tell folders from nothing.
   */
  add(name: string, reader: NowReader | null): void;
  /** How many times the library has files of it open at the moment. */
  openFiles(): number;
  /** Takes the folder away. What is still open in it reads nothing any more. */
  remove(): void;
}

/** Numbers of Emscripten's errors. */
const EBADF = 8;
const EINVAL = 28;
const EIO = 29;
const ENOENT = 44;
const EROFS = 69;
const FOLDER = 0o40555;
const FILE = 0o100444;
const BLOCK = 4096;

/**
 * Make a folder.
 *
 * @param onUnknown told of names that the library looks for and that are not known; it has to come again when they are
 */
export function createReadFolder(FS: EmscriptenFs, onUnknown: (name: string) => void): ReadFolder {
  const path = `/${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
  const known = new Map<string, NowReader | null>();
  /** Paths within the folder. */
  const nodes = new Map<string, FsNode>();
  const paths = new WeakMap<FsNode, string>();
  let open = 0;
  const fail = (errno: number): Error => new FS.ErrnoError(errno);
  const time = new Date(0);
  let removed = false;

  const streamOps = {
    open(): void {
      open++;
    },
    close(): void {
      open--;
    },
    read({ node }: FsStream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number): number {
      const attempt = currentAttempt();
      const reader = known.get(paths.get(node)!);
      if (removed || !reader || !attempt) throw fail(EBADF);
      const target = new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
      const count = reader.readNow(target, position);
      if (count < 0) {
        attempt.missed = true;
        throw fail(EIO);
      }
      const heap = checkHeap(target.subarray(0, count), position, reader);
      if (heap === 'sound') return count;
      if (heap === 'missed') attempt.missed = true;
      else attempt.text += `#000: anyfile: the global heap at ${position} is damaged\n`;
      throw fail(EIO);
    },
    write(): never {
      throw fail(EROFS);
    },
    llseek({ node, position }: FsStream, offset: number, whence: number): number {
      const to = offset + (whence === 1 ? position : whence === 2 ? (node.size ?? 0) : 0);
      if (to < 0) throw fail(EINVAL);
      return to;
    },
  };
  const folderOps = {
    // what may be a folder is no file; the number that was given out for it would be lost
    open({ fd }: FsStream): never {
      FS.closeStream(fd);
      throw fail(ENOENT);
    },
  };
  const nodeOps = {
    getattr({ id, mode, size = BLOCK }: FsNode) {
      const times = { atime: time, mtime: time, ctime: time };
      return { dev: 1, ino: id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, ...times, blksize: BLOCK, blocks: Math.ceil(size / BLOCK) };
    },
    setattr(): void {},
    lookup(folder: FsNode, name: string): never {
      const attempt = currentAttempt();
      const wanted = (paths.get(folder) ?? '') + name;
      if (attempt && !removed && !known.has(wanted)) {
        attempt.missed = true;
        onUnknown(wanted);
      }
      throw fail(ENOENT);
    },
    readdir: (): string[] => ['.', '..'],
  };
  const root = FS.createNode(null, '/', FOLDER, 0);
  root.node_ops = nodeOps;
  root.stream_ops = {};
  FS.mkdir(path);
  FS.mount({ mount: () => root }, {}, path);

  return {
    path,
    add(name, reader) {
      known.set(name, reader);
      const cut = name.lastIndexOf('/');
      const node = FS.createNode(nodes.get(name.slice(0, Math.max(cut, 0))) ?? root, name.slice(cut + 1), reader ? FILE : FOLDER, 0);
      node.node_ops = nodeOps;
      node.stream_ops = reader ? streamOps : folderOps;
      if (reader) node.size = reader.byteLength;
      nodes.set(name, node);
      paths.set(node, reader ? name : `${name}/`);
    },
    openFiles: () => open,
    remove() {
      removed = true;
      known.clear();
      try {
        FS.unmount(path);
        FS.rmdir(path);
      } catch {
        // a file that the library could not close keeps its folder; nothing of its bytes is held
      }
    },
  };
}
