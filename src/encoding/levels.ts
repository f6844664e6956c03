/**
 * Levels of compression: the least, the most and the default of each encoding, as cloud-files has them.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Encoding } from './names.ts';

/** Least, most, default. gzip above 9 is libdeflate's; zstd below 1 trades size for speed, 0 is its default. */
const levels: Readonly<Record<Encoding, readonly [number, number, number]>> = {
  gzip: [0, 12, 9],
  br: [0, 11, 5],
  zstd: [-131_072, 22, 3],
  bz2: [1, 9, 9],
  xz: [0, 9, 6],
};

/** The level to compress with. InvalidArgument for one that the encoding has not. */
export function levelOf(encoding: Encoding, level: number | undefined): number {
  const [least, most, usual] = levels[encoding];
  if (level === undefined) return usual;
  if (Number.isInteger(level) && level >= least && level <= most) return level;
  throw new CloudError(`levels of ${encoding} are ${least} to ${most}`, { code: 'InvalidArgument' });
}
