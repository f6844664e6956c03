/**
 * Files that the library can open, whose bytes are pages: read-only, in a folder of their own that nobody else can name.
 *
 * @module
 */
import { currentAttempt } from './attempt.ts';
import { checkHeap } from './check-heap.ts';
import type { EmscriptenFs, FsNode, FsStream } from './module.ts';
import { attributesOf, errno, mountFolder, seek, viewOf } from './mount.ts';

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
  /** Takes the folder away. What is still open in it reads nothing any more. */
  remove(): void;
}

const FOLDER = 0o40555;
const FILE = 0o100444;

/**
 * Make a folder.
 *
 * @param onUnknown told of names that the library looks for and that are not known; it has to come again when they are
 */
export function createReadFolder(FS: EmscriptenFs, onUnknown: (name: string) => void): ReadFolder {
  const known = new Map<string, NowReader | null>();
  /** Paths within the folder. */
  const nodes = new Map<string, FsNode>();
  const paths = new WeakMap<FsNode, string>();
  const fail = (code: number): Error => new FS.ErrnoError(code);
  let removed = false;

  const streamOps = {
    read({ node }: FsStream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number): number {
      const attempt = currentAttempt();
      const reader = known.get(paths.get(node)!);
      if (removed || !reader || !attempt) throw fail(errno.EBADF);
      const target = viewOf(buffer, offset, length);
      const count = reader.readNow(target, position);
      if (count < 0) {
        attempt.missed = true;
        throw fail(errno.EIO);
      }
      const heap = checkHeap(target.subarray(0, count), position, reader);
      if (heap === 'sound') return count;
      if (heap === 'missed') attempt.missed = true;
      else attempt.text += `#000: anyfile: the global heap at ${position} is damaged\n`;
      throw fail(errno.EIO);
    },
    write(): never {
      throw fail(errno.EROFS);
    },
    llseek({ node, position }: FsStream, offset: number, whence: number): number {
      const to = seek(position, offset, whence, node.size ?? 0);
      if (to === undefined) throw fail(errno.EINVAL);
      return to;
    },
  };
  const folderOps = {
    // what may be a folder is no file; the number that was given out for it would be lost
    open({ fd }: FsStream): never {
      FS.closeStream(fd);
      throw fail(errno.ENOENT);
    },
  };
  const nodeOps = {
    getattr: (node: FsNode) => attributesOf(node, node.size),
    setattr(): void {},
    lookup(folder: FsNode, name: string): never {
      const attempt = currentAttempt();
      const wanted = (paths.get(folder) ?? '') + name;
      if (attempt && !removed && !known.has(wanted)) {
        attempt.missed = true;
        onUnknown(wanted);
      }
      throw fail(errno.ENOENT);
    },
    readdir: (): string[] => ['.', '..'],
  };
  const { path, root, unmount } = mountFolder(FS, FOLDER, nodeOps);

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
    remove() {
      removed = true;
      known.clear();
      // where the library could not close a file it stays; nothing of its bytes is held
      unmount();
    },
  };
}
