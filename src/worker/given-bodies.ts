/**
 * What is written through a worker, and stays with the caller: streams, whose chunks the worker asks for, and contents that are read where it wants them.
 *
 * @module
 */
import { runtime } from '#platform';
import { CloudError } from '../errors.ts';
import { giving, ownBytes } from '../rpc/own-bytes.ts';
import type { Answer } from '../rpc/peer.ts';
import type { Body, PutOptions, RewriteContent } from '../types.ts';
import { bodyChunks, toSendable, type Sendable } from '../util/body.ts';
import type { PostedBody, PostedContent } from './messages.ts';

/** Blobs that cannot be posted (Node, Bun, Deno) go as bytes when they are no larger: those can be sent again after a fault. */
const MOST_BLOB_BYTES = 0x100_0000;

/** A body that was made ready to be sent, and what the store is told of it. */
export interface GivenBody {
  readonly body: PostedBody;
  readonly options: PutOptions;
  readonly transfer: ArrayBuffer[];
}

/** What the caller keeps for the worker. */
export interface GivenBodies {
  /** @throws CloudError `InvalidArgument` for what is no body */
  give(body: Body, options: PutOptions): Promise<GivenBody>;
  giveContent(content: RewriteContent): PostedContent;
  /** The call is over: what is left of the stream is not wanted. */
  take(id: number): void;
  chunk(id: number): Promise<Answer>;
  content(id: number, start: number, end: number): Promise<Answer>;
  /** Nobody asks any more. */
  clear(): void;
  readonly size: number;
}

const over = (): CloudError => new CloudError('the call that wrote this is over', { code: 'InvalidArgument', operation: 'put' });

/** Make what keeps bodies for a worker. */
export function keepBodies(): GivenBodies {
  const streams = new Map<number, AsyncIterator<Uint8Array>>();
  const contents = new Map<number, RewriteContent>();
  let last = 0;

  async function post({ body }: Sendable, isOurs: boolean, signal: AbortSignal | undefined): Promise<[PostedBody, ArrayBuffer[]]> {
    if (body instanceof Uint8Array) {
      const own = ownBytes(body);
      // the caller's own buffer is copied as it is sent, and never given away
      return [{ kind: 'whole', body: own }, isOurs || own !== body ? [own.buffer] : []];
    }
    if (body instanceof Blob) {
      if (runtime() === 'browser') return [{ kind: 'whole', body }, []];
      if (body.size <= MOST_BLOB_BYTES) {
        const bytes = new Uint8Array(await body.arrayBuffer());
        return [{ kind: 'whole', body: bytes }, [bytes.buffer]];
      }
    }
    streams.set(++last, bodyChunks(body, { signal })[Symbol.asyncIterator]());
    return [{ kind: 'stream', id: last }, []];
  }
  function take(id: number): void {
    const stream = streams.get(id);
    streams.delete(id);
    contents.delete(id);
    Promise.resolve(stream?.return?.()).catch(() => {});
  }

  return {
    async give(body, options) {
      const sendable = toSendable(body, options);
      const { contentType, sizeBytes } = sendable;
      const [posted, transfer] = await post(sendable, typeof body === 'string', options.signal);
      // a length that the body tells itself, when it goes as a stream; a promise of the caller's is held to by the store
      const size = posted.kind === 'stream' ? (options.sizeBytes ?? sizeBytes) : options.sizeBytes;
      return { body: posted, options: { ...options, contentType, sizeBytes: size }, transfer };
    },
    giveContent(content) {
      contents.set(++last, content);
      const { sizeBytes, changed } = content;
      return { id: last, sizeBytes, changed: changed.map(({ start, end }) => ({ start, end })) };
    },
    take,
    async chunk(id) {
      const stream = streams.get(id);
      if (!stream) throw over();
      const { done, value } = await stream.next();
      if (done) {
        streams.delete(id);
        return { value: null };
      }
      const own = ownBytes(value);
      // the producer may fill the same buffer again
      return own === value ? { value: own } : giving(own, own);
    },
    async content(id, start, end) {
      const content = contents.get(id);
      if (!content) throw over();
      return { value: ownBytes(await content.read(start, end)) };
    },
    clear() {
      for (const id of [...streams.keys(), ...contents.keys()]) take(id);
    },
    get size() {
      return streams.size + contents.size;
    },
  };
}
