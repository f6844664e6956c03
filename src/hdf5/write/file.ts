/**
 * An HDF5 file that is written.
 *
 * @module
 */
import { isCloudError, type CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { Hdf5Error } from '../errors.ts';
import { dereference, type Hdf5Region } from '../file/dereference.ts';
import type { Hdf5Item } from '../file/items.ts';
import type { Hdf5Reference } from '../values/reference.ts';
import { Hdf5WritableGroup } from './group.ts';
import type { Hdf5Published } from './publish.ts';
import { inTurn, type WriteState } from './state.ts';

/** What becomes of a file. */
export interface FileEnd {
  /** Puts what was written in its place. May be called again after it has failed. */
  publish(options: AbortOptions): Promise<Hdf5Published>;
  /** Ends calls that do not wait. */
  settle(): void;
  /** Lets go of everything. */
  discard(): Promise<void>;
}

/**
 * An HDF5 file that is written: the root group, and the file as a whole. Nothing is at its place before {@link close} has put it there whole; what is
 * forgotten, aborted or dies leaves nothing there. What was written can be read at once.
 *
 * @example
 * const file = await openHdf5('s3://bucket/run.h5', { mode: 'w' });
 * await file.setAttr('title', 'A run');
 * const image = await file.createDataset('/entry/image', { data: pixels, shape: [512, 512], compression: 'gzip' });
 * await image.setAttr('units', 'counts');
 * await file.close();
 */
export class Hdf5WritableFile extends Hdf5WritableGroup {
  /** {@link close}. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #end: FileEnd;
  #stage: 'open' | 'written' | 'ended' = 'open';
  #published: Hdf5Published | null = null;

  /** @internal */
  constructor(state: WriteState, end: FileEnd) {
    super(state, '/');
    this.#end = end;
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: async () => void (await this.close()) });
  }

  /** What a reference leads to, as `Hdf5File.dereference`; objects are for reading. */
  dereference(reference: Hdf5Reference, options: AbortOptions = {}): Promise<Hdf5Item | Hdf5Region> {
    return dereference(this.state.context, reference, options);
  }

  /** Has the library write what it holds back of metadata. Nobody else sees it before {@link close}. */
  flush(options: AbortOptions = {}): Promise<void> {
    return inTurn(this.state, options, () => this.state.engine.flush());
  }

  /**
   * Puts the file in its place, whole: on a disk it is renamed there, to a store it is sent, on S3 of a changed object only what was changed. When
   * that fails what was written is still kept: close again, or {@link abort}. After an error by which the file was spoiled nothing is put anywhere.
   *
   * @returns what was written, `null` when the file was aborted before
   * @throws CloudError `PreconditionFailed` the file was changed by somebody else since it was opened, and is left as it is; `AlreadyExists` there is one
   *   where none was to be; Hdf5Error an earlier error has spoiled it; what the disk or the store throws
   */
  close(options: AbortOptions = {}): Promise<Hdf5Published | null> {
    return this.state.serial(() => this.#close(options));
  }

  /** Throws away everything that was written. Does no harm after {@link close}. */
  async abort(): Promise<void> {
    await this.state.serial(() => this.#abort());
  }

  async #close(options: AbortOptions): Promise<Hdf5Published | null> {
    if (this.#stage === 'ended') return this.#published;
    const { engine } = this.state;
    if (this.#stage === 'open') {
      try {
        if (!engine.failure) engine.finish();
      } catch (error) {
        engine.fail(error);
      }
      if (engine.failure) {
        await this.#abort();
        throw spoiled(engine.failure.error);
      }
      this.#end.settle();
      this.#stage = 'written';
    }
    this.#published = await this.#end.publish(options);
    this.#stage = 'ended';
    await this.#end.discard();
    return this.#published;
  }

  async #abort(): Promise<void> {
    if (this.#stage === 'ended') return;
    this.#stage = 'ended';
    this.state.engine.drop();
    await this.#end.discard();
  }
}

function spoiled(cause: unknown): CloudError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new Hdf5Error(`nothing was written, since an earlier error has spoiled the file${why}`, {
    code: isCloudError(cause) ? cause.code : 'InvalidFile',
    operation: 'openHdf5',
    cause,
  });
}
