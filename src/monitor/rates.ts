/**
 * Units of rates. Bits and bytes a second, in powers of ten as networks count.
 *
 * @module
 */

/** Units of rates: `Mbps` are millions of bits, `MBps` millions of bytes a second. */
export type RateUnit = 'bps' | 'Kbps' | 'Mbps' | 'Gbps' | 'Tbps' | 'Bps' | 'KBps' | 'MBps' | 'GBps' | 'TBps';

const BITS = { bps: 1, Kbps: 1e3, Mbps: 1e6, Gbps: 1e9, Tbps: 1e12 };
const UNITS: Readonly<Record<RateUnit, number>> = { ...BITS, Bps: 8, KBps: 8e3, MBps: 8e6, GBps: 8e9, TBps: 8e12 };

/**
 * A rate in another unit.
 *
 * @param bps bits a second
 * @example rateIn(monitor.totalBps(), 'MBps')
 */
export const rateIn = (bps: number, unit: RateUnit): number => bps / UNITS[unit];

/**
 * The unit of bits that suits a rate: the largest in which it is 1 or more.
 *
 * @param bps bits a second
 * @example rateUnitFor(2_500_000) // 'Mbps'
 */
export function rateUnitFor(bps: number): RateUnit {
  let unit: RateUnit = 'bps';
  for (const [name, size] of Object.entries(BITS)) if (bps >= size) unit = name as RateUnit;
  return unit;
}
