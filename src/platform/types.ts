/**
 * The ports: everything in which runtimes differ. `platform/node` and `platform/browser` each export exactly the
 * names of {@link Platform}; the rest of the code reaches them as `#platform`.
 *
 * @module
 */
import type { AbortOptions, CredentialsProvider, HttpPort, PutOptions } from '../types.ts';
import type { MessagePortLike } from './message-port.ts';

/** Where the code runs. */
export type RuntimeName = 'node' | 'bun' | 'deno' | 'browser' | 'workerd';

/** A running hash. */
export interface NativeHash {
  update(bytes: Uint8Array): void;
  digest(): Uint8Array;
}

/** A port and its end. */
export interface HttpPortHandle {
  send: HttpPort;
  /** Close idle and open connections. */
  close(): Promise<void>;
}

/** One entry of a disk listing. */
export interface DiskEntry {
  name: string;
  kind: 'file' | 'directory' | 'other';
}

/** What a disk knows of a path. */
export interface DiskStat {
  kind: 'file' | 'directory' | 'other';
  sizeBytes: number;
  mtimeMs: number;
  /** Changes whenever the file is replaced or written: for validators. */
  version: string;
}

/**
 * A tree of files: the disk in Node, Bun and Deno, OPFS in browsers. Paths are absolute, `/`-separated and already checked by
 * `store/file-path.ts`. A missing path gives `null` where the type says so, and else rejects with a CloudError NotFound;
 * a refused one PermissionDenied, a full disk QuotaExceeded.
 */
export interface Disk {
  stat(path: string, options?: AbortOptions): Promise<DiskStat | null>;
  /** Entries in no promised order; `null` when there is no such directory. */
  list(path: string, options?: AbortOptions): Promise<DiskEntry[] | null>;
  /** Opens one version of a file: what is read stays that version or rejects with ObjectChanged. */
  open(path: string, options?: AbortOptions): Promise<DiskFile | null>;
  /**
   * Writes the whole file: a temporary name in the same directory, flushed, then renamed, directories made on demand.
   * `condition` is asked just before the rename with what is there now and throws to refuse. On any failure nothing of it stays.
   * Without `durable` the system may take its time to flush: for what can be had again, since only a power cut could lose it.
   * With `giveAway` the chunks' buffers may go to another thread, and be empty afterwards; as a function it may be called with a body that came in one
   * chunk when nobody reads it any more, and all of its buffer is given.
   */
  write(
    path: string,
    chunks: AsyncIterable<Uint8Array>,
    options?: AbortOptions & {
      condition?: ((now: DiskStat | null) => void) | undefined;
      /** @default true */ durable?: boolean | undefined;
      /** @default false */ giveAway?: PutOptions['giveAway'];
    },
  ): Promise<DiskStat>;
  /** False when it was not there. */
  remove(path: string, options?: AbortOptions & { condition?: ((now: DiskStat | null) => void) | undefined }): Promise<boolean>;
  /** Atomic where the platform can. */
  rename(from: string, to: string, options?: AbortOptions): Promise<void>;
  makeDirectory(path: string, options?: AbortOptions): Promise<void>;
  removeDirectory(path: string, options?: AbortOptions & { recursive?: boolean }): Promise<void>;
  /** Sets the modification time to now. */
  touch(path: string, options?: AbortOptions): Promise<void>;
  /** The path with every symbolic link followed; `null` when it is not there. Absent where there are no links. */
  realPath?(path: string): Promise<string | null>;
  /** As `write`, with the bytes of another file, by the system's own copy. `null` when that is missing. Absent where there is none. */
  copy?(
    from: string,
    to: string,
    options?: AbortOptions & { condition?: ((now: DiskStat | null) => void) | undefined },
  ): Promise<DiskStat | null>;
  /**
   * A working copy of a file, to be read and written anywhere; nothing of it is seen under its name before `commit`. `from: 'file'`
   * begins with the file's bytes (NotFound when it is missing), `'empty'` with none; folders are made on demand for `'empty'`. Where
   * there are symbolic links, the file that the path leads to is replaced, not the link.
   */
  edit(path: string, options: AbortOptions & { from: 'empty' | 'file' }): Promise<DiskEdit>;
  /**
   * Runs a task while nobody else holds the lock of this path: no other process, tab or worker that uses anyfile. It guards nothing by
   * itself: reading and writing work without it. A task that asks for the lock which it holds waits for ever.
   */
  lock<T>(path: string, task: () => Promise<T>, options?: AbortOptions): Promise<T>;
}

