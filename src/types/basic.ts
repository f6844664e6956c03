/**
 * What every call takes: aborts, bytes, ranges, time. Types only, no code.
 *
 * @module
 */
/** The root of every options object. */
export interface AbortOptions {
  /** Ends the call; it rejects with `signal.reason` itself. */
  signal?: AbortSignal | undefined;
}

/** Bytes that anyfile takes. Anything that can be read twice can be sent again after a fault; the last three can not. */
export type Body = string | Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** `[start, end)` in bytes of the stored object; `end` is exclusive, either may be left out. */
export interface ByteRange {
  start?: number | undefined;
  end?: number | undefined;
}

/** Milliseconds since the epoch; the tests set it. */
export type Clock = () => number;
