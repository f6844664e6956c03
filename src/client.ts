/**
 * Client: connections, credentials, limits and counters that belong together.
 *
 * @module
 */
import { aliasesOf } from './store/aliases-of.ts';
import type { Datafile } from './data/datafile/datafile.ts';
import type { DatafileOptions } from './data/datafile/open-datafile.ts';
import type { Dataset } from './data/dataset/dataset.ts';
import type { DatasetOptions } from './data/dataset/open-dataset.ts';
import { CloudPath } from './cloudpath/cloud-path.ts';
import { CloudFiles } from './files/cloud-files.ts';
import type { DiagnoseOptions, DiagnosisCheck } from './diagnose/types.ts';
import { createContext, type StoreContext } from './store/context.ts';
import { openStore } from './open/open-store.ts';
import type { ClientOptions, ClientStats } from './store/options.ts';
import type { CacheStats, ClearCacheOptions, ObjectStore } from './types.ts';
import type { Aliases } from './url/aliases.ts';
import { asyncDispose } from './util/dispose.ts';

/**
 * One client: what it learns (tokens, regions, clock skew) and its connections are shared with nobody. Constructing does nothing.
 *
 * @example
 * const client = new Client({ endpoint: 'http://127.0.0.1:9000', credentials: { accessKeyId, secretAccessKey } });
 * const bytes = await client.files('s3://bucket').get('a');
 * await client.close();
 */
export class Client {
  /** For the functions that take `{ client }`. */
  declare readonly context: StoreContext;

  /** @throws nothing: options are looked at when they are used */
  constructor(options: ClientOptions = {}) {
    // neither JSON nor a console shows it: options may hold keys
    Object.defineProperty(this, 'context', { value: createContext(options) });
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

  /** The files below a URL. */
  files(url: string): CloudFiles {
    return new CloudFiles(url, { client: this });
  }

  /** A path of a store; more parts go on from it. @throws InvalidPrefixError CloudError `InvalidUrl` */
  path(url: string | CloudPath, ...parts: readonly string[]): CloudPath {
    const path = new CloudPath(url, { client: this });
    return parts.length > 0 ? path.join(...parts.map((part) => part.replace(/^\/+|\/+$/g, ''))) : path;
  }

  /** A file with metadata; see `openDatafile`. */
  async datafile(path: string, options: DatafileOptions = {}): Promise<Datafile> {
    const { openDatafile } = await import('./data/datafile/open-datafile.ts');
    return openDatafile(path, { ...options, client: this });
  }

  /** A set of files with metadata; see `openDataset`. */
  async dataset(path: string, options: DatasetOptions = {}): Promise<Dataset> {
    const { openDataset } = await import('./data/dataset/open-dataset.ts');
    return openDataset(path, { ...options, client: this });
  }

  /**
   * What is wrong with a URL, these credentials, this bucket or its CORS rules, and what to do about it. Nothing is changed unless `write` is
   * true. Requests are made as this client would make them, once each, and do not count in {@link stats}.
   *
   * @returns checks in the order in which they were made; nothing in them is secret
   * @example
   * for (const { name, ok, what, fix } of await client.diagnose('s3://bucket/key', { origin: 'https://app.example' })) console.log(name, ok, what, fix);
   */
  async diagnose(url: string, options: DiagnoseOptions = {}): Promise<DiagnosisCheck[]> {
    const { diagnose } = await import('./diagnose/diagnose.ts');
    return diagnose(this.context, url, options);
  }

  /** What went over the wire so far. */
  stats(): ClientStats {
    return this.context.stats();
  }

  /** What the cache holds, and what it did since the client was made. */
  async cacheStats(): Promise<CacheStats> {
    const { cacheWithCopies } = await import('./cloudpath/join-cache.ts');
    return cacheWithCopies(this.context).stats();
  }

  /**
   * Remove what was kept: values of every identity that this client's options name or that it used, in memory and in storage, of this and
   * earlier sessions; and local copies of paths. After signing out nothing of that identity is left; what is being read at this moment is
   * not kept any more. Identities that only a credentials provider knows are found once they were used, or by `cache.identity`.
   *
   * @returns how many values and copies went
   * @throws CloudError `InvalidArgument` after {@link Client.close}; `Timeout` or `ServerError`: storage would not remove all of it or did not open, when everything else is gone
   * @throws OverwriteDirtyFileError copies hold edits that were not uploaded, when everything else is gone
   * @example await client.clearCache({ prefix: 's3://bucket/folder' });
   */
  async clearCache(options: ClearCacheOptions = {}): Promise<number> {
    const { cacheWithCopies } = await import('./cloudpath/join-cache.ts');
    return cacheWithCopies(this.context).clear(options);
  }

  /** Close all connections. Running requests end with an error. */
  close(): Promise<void> {
    return this.context.close();
  }
}

/** `await using client = new Client()` closes it. */
export interface Client extends AsyncDisposable {}
