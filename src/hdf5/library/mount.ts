/**
 * Folders of the library's file system that nobody else can name.
 *
 * @module
 */
import { randomName } from '../../util/random-name.ts';
import type { EmscriptenFs, FsNode } from './module.ts';

/** Numbers of Emscripten's errors. */
export const errno = { EBADF: 8, EINVAL: 28, EIO: 29, ENOENT: 44, EPERM: 63, EROFS: 69 } as const;

const BLOCK = 4096;

/** A folder that is there. */
export interface Mounted {
  /** Its path, without a slash at the end. */
  readonly path: string;
  readonly root: FsNode;
  /** Takes it away. What the library could not close keeps it. */
  unmount(): void;
}

/** Mount a folder. @param mode its kind and permissions */
export function mountFolder(FS: EmscriptenFs, mode: number, nodeOps: object): Mounted {
  const path = `/${randomName()}`;
  const root = FS.createNode(null, '/', mode, 0);
  root.node_ops = nodeOps;
  root.stream_ops = {};
  FS.mkdir(path);
  FS.mount({ mount: () => root }, {}, path);
  return {
    path,
    root,
    unmount() {
      try {
        FS.unmount(path);
        FS.rmdir(path);
      } catch {
        // a file in it is open yet
      }
    },
  };
}

/** What the system tells of a file or folder. @param size of a file, in bytes; @default a block, for folders */
export function attributesOf({ id, mode }: FsNode, size: number = BLOCK): object {
  const time = new Date(0);
  const times = { atime: time, mtime: time, ctime: time };
  return { dev: 1, ino: id, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size, ...times, blksize: BLOCK, blocks: Math.ceil(size / BLOCK) };
}

/** Where a read or write of a file is to end. @returns undefined before the beginning */
export function seek(position: number, offset: number, whence: number, size: number): number | undefined {
  const to = offset + (whence === 1 ? position : whence === 2 ? size : 0);
  return to < 0 ? undefined : to;
}

/** The bytes of the library's memory that a read or write is about. */
export const viewOf = (buffer: Uint8Array | Int8Array, offset: number, length: number): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset + offset, length);
