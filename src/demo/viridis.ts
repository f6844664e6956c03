/**
 * The colour map viridis, which is read right in grey and by the colour-blind. Source: matplotlib, where it is in the public domain (CC0).
 *
 * @module
 */

/** Colours at equal distances from the least value to the greatest; between two of them it is never off by more than 5 of 255. */
const stops =
  '440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 b0dd2f d8e219 fde725'
    .split(' ')
    .map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));

const steps = 256;

/** 256 colours as one canvas pixel each, from the least to the greatest. */
export const viridis: Uint32Array<ArrayBuffer> = (() => {
  const bytes = new Uint8ClampedArray(4 * steps);
  for (let i = 0; i < steps; i++) {
    const at = (i / (steps - 1)) * (stops.length - 1);
    const [low, high] = [stops[Math.floor(at)]!, stops[Math.ceil(at)]!];
    for (let c = 0; c < 3; c++) bytes[4 * i + c] = low[c]! + (high[c]! - low[c]!) * (at % 1);
    bytes[4 * i + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
})();
