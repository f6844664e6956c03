/**
 * All values in one file behind a sync access handle, which one worker holds: 10 to 40 times as fast as anything else (measured).
 *
 * Records follow one another without a hole: what was removed becomes a gap, and gaps are closed when there are too many. The index is made
 * again at each opening; where the chain breaks off, as after a crash, the file is cut.
 *
 * @module
 */
import { delay } from '../../util/abort.ts';
import { createSerial } from '../../util/serial.ts';
import { idOf, type OpfsBacking, type OpfsItem } from './opfs-backing.ts';
import { decodeHead, decodeKey, decodeRecord, encodeGap, HEAD_BYTES, USED_AT } from './opfs-record.ts';

/** What is used of a `FileSystemSyncAccessHandle`. */
export interface SyncFile {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(sizeBytes: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Where a value is. */
export interface SlabItem extends OpfsItem {
  offset: number;
}

const FLUSH_EVERY = 16;
/** How much is moved before others get a turn. */
const TURN_BYTES = 0x80_0000;
const WIPE_BYTES = 0x10_0000;

/** Open the slab in a file: every record is looked at, not its bytes. */
export function openSlab(file: SyncFile): OpfsBacking<SlabItem> {
  const { items, end: scanned, live: found } = scan(file);
  const serial = createSerial();
  let end = scanned;
  let live = found;
  let unflushed = 0;
  let closed = false;

  /** All or an error: Firefox tells of a full disk by a short count. */
  const write = (bytes: Uint8Array, at: number): void => {
    if (file.write(bytes, { at }) < bytes.length) throw new DOMException('a short write', 'QuotaExceededError');
  };
  const flush = (): void => {
    unflushed = 0;
    file.flush();
  };
  const cut = (): void => {
    try {
      file.truncate(end);
    } catch {
      // What is behind the end is written over by the next one, or cut at the next opening.
    }
  };
  const removeOne = (item: SlabItem, wipe: boolean): boolean => {
    const id = idOf(item.key);
    if (items.get(id) !== item) return false;
    makeGap(item, wipe);
    items.delete(id);
    return true;
  };
  const makeGap = ({ offset, totalBytes }: SlabItem, wipe: boolean): void => {
    write(encodeGap(totalBytes), offset);
    live -= totalBytes;
    for (let at = HEAD_BYTES; wipe && at < totalBytes; at += WIPE_BYTES)
      write(new Uint8Array(Math.min(WIPE_BYTES, totalBytes - at)), offset + at);
  };
  /** Move every record to the end of the one before it. Each step leaves a whole chain behind. */
  const closeGaps = async (): Promise<void> => {
    let at = 0;
    let moved = 0;
    for (const item of [...items.values()].sort((a, b) => a.offset - b.offset)) {
      const gapBytes = item.offset - at;
      if (gapBytes > 0) {
        const record = new Uint8Array(item.totalBytes + HEAD_BYTES);
        const count = file.read(record.subarray(0, item.totalBytes), { at: item.offset });
        if (count < item.totalBytes) throw new DOMException('a short read', 'NotReadableError');
        record.set(encodeGap(gapBytes), item.totalBytes);
        write(record, at);
        item.offset = at;
        if ((moved += item.totalBytes) >= TURN_BYTES) {
          moved = 0;
          await delay(0);
          if (closed) return;
        }
      }
      at += item.totalBytes;
    }
    end = at;
    file.truncate(end);
    flush();
  };

  const readSync = (item: SlabItem): ReturnType<typeof decodeRecord> => {
    const record = new Uint8Array(item.totalBytes);
    const count = file.read(record, { at: item.offset });
    return count < item.totalBytes ? undefined : decodeRecord(record, item.key);
  };
  return {
    layout: 'slab',
    items,
    bytes: () => live,
    wasted: () => end - live,
    readSync,
    read: async (item) => readSync(item),
    write: (key, record, used) =>
      serial(async () => {
        try {
          write(record, end);
        } catch (error) {
          cut();
          throw error;
        }
        const before = items.get(idOf(key));
        items.set(idOf(key), { key, totalBytes: record.length, used, offset: end });
        end += record.length;
        live += record.length;
        if (before) makeGap(before, false);
        if (++unflushed >= FLUSH_EVERY) flush();
      }),
    remove: (gone, wipe) =>
      serial(async () => {
        const count = gone.filter((item) => removeOne(item, wipe)).length;
        if (!items.size) {
          end = 0;
          cut();
        }
        if (wipe) flush();
        return count;
      }),
    touch(touched) {
      const time = new Uint8Array(8);
      for (const item of touched) {
        if (items.get(idOf(item.key)) !== item) continue;
        new DataView(time.buffer).setFloat64(0, item.used, true);
        write(time, item.offset + USED_AT);
      }
    },
    tidy: () => serial(async () => (end > live ? await closeGaps() : undefined)),
    async close() {
      closed = true;
      try {
        file.flush();
      } finally {
        file.close();
      }
    },
  };
}

/** Make the index, and cut the file where the chain ends. */
function scan(file: SyncFile): { items: Map<string, SlabItem>; end: number; live: number } {
  const size = file.getSize();
  const items = new Map<string, SlabItem>();
  const head = new Uint8Array(HEAD_BYTES);
  let live = 0;
  let at = 0;
  while (at + HEAD_BYTES <= size && file.read(head, { at }) === HEAD_BYTES) {
    const told = decodeHead(head);
    if (!told || at + told.totalBytes > size) break;
    const key = told.live ? keyAt(file, at, told) : undefined;
    if (key) {
      const before = items.get(idOf(key));
      // Two of one key: a crash came between writing one and removing the other. The last one is whole, or not valid.
      if (before) {
        live -= before.totalBytes;
        file.write(encodeGap(before.totalBytes), { at: before.offset });
      }
      items.set(idOf(key), { key, totalBytes: told.totalBytes, used: told.used, offset: at });
      live += told.totalBytes;
    }
    at += told.totalBytes;
  }
  if (at < size) file.truncate(at);
  return { items, end: at, live };
}

function keyAt(file: SyncFile, at: number, head: NonNullable<ReturnType<typeof decodeHead>>): ReturnType<typeof decodeKey> {
  const json = new Uint8Array(head.jsonBytes);
  if (file.read(json, { at: at + HEAD_BYTES }) < json.length) return undefined;
  return decodeKey(json, head);
}
