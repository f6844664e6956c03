/**
 * A client that is in a worker.
 *
 * @module
 */
import type { Datafile } from '../data/datafile/datafile.ts';
import type { DatafileOptions } from '../data/datafile/open-datafile.ts';
import type { Dataset } from '../data/dataset/dataset.ts';
import type { DatasetOptions } from '../data/dataset/open-dataset.ts';
import type { DiagnoseOptions, DiagnosisCheck } from '../diagnose/types.ts';
import { CloudError } from '../errors.ts';
import { CloudFiles } from '../files/cloud-files.ts';
import type { Hdf5Input } from '../hdf5/source/byte-source.ts';
import type { RemoteHdf5 } from '../hdf5/worker/connect.ts';
import type { RemoteHdf5File } from '../hdf5/worker/remote-file.ts';
import type { RemoteOpenOptions } from '../hdf5/worker/remote-options.ts';
import { openStore } from '../open/open-store.ts';
import type { Link } from '../rpc/connect-link.ts';
import type { WorkerPort } from '../rpc/port.ts';
import { aliasesOf } from '../store/aliases-of.ts';
import type { StoreContext } from '../store/context.ts';
import type { ClientStats } from '../store/options.ts';
import type { AbortOptions, CacheStats, ClearCacheOptions, ObjectStore } from '../types.ts';
import type { Aliases } from '../url/aliases.ts';
import { throwIfAborted } from '../util/abort.ts';
import { asyncDispose } from '../util/dispose.ts';
import type { RemoteContext } from './remote-call.ts';

/** @internal */
export interface RemoteClientInit {
  readonly port: WorkerPort;
  readonly link: Link;
  readonly its: RemoteContext;
  readonly context: StoreContext;
}

/** What is open between a page and a worker at a moment. */
export interface RemoteUse {
  /** Calls that were made here and wait for an answer, and those that the worker made and are being answered. */
  readonly calls: number;
  /** Streams and contents that are written, here. */
  readonly bodies: number;
  /** The same in the worker. */
  readonly remoteCalls: number;
  /** Opened objects, listings and uploads that the worker holds. */
  readonly remoteBodies: number;
}

/**
 * A client that is in a worker: requests, signatures, checksums and its cache are there, and so nothing of them holds this thread up. It is used as
 * `Client`, and it is a client for the functions that take `{ client }`: what they read and write goes through the worker. What asks it how it is has
 * to be waited for. Paths are made by `new CloudPath(url, { client })`, which pages without them need not load; local copies are kept here.
 */
export class RemoteClient {
  /** `await using` closes it. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  /** For the functions that take `{ client }`. */
  declare readonly context: StoreContext;
  readonly #init: RemoteClientInit;
  #hdf5: Promise<RemoteHdf5> | undefined;
  #closing: Promise<void> | undefined;

  /** @internal */
  constructor(init: RemoteClientInit) {
    this.#init = init;
    // neither JSON nor a console shows it: options may hold keys
    Object.defineProperty(this, 'context', { value: init.context });
    // not a method: WebKit has no Symbol.asyncDispose to name one by
    Object.defineProperty(this, asyncDispose, { value: () => this.close() });
  }

  /** Names for S3 endpoints that this client knows; `await client.aliases.load()` reads the kept ones. */
  get aliases(): Aliases {
    return aliasesOf(this.context);
  }

  /** The store behind a URL. */
  store(url: string): ObjectStore {
    return openStore(url, { client: this });
  }

  /** The files below a URL. What is packed is unpacked here. */
  files(url: string): CloudFiles {
    return new CloudFiles(url, { client: this });
  }

  /** A file with metadata; see `openDatafile`. */
  async datafile(path: string, options: DatafileOptions = {}): Promise<Datafile> {
    const { openDatafile } = await import('../data/datafile/open-datafile.ts');
    return openDatafile(path, { ...options, client: this });
  }

  /** A set of files with metadata; see `openDataset`. */
  async dataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
    const { openDataset } = await import('../data/dataset/open-dataset.ts');
    return openDataset(path, { ...options, client: this });
  }

  /**
   * Open an HDF5 file in the worker; see `connectHdf5`. Without client options of its own it is read by this client.
   *
   * @throws what `openHdf5` of `connectHdf5` throws
   */
  async openHdf5(source: Hdf5Input, options: RemoteOpenOptions = {}): Promise<RemoteHdf5File> {
    const { port, link } = this.#init;
    throwIfAborted(link.life);
    this.#hdf5 ??= import('../hdf5/worker/connect.ts').then(({ connectFiles }) => connectFiles(port, { endsPort: false, client: link.id }));
    return (await this.#hdf5).openHdf5(source, options);
  }

  /** What is wrong with a URL, as the worker sees it; see `Client.diagnose`. */
  async diagnose(url: string, { origin, write, signal }: DiagnoseOptions = {}): Promise<DiagnosisCheck[]> {
    return this.#init.its.call('diagnose', { url, origin, write }, { signal });
  }

  /** What went over the wire so far. */
  async stats({ signal }: AbortOptions = {}): Promise<ClientStats> {
    return this.#init.its.call('stats', {}, { signal });
  }

  /** What the worker's cache holds, and what it did since the client was made. */
  async cacheStats({ signal }: AbortOptions = {}): Promise<CacheStats> {
    return this.#init.its.call('cacheStats', {}, { signal });
  }

  /**
   * Remove what the worker kept; see `Client.clearCache`. Local copies of CloudPaths are here and stay.
   *
   * @returns how many values went
   * @throws CloudError `Timeout` or `ServerError`: storage would not remove all of it or did not open, when everything else is gone
   */
  async clearCache({ prefix, discardUnsaved, signal }: ClearCacheOptions = {}): Promise<number> {
    return this.#init.its.call('clearCache', { prefix, discardUnsaved }, { signal });
  }

  /** What is open at this moment, to see that nothing was left. */
  async inUse({ signal }: AbortOptions = {}): Promise<RemoteUse> {
    const { peer, bodies, call } = this.#init.its;
    const there = await call('held', {}, { signal });
    return { calls: peer.size.made + peer.size.done, bodies: bodies.size, remoteCalls: there.calls, remoteBodies: there.bodies };
  }

  /**
   * Close all connections and end the worker; of a MessagePort that port alone is closed. What still runs rejects with `InvalidArgument`, and so does
   * what comes after.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new CloudError('this client is closed', { code: 'InvalidArgument' });
    // a port that is gone is no reason to leave the rest open
    const files = this.#hdf5?.then((hdf5) => hdf5.close());
    await Promise.allSettled([files, this.context.close()]);
    await this.#init.link.close('close', closed, true);
  }
}
