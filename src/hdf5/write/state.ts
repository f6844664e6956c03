/**
 * What the objects of one file that is written share.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { Serial } from '../../util/serial.ts';
import type { FileContext } from '../file/context.ts';
import type { WriteEngine } from './write-engine.ts';

/** One file that is written. */
export interface WriteState {
  readonly engine: WriteEngine;
  /** For reading what was written. */
  readonly context: FileContext;
  readonly trackOrder: boolean;
  /** Changes are made one after the other, in the order in which they were asked for. */
  readonly serial: Serial;
}

/** Makes a change when its turn comes. */
export function inTurn<T>({ serial }: WriteState, { signal }: AbortOptions, change: () => T | Promise<T>): Promise<T> {
  return serial(async () => {
    throwIfAborted(signal);
    return change();
  });
}

/** The error for something that is not what was asked for. */
export const notFound = (path: string, kind: string, found: string | undefined): CloudError =>
  new CloudError(`${path} ${found ? `is a ${found}, no ${kind}` : 'is not there'}`, {
    code: found ? 'InvalidArgument' : 'NotFound',
    operation: 'read',
  });
