/**
 * What is used of BullMQ 6 and ioredis 6, in types of our own.
 *
 * @module
 */

/** A client of ioredis. */
export interface RedisClient {
  on(event: 'error' | 'ready', listener: (value: unknown) => void): unknown;
  connect(): Promise<void>;
  disconnect(): void;
  get(key: string): Promise<string | null>;
  hget(key: string, field: string): Promise<string | null>;
  hgetall(key: string): Promise<Record<string, string>>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hset(key: string, ...fieldsAndValues: (string | number)[]): Promise<number>;
  hsetnx(key: string, field: string, value: string): Promise<number>;
  hdel(key: string, ...fields: string[]): Promise<number>;
  hlen(key: string): Promise<number>;
  hscan(key: string, cursor: string, count: 'COUNT', size: number): Promise<[cursor: string, fieldsAndValues: string[]]>;
  del(...keys: string[]): Promise<number>;
  getrangeBuffer(key: string, from: number, to: number): Promise<Uint8Array>;
  eval(script: string, keys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/** The package. */
export interface RedisPackage {
  readonly Redis: new (url: string, options: Record<string, unknown>) => RedisClient;
}

/** What a job of the queue carries. */
export interface RangeData {
  readonly from: number;
  readonly size: number;
}

/** A job that was fetched, or looked up. */
export interface BullJob {
  readonly id: string;
  readonly data: RangeData;
  updateData(data: RangeData): Promise<void>;
  extendLock(token: string, ms: number): Promise<number>;
  moveToCompleted(value: unknown, token: string, fetchNext: boolean): Promise<unknown>;
  moveToDelayed(timestamp: number, token: string): Promise<void>;
  moveToWait(token: string): Promise<unknown>;
}

/** The adding half. */
export interface BullQueue {
  on(event: 'error', listener: (error: Error) => void): unknown;
  addBulk(jobs: { name: string; data: RangeData; opts: Record<string, unknown> }[]): Promise<unknown>;
  getActive(): Promise<BullJob[]>;
  getJobCounts(...states: string[]): Promise<Record<string, number>>;
  obliterate(options: { force: boolean }): Promise<void>;
  toKey(id: string): string;
  close(): Promise<void>;
}

/** The taking half. */
export interface BullWorker {
  readonly opts: { lockDuration: number; stalledInterval: number };
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  getNextJob(token: string, options: { block: boolean }): Promise<BullJob | undefined>;
  startStalledCheckTimer(): Promise<void>;
  close(force: boolean): Promise<void>;
}

/** The package. */
export interface BullPackage {
  readonly Queue: new (name: string, options: Record<string, unknown>) => BullQueue;
  readonly Worker: new (name: string, processor: null, options: Record<string, unknown>) => BullWorker;
}