/**
 * A working copy of a file. Calls run one after another, in the order made; after `commit` or `discard` all others reject with
 * InvalidArgument. One that is forgotten is thrown away.
 */
export interface DiskEdit {
  /** As of the last call that has settled. */
  readonly sizeBytes: number;
  /** Bytes `[start, end)`, fewer at the end. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Puts bytes anywhere, also past the end: a hole reads as zeros. They must stay as they are until it has settled. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  /** Cuts the copy, or lengthens it with zeros. */
  truncate(sizeBytes: number): Promise<void>;
  /**
   * Opens the copy for calls that do not wait; `undefined` where there are none. Until that is closed all other calls but `discard` reject with
   * InvalidArgument.
   */
  openNow(): Promise<DiskEditNow | undefined>;
  /**
   * Puts it in the file's place, atomically: flushed, renamed, permission bits kept. `condition` as of {@link Disk.write}. On failure
   * nothing stays. Ends the edit either way. `durable` as of {@link Disk.write}.
   */
  commit(
    options?: AbortOptions & {
      condition?: ((now: DiskStat | null) => void) | undefined;
      /** @default true */ durable?: boolean | undefined;
    },
  ): Promise<DiskStat>;
  /** Throws the copy away. Ends the edit; more than once, or after `commit`, does no harm. */
  discard(): Promise<void>;
}

/**
 * A working copy, for libraries that cannot wait: each call holds up the thread. What a disk says is thrown as a CloudError. After the edit has
 * ended reads give nothing and writes are refused with InvalidArgument.
 */
export interface DiskEditNow {
  /** Fills a buffer from `at` on; a hole reads as zeros. @returns how many bytes there are: fewer at the end */
  read(into: Uint8Array, at: number): number;
  /** Puts bytes anywhere, also past the end. */
  write(bytes: Uint8Array, at: number): void;
  /** Cuts the copy, or lengthens it with zeros. */
  truncate(sizeBytes: number): void;
  /** Gives the copy back to the edit. More than once does no harm. */
  close(): void;
}

