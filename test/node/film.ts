/**
 * Films that every browser plays, for Firefox has no H.264 without other packages: key frames of VP8 in WebM, each filled up with zeroes, which
 * decoders leave alone. Written from the WebM container guidelines and RFC 8794 (EBML).
 *
 * @module
 */
import { fromBase64 } from '../../src/util/base64.ts';
import { concat } from '../../src/util/bytes.ts';

/** A white field on orange, and one on blue, 160 by 96: VP8 as a browser's canvas encodes it in a WebP. */
const pictures = [
  'EAgAnQEqoABgAD+ZwttlOTAspyge6AMgMwllbuFxMMltkCP/khiKLKEl4wKbCeDmGMPEHf2KiE2XFgI8nBBlqe37' +
    'OSOKzVtGAAD+xuv6+p6dvj+/2IHbKzersXY/bZ3/bxiFKsHvLLx5TxyAY+61CjkGQThsvtDinknnBc6iAzgAAA==',
  'sAcAnQEqoABgAD+ZxttlOTGspygIAyAzCWVu4XEw5fLQF0ANxyItlC74jJti9lKDw8VsE5Dx8QB4cv5V' +
    'p8TSytIYii0NoAD+81b+dSocj/69B03TSZiScPyVNH5PR/1SSDe/RBA+5S5HcgxGXyfe3VHZpAyBAJUIAAA=',
].map(fromBase64);
const framesPerSecond = 20;
const frameBytes = 20_000;

type Bytes = Uint8Array<ArrayBuffer>;

/** Big-endian, in 8 bytes, so that sizes do not depend on values. */
const number = (value: number): Bytes => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
};
const float = (value: number): Bytes => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
};
const text = (value: string): Bytes => new TextEncoder().encode(value);

/** An element; its size is written in 8 bytes. @param id in hex */
function element(id: string, ...parts: Bytes[]): Bytes {
  const size = number(parts.reduce((sum, { length }) => sum + length, 0));
  size[0] = 1;
  return concat([Uint8Array.from(id.match(/../g)!, (byte) => parseInt(byte, 16)), size, ...parts]);
}

/** A second of frames. */
function cluster(second: number): Bytes {
  const blocks = Array.from({ length: framesPerSecond }, (_, i) => {
    const block = new Uint8Array(4 + frameBytes);
    const ms = (1000 * i) / framesPerSecond;
    // track 1, time within the cluster, key frame
    block.set([0x81, ms >> 8, ms & 255, 0x80]);
    block.set(pictures[i % pictures.length]!, 4);
    return element('a3', block);
  });
  return element('1f43b675', element('e7', number(1000 * second)), ...blocks);
}

/**
 * A silent WebM of 160 by 96 pixels with its index in front, some 400 kB a second, of which every second can be begun with.
 *
 * @param seconds whole ones
 */
export function makeFilm(seconds: number): Bytes {
  const clusters = Array.from({ length: seconds }, (_, second) => cluster(second));
  const clusterBytes = clusters[0]!.length;
  const size = [element('b0', number(160)), element('ba', number(96))];
  const track = element(
    'ae',
    element('d7', number(1)),
    element('73c5', number(1)),
    element('83', number(1)),
    element('86', text('V_VP8')),
    element('e0', ...size),
  );
  const info = element(
    '1549a966',
    element('2ad7b1', number(1_000_000)),
    element('4489', float(1000 * seconds)),
    element('4d80', text('anyfile')),
    element('5741', text('anyfile')),
  );
  const tracks = element('1654ae6b', track);
  const cuesFrom = (first: number): Bytes => {
    const points = clusters.map((_, second) =>
      element(
        'bb',
        element('b3', number(1000 * second)),
        element('b7', element('f7', number(1)), element('f1', number(first + second * clusterBytes))),
      ),
    );
    return element('1c53bb6b', ...points);
  };
  const seekTo = (at: number): Bytes =>
    element('114d9b74', element('4dbb', element('53ab', Uint8Array.of(0x1c, 0x53, 0xbb, 0x6b)), element('53ac', number(at))));
  const cuesAt = seekTo(0).length + info.length + tracks.length;
  const cues = cuesFrom(cuesAt + cuesFrom(0).length);
  const head = element(
    '1a45dfa3',
    ...(
      [
        ['4286', number(1)],
        ['42f7', number(1)],
        ['42f2', number(4)],
        ['42f3', number(8)],
        ['4282', text('webm')],
        ['4287', number(2)],
        ['4285', number(2)],
      ] as const
    ).map(([id, value]) => element(id, value)),
  );
  return concat([head, element('18538067', seekTo(cuesAt), info, tracks, cues, ...clusters)]);
}
