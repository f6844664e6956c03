/**
 * Decoders that are not anyfile's: what an encoder makes is tried on them, since one's own decoder may forgive what others refuse.
 *
 * @module
 */
import type * as Zlib from 'node:zlib';
import type { Encoding } from '../../src/codecs.ts';
import { allOf, inPieces } from './codec-streams.ts';

type Decode = (bytes: Uint8Array) => Promise<Uint8Array>;

/** Without zstd in Node 20. */
type NodeZlib = Pick<typeof Zlib, 'gunzipSync' | 'brotliDecompressSync'> & { zstdDecompressSync?(bytes: Uint8Array): Uint8Array };

function zlib(): NodeZlib | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(id: string): unknown } };
  return process?.getBuiltinModule?.('node:zlib') as NodeZlib | undefined;
}

/** The browser's own. */
function streamed(format: string): Decode | undefined {
  try {
    void new DecompressionStream(format as 'gzip');
  } catch {
    return undefined;
  }
  return (bytes) => allOf(inPieces(bytes, 0x10000).pipeThrough(new DecompressionStream(format as 'gzip')));
}

/** What this runtime itself decodes an encoding with: node:zlib, or DecompressionStream; undefined where it has nothing. */
export function independentDecoder(encoding: Encoding): Decode | undefined {
  const node = zlib();
  if (encoding === 'gzip') return node ? async (bytes) => node.gunzipSync(bytes) : streamed('gzip');
  if (encoding === 'br') return node ? async (bytes) => node.brotliDecompressSync(bytes) : streamed('brotli');
  if (encoding !== 'zstd') return undefined;
  return node ? node.zstdDecompressSync && (async (bytes) => node.zstdDecompressSync!(bytes)) : streamed('zstd');
}