/** One version of a file, open for reading. */
export interface DiskFile extends DiskStat {
  /**
   * Bytes `[start, end)`, in pieces of at most 1 MiB. `into`: where they may be put, one after another, and the pieces are then views of it; long
   * enough. A hint: whoever looks at the pieces' buffers sees whether it was taken.
   */
  read(start: number, end: number, options?: AbortOptions & { into?: Uint8Array | undefined }): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Files of a cache below one folder: paths are relative to it and `/`-separated. Nothing is promised but what the system promises, and its
 * errors come as they are, with their `code`. Calls that end in `Sync` hold up the thread: they are several times as fast.
 */
export interface CacheFiles {
  readonly processId: number;
  /** Whether such a process runs on this machine; true in doubt. */
  isAlive(processId: number): boolean;
  /** A buffer of its own with anything in it, where that is to be had; all of it must be written over before anybody sees it. */
  allocate(sizeBytes: number): Uint8Array<ArrayBuffer>;
  /** Opens a file for reading. @returns its descriptor */
  openSync(path: string): number;
  /** Reads into the whole of a buffer. @param at where in the file. @returns how many bytes came: 0 at the end */
  readSync(file: number, into: Uint8Array, at: number): number;
  /** The same off the thread. */
  read(file: number, into: Uint8Array, at: number): Promise<number>;
  closeSync(file: number): void;
  /**
   * Makes a file that must not be there, readable by this user alone, by one call to the system for all parts unless it takes
   * less. When it fails, an empty or broken file may be there.
   *
   * @param durable also wait until it is on the disk itself
   * @returns how many bytes were written: fewer is possible
   */
  write(path: string, parts: readonly Uint8Array[], durable: boolean): Promise<number>;
  /** Also over another file, where the system can. */
  renameSync(from: string, to: string): void;
  removeSync(path: string): void;
  /** Names in a folder, in no promised order. */
  listSync(folder: string): string[];
  statSync(path: string): { sizeBytes: number; mtimeMs: number };
  /** Sets the modification time. */
  touchSync(path: string, mtimeMs: number): void;
  /** Makes a folder and those above it, for this user alone. */
  makeFolderSync(path: string): void;
  /** Removes a folder with all that is in it; it need not be there. */
  removeFolder(path: string): Promise<void>;
}

/** Chunks that a native codec makes as they are asked for, each with a buffer of its own. */
export type NativeChunks = AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>;

/** A codec of the runtime itself, off the main thread, as far as it can be relied on. */
export interface NativeCodec {
  /** `level` as zlib has it: of gzip 0 to 9. */
  compress?(bytes: Uint8Array, level: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Anything but whole, well-formed data is an error, and so is output above `maxOutputBytes`. */
  decompress?(bytes: Uint8Array, maxOutputBytes: number): Promise<Uint8Array<ArrayBuffer>>;
  encode?(source: AsyncIterable<Uint8Array>, level: number): NativeChunks;
  /** The same at the only level that there is. */
  encodeUsual?(source: AsyncIterable<Uint8Array>): NativeChunks;
  decode?(source: AsyncIterable<Uint8Array>): NativeChunks;
}

/** What a SQLite database takes and gives; numbers are whole. */
export type SqliteValue = string | number | null;

/** A prepared statement. Calls hold up the thread, and throw what SQLite says. */
export interface SqliteStatement {
  /** @returns how many rows changed */
  run(...values: SqliteValue[]): number;
  all<Row>(...values: SqliteValue[]): Row[];
}

/** Which process it is. Equal marks are the same process; the fields that a system does not tell are empty. */
export interface ProcessMark {
  /** The machine, and where its numbers of processes are valid. */
  host: string;
  /** What the machine's last start is called. */
  boot: string;
  pid: number;
  /** When the process began. */
  start: string;
}

/** The processes of this machine. */
export interface Processes {
  /** The mark of this process. */
  ownMark(): ProcessMark;
  /** Whether a process has ended for certain: false in doubt, and of other machines. */
  hasEnded(mark: ProcessMark): boolean;
}

/** A SQLite database that other processes use too. */
export interface Sqlite {
  /** Run statements without values. Only in `read` and `transaction`. */
  exec(sql: string): void;
  /** The same statement for the same text. Only in `read` and `transaction`. */
  prepare(sql: string): SqliteStatement;
  /** Run a task that only reads, again as long as others hold the database. Errors: CloudError where the cause is known. */
  read<T>(task: () => T, options?: AbortOptions): Promise<T>;
  /** Run a task in `BEGIN IMMEDIATE … COMMIT`: all or nothing, again as long as others hold the database, so that it must bear repetition. */
  transaction<T>(task: () => T, options?: AbortOptions): Promise<T>;
  /** Take the file away, in a transaction, unless another one is in its place by now. */
  removeFile(): void;
  close(): void;
  /** This process. */
  readonly owner: ProcessMark;
  /** Whether a process has ended for certain: false in doubt, and of other machines. */
  hasEnded(mark: ProcessMark): boolean;
}

/** How a stream of Node's is made. */
export interface NodeReadableOptions extends AbortOptions {
  /** Bytes that are read ahead. @default Node's own */
  highWaterMark?: number | undefined;
  /** Give text, not bytes. */
  encoding?: string | undefined;
}

/** A `Readable` of node:stream, as far as it is told without Node's types; what takes a stream or an async iterable takes it. */
export interface NodeReadable extends AsyncIterable<Uint8Array> {
  readonly destroyed: boolean;
  readonly readableEnded: boolean;
  pipe<T>(destination: T, options?: { end?: boolean | undefined }): T;
  on(event: string, listener: (...values: never[]) => void): this;
  once(event: string, listener: (...values: never[]) => void): this;
  off(event: string, listener: (...values: never[]) => void): this;
  read(sizeBytes?: number): unknown;
  pause(): this;
  resume(): this;
  setEncoding(encoding: string): this;
  destroy(error?: Error): this;
}

/** What both platform folders export. */
export interface Platform {
  /** `undefined` where nothing is told of processes. */
  openProcesses(): Promise<Processes | undefined>;
  runtime(): RuntimeName;
  /** Reads are signed in the query, no header but `Range: bytes=a-b` is sent, redirects are opaque. */
  readonly sendsLikeAPage: boolean;
  /** Whether bodies arrive as stored whatever Content-Encoding says. */
  storedBytes(): boolean;
  /** The runtime's own transport; opens nothing until the first request. */
  createHttpPort(): HttpPortHandle;
  /** Environment variables; empty where there are none. Read when asked, never at import. */
  environment(): Record<string, string | undefined>;
  /** A native synchronous hash, or undefined: then the caller uses plain JavaScript. */
  createNativeHash(algorithm: 'md5' | 'sha256' | 'sha1'): NativeHash | undefined;
  /** The same for bytes that are all there, where there is a call for that: it leaves nothing to be collected. */
  nativeDigest(algorithm: 'md5' | 'sha256', bytes: Uint8Array): Uint8Array | undefined;
  /** CRC-32 (IEEE), where the runtime has it. */
  nativeCrc32(): ((bytes: Uint8Array, seed: number) => number) | undefined;
  /** Credentials to be found without being told: secrets, environment, the vendors' chains. Undefined in browsers. */
  defaultCredentials(
    service: 's3' | 'gs' | 'http',
    options?: {
      profile?: string | undefined;
      alias?: string | undefined;
      host?: string | undefined;
      /** Told where they were found. */
      onFound?: ((where: string) => void) | undefined;
    },
  ): CredentialsProvider | undefined;
  /** The disk, or undefined. */
  openDisk(): Promise<Disk | undefined>;
  /** The browser's own disk, or undefined. */
  openOpfs(): Promise<Disk | undefined>;
  /** A folder that the user of a page handed out, by its handle; undefined where there is no such thing. */
  openFolder(folder: FileSystemDirectoryHandle): Promise<Disk | undefined>;
  /**
   * A folder for what need not outlive the program, and the disk that it is on: below the system's temporary folder, removed when the
   * process exits; in browsers on their own disk; where there is none, in memory. The same each time.
   *
   * @param within absolute path of another folder to make it in; not in browsers
   */
  openScratch(within?: string): Promise<{ disk: Disk; folder: string }>;
  /** Files of a cache below a folder, which is an absolute path and need not be there; undefined in browsers. */
  openCacheFiles(folder: string): Promise<CacheFiles | undefined>;
  /**
   * A SQLite database at an absolute path, which must be there unless `create` is said; undefined in browsers. Errors: CloudError `NotFound`,
   * `InvalidFile`, `PermissionDenied`, `NotSupported`.
   */
  openSqlite(path: string, options?: AbortOptions & { /** @default false */ create?: boolean }): Promise<Sqlite | undefined>;
  /** In a worker what it was started through: its own scope or port. Undefined elsewhere. */
  ownPort(): MessagePortLike | undefined;
  /** Persistent aliases, `name → host`. */
  loadAliases(): Promise<Record<string, string>>;
  saveAliases(aliases: Record<string, string>): Promise<void>;
  /** Absolute path of a plain or relative path (`~`, `.`, `..` resolved). */
  absolutePath(path: string): string;
  /** Whether {@link nativeCodec} has brotli, so that no other need be shipped. */
  readonly hasBrotli: boolean;
  /**
   * A stream of Node's over chunks, which are asked for once somebody reads; `open` gets a signal that ends with the stream. Undefined in
   * browsers.
   */
  createNodeReadable(open: (signal: AbortSignal) => AsyncIterable<Uint8Array>, options: NodeReadableOptions): NodeReadable | undefined;
  /** A codec of the runtime's own, loaded on use; undefined: then others do the work. */
  nativeCodec(encoding: 'gzip' | 'br' | 'zstd'): Promise<NativeCodec | undefined>;
}
