// The limits: what HTTP costs in Node without a signature, by global fetch and by undici's request.

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

/** Reads a web stream to its end. @returns the number of bytes */
export async function drain(stream) {
  const reader = stream.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
}
