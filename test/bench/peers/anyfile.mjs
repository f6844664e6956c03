// The built package, through what it exports.
import { drain } from '../drain.mjs';

const options = ({ endpoint, region, credentials, inFlight }) => ({ endpoint, region, credentials, concurrency: Math.max(inFlight, 32) });

/** `openStore`. Whole objects are verified, as is the default, unless the job says otherwise. */
export async function storePeer(job, load) {
  const { openStore } = await load('anyfile');
  const store = openStore(`s3://${job.bucket}`, options(job));
  const { verify = true } = job;
  return {
    get: async (key) => (await (await store.get(key, { verify })).bytes()).length,
    put: async (key, body) => void (await store.put(key, body)),
    range: async (key, offset, length) => (await (await store.get(key, { range: { start: offset, end: offset + length } })).bytes()).length,
    async stream(key) {
      const result = await store.get(key, { verify });
      const bytes = await drain(result.stream());
      if (result.verified !== verify) throw new Error(`verified: ${result.verified}`);
      return bytes;
    },
    async list(prefix) {
      let count = 0;
      for await (const { objects } of store.list({ prefix }))
        for (const { key, sizeBytes, etag } of objects) if (key && sizeBytes && etag) count++;
      return count;
    },
  };
}

/** `CloudFiles`. */
export async function filesPeer(job, load) {
  const { CloudFiles } = await load('anyfile');
  const files = new CloudFiles(`s3://${job.bucket}`, options(job));
  return {
    get: async (path) => (await files.get(path)).length,
    put: async (path, body) => void (await files.put(path, body)),
    range: async (path, offset, length) => (await files.get({ path, start: offset, end: offset + length })).length,
    async list(prefix) {
      let count = 0;
      for await (const name of files.list({ prefix })) if (name) count++;
      return count;
    },
  };
}
