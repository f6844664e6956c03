/**
 * Sockets that read into memory which is used again.
 *
 * Node makes 64 KiB for each read of a socket, which the garbage collection finds late: what moves hundreds of megabytes pays for new memory
 * all the time. Here each socket has room of its own (`onread` of `net.connect` and `tls.connect`), and keeps it for the next read when whoever got
 * the bytes has copied all of them; when views of them may be left, with undici's parser or in a queue, the next read gets new room.
 *
 * @module
 */
import { Socket, type OnReadOpts } from 'node:net';

/** What a read takes at most, as in Node. */
const roomBytes = 0x10000;
/** Less than this is copied at once, so that what is kept of a read does not keep all of its room. */
const smallBytes = 0x8000;

/** What the socket that has just read something is handing out. There is one at a time: all of it happens within the call that tells of it. */
let reading: Socket | undefined;
let chunk: Buffer | undefined;
/** What was read, where it is still in the room of the socket. */
let room: Buffer | undefined;
let copiedBytes = 0;
/** Room that the next read of the same socket may take. */
let free: Uint8Array | undefined;

/** Tells that bytes which a socket has just handed out are not needed any more. */
export function wasCopied({ buffer, length }: Uint8Array): void {
  if (buffer === room?.buffer) copiedBytes += length;
}

/** Stands for the `read` of a socket that has room of its own. What was put back comes first. */
function read(this: Socket, size?: number): unknown {
  if (reading !== this || size !== undefined || this.readableLength > 0) return Socket.prototype.read.call(this, size);
  const taken = chunk;
  chunk = undefined;
  return taken ?? null;
}

/** In memory that nobody shares. */
function copyOf(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

/** Hands out what was read, to listeners of `readable` as ever. @returns whether more of it is wanted */
function tell(this: unknown, size: number, into: Uint8Array): boolean {
  const socket = this as Socket;
  if (socket.read !== read) socket.read = read;
  const came = into.subarray(0, size) as Buffer;
  reading = socket;
  copiedBytes = 0;
  room = size >= smallBytes ? came : undefined;
  chunk = room ?? copyOf(came);
  try {
    socket.emit('readable');
    if (chunk) socket.unshift(chunk);
    if (!room || copiedBytes === size) free = into;
  } finally {
    reading = undefined;
    chunk = undefined;
    room = undefined;
  }
  return socket.readableLength === 0;
}

/** The option of `net.connect` and `tls.connect`, for any number of sockets. */
export const onread: OnReadOpts = {
  buffer() {
    const next = free ?? Buffer.allocUnsafeSlow(roomBytes);
    free = undefined;
    return next;
  },
  callback: tell,
};
