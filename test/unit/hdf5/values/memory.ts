/** Memory as the library has it: a heap of pieces, and elements that point to them. */

/** Builds a heap; what is put there gets an address. */
export class TestHeap {
  // nothing lies at 0
  bytes: Uint8Array = new Uint8Array(8);

  /** Puts bytes onto the heap, and says where. */
  put(piece: Uint8Array): number {
    const at = this.bytes.length;
    const grown = new Uint8Array(at + piece.length);
    grown.set(this.bytes);
    grown.set(piece, at);
    this.bytes = grown;
    return at;
  }

  /** A pointer to a text with its NUL. */
  text(text: string): Uint8Array {
    return words(this.put(new TextEncoder().encode(`${text}\0`)));
  }

  /** Length and pointer of a sequence. */
  sequence(length: number, piece: Uint8Array): Uint8Array {
    return words(length, length ? this.put(piece) : 0);
  }
}

/** Little-endian numbers of 4 bytes. */
export function words(...numbers: number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * numbers.length));
  for (const [i, number] of numbers.entries()) view.setUint32(4 * i, number, true);
  return new Uint8Array(view.buffer);
}
