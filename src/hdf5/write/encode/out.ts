/**
 * Bytes on their way into the library's memory: the elements, and behind them what they point to.
 *
 * @module
 */

/** Elements, and what they point to. All places count from the first byte. */
export interface Out {
  /** Another one after {@link Out.reserve}. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  readonly sizeBytes: number;
  /** Room behind all else, of zeros. @returns where it begins */
  reserve(sizeBytes: number): number;
  /** Puts a pointer. @param at where it is put. @param to where it points */
  point(at: number, to: number): void;
  /** Moves all pointers: what was at 0 will be at `base`. */
  settle(base: number): void;
}

/** What lies behind the elements begins at such places, as numbers like it. */
const ALIGNED = 8;

/** Make room for elements. */
export function createOut(sizeBytes: number): Out {
  let bytes = new Uint8Array(sizeBytes);
  let view = new DataView(bytes.buffer);
  let used = sizeBytes;
  const pointers: number[] = [];
  return {
    get bytes() {
      return bytes;
    },
    get view() {
      return view;
    },
    get sizeBytes() {
      return used;
    },
    reserve(size) {
      const at = Math.ceil(used / ALIGNED) * ALIGNED;
      used = at + size;
      if (used > bytes.length) {
        const grown = new Uint8Array(Math.max(used, bytes.length * 2));
        grown.set(bytes);
        bytes = grown;
        view = new DataView(bytes.buffer);
      }
      return at;
    },
    point(at, to) {
      pointers.push(at);
      view.setUint32(at, to, true);
    },
    settle(base) {
      for (const at of pointers) view.setUint32(at, view.getUint32(at, true) + base, true);
    },
  };
}
