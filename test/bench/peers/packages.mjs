// Other packages that do the same work, each used as its documentation shows.
import { drain } from '../drain.mjs';

const rangeOf = (offset, length) => ({ range: `bytes=${offset}-${offset + length - 1}` });

export async function aws4fetchPeer({ endpoint, bucket, region, credentials }, load) {
  const { AwsClient } = await load('aws4fetch');
  const client = new AwsClient({ ...credentials, region, service: 's3', retries: 0 });
  const call = async (key, init) => {
    const response = await client.fetch(`${endpoint}/${bucket}/${key}`, init);
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

export async function s3miniPeer({ endpoint, bucket, region, credentials }, load) {
  const { S3mini } = await load('s3mini');
  const client = new S3mini({ ...credentials, region, endpoint: `${endpoint}/${bucket}` });
  return {
    get: async (key) => (await client.getObjectArrayBuffer(key)).byteLength,
    put: async (key, body) => void (await client.putObject(key, body)),
    // The end of its ranges is exclusive.
    range: async (key, offset, length) => (await (await client.getObjectRaw(key, false, offset, offset + length)).arrayBuffer()).byteLength,
    stream: async (key) => drain((await client.getObjectResponse(key)).body),
    list: async (prefix) => (await client.listObjects('/', prefix, undefined, { delimiter: '' })).length,
  };
}

/** `checksums`: as it does by default, which is to check what it can. */
export async function awsSdkPeer({ endpoint, bucket: Bucket, region, credentials, inFlight, checksums = false }, load) {
  const { S3Client, GetObjectCommand, PutObjectCommand, paginateListObjectsV2 } = await load('@aws-sdk/client-s3');
  const { Agent } = await import('node:http');
  const client = new S3Client({
    endpoint,
    region,
    credentials,
    forcePathStyle: true,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: inFlight }) },
    requestChecksumCalculation: checksums ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
    responseChecksumValidation: checksums ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
  });
  const read = async (input) => (await (await client.send(new GetObjectCommand({ Bucket, ...input }))).Body.transformToByteArray()).length;
  return {
    get: (Key) => read({ Key }),
    put: async (Key, Body) => void (await client.send(new PutObjectCommand({ Bucket, Key, Body }))),
    range: (Key, offset, length) => read({ Key, Range: rangeOf(offset, length).range }),
    async stream(Key) {
      let bytes = 0;
      for await (const chunk of (await client.send(new GetObjectCommand({ Bucket, Key }))).Body) bytes += chunk.length;
      return bytes;
    },
    async list(Prefix) {
      let count = 0;
      for await (const { Contents } of paginateListObjectsV2({ client }, { Bucket, Prefix })) count += Contents.length;
      return count;
    },
  };
}

/** Google's own, which checks CRC-32C. */
export async function googlePeer({ endpoint, bucket }, load) {
  const { Storage } = await load('@google-cloud/storage');
  const storage = new Storage({ apiEndpoint: endpoint, projectId: 'bench', retryOptions: { autoRetry: false } });
  const read = async (key) => {
    let bytes = 0;
    for await (const chunk of storage
      .bucket(bucket)
      .file(key)
      .createReadStream({ validation: key.startsWith('big/') && 'crc32c' })) {
      bytes += chunk.length;
    }
    return bytes;
  };
  return { get: read, stream: read };
}

export async function opendalPeer({ endpoint, bucket, region, credentials }, load) {
  const { Operator } = (await load('opendal')).default;
  const operator = new Operator('s3', {
    endpoint,
    bucket,
    region,
    access_key_id: credentials.accessKeyId,
    secret_access_key: credentials.secretAccessKey,
    disable_ec2_metadata: 'true',
    disable_config_load: 'true',
  });
  return {
    get: async (key) => (await operator.read(key)).length,
    put: async (key, body) => void (await operator.write(key, Buffer.from(body.buffer, body.byteOffset, body.length))),
    range: async (key, offset, length) => (await operator.read(key, { offset: BigInt(offset), size: BigInt(length) })).length,
    async stream(key) {
      let bytes = 0;
      for await (const chunk of (await operator.reader(key)).createReadStream()) bytes += chunk.length;
      return bytes;
    },
    list: async (prefix) => (await operator.list(prefix, { recursive: true })).length,
  };
}
