/**
 * The bytes that a client holds for what it transfers: bodies on their way through, and parts that are filled and sent.
 *
 * @module
 */
import { createByteRoom, type ByteRoom } from '../util/byte-room.ts';
import type { StoreContext } from './context.ts';

/** Seven usual parts, and what is small: a program then stays below 300 MiB. */
const usualBytes = 0x800_0000;

/** The room that all transfers of a client share, made on first use. @throws CloudError `InvalidArgument`: see `limits.maxInFlightBytes` */
export const roomOf = (context: StoreContext): ByteRoom =>
  context.shared('bytes in flight', () => createByteRoom(context.options.limits?.maxInFlightBytes ?? usualBytes));
