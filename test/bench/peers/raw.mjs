// The limits: what HTTP costs in Node without a signature, by global fetch and by undici's request.
import { drain } from '../drain.mjs';

const path = ({ endpoint, bucket }) => `${endpoint}/${bucket}/`;
const rangeOf = (offset, length) => ({ range: `bytes=${offset}-${offset + length - 1}` });

/** Unsigned global `fetch`: what everything is compared with. */
export function fetchPeer(job) {
  const base = path(job);
  const call = async (key, init) => {
    const response = await fetch(base + key, init);
    if (!response.ok) throw new Error(`${response.status} for ${key}`);
    return response;
  };
  return {
    get: async (key) => (await (await call(key)).arrayBuffer()).byteLength,
    put: async (key, body) => void (await (await call(key, { method: 'PUT', body })).arrayBuffer()),
    range: async (key, offset, length) => (await (await call(key, { headers: rangeOf(offset, length) })).arrayBuffer()).byteLength,
    stream: async (key) => drain((await call(key)).body),
  };
}

/** Unsigned `undici.request`: what Node's HTTP costs without fetch. */
export async function undiciPeer(job, load) {
  const { request, Agent } = await load('undici');
  const dispatcher = new Agent({ connections: job.inFlight, pipelining: 1, keepAliveTimeout: 60_000 });
  const base = path(job);
  const call = async (key, init) => {
    const { statusCode, body } = await request(base + key, { ...init, dispatcher });
    if (statusCode > 299) throw new Error(`${statusCode} for ${key}`);
    return body;
  };
  return {
    get: async (key) => (await (await call(key)).arrayBuffer()).byteLength,
    put: async (key, body) => void (await (await call(key, { method: 'PUT', body })).arrayBuffer()),
    range: async (key, offset, length) => (await (await call(key, { headers: rangeOf(offset, length) })).arrayBuffer()).byteLength,
    async stream(key) {
      let bytes = 0;
      for await (const chunk of await call(key)) bytes += chunk.length;
      return bytes;
    },
  };
}

/** `undici.request` with every chunk given to node:crypto's MD5. */
export async function nodeMd5Peer(job, load) {
  const { request, Agent } = await load('undici');
  const { createHash } = await import('node:crypto');
  const dispatcher = new Agent({ connections: 1, pipelining: 1 });
  const base = path(job);
  const stream = async (key) => {
    const hash = createHash('md5');
    let bytes = 0;
    for await (const chunk of (await request(base + key, { dispatcher })).body) {
      bytes += chunk.length;
      hash.update(chunk);
    }
    hash.digest();
    return bytes;
  };
  return { get: stream, stream };
}

/** node:crypto's MD5 of as many bytes, in pieces as they come from a socket, without a socket. */
export async function md5Peer() {
  const { createHash } = await import('node:crypto');
  const piece = new Uint8Array(0x10000).fill(7);
  const hashOf = async (length) => {
    const hash = createHash('md5');
    for (let at = 0; at < length; at += piece.length) hash.update(piece);
    hash.digest();
    return length;
  };
  return { get: () => hashOf(4096), stream: () => hashOf(0x20000000) };
}
