/** The values that processes share in tests of the cache: together more than the budget. */
import type { CacheKey } from '../../src/cache/container/container.ts';
import { keyOf } from '../conformance/cache-rig.ts';

const MiB = 0x100000;

/** A budget between two looks of which the large ones fit, as in use. */
export const sharedBudgetBytes: number = 48 * MiB;

/** Those that are read at once, and those that are not. */
export const sharedKeys: Record<'small' | 'large', readonly CacheKey[]> = {
  small: Array.from({ length: 600 }, (_, i) => keyOf(i, 0x10000)),
  large: Array.from({ length: 40 }, (_, i) => keyOf(`large ${i}`, 1_250_000)),
};
