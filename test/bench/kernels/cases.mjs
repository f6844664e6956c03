// What is compared, and what has to come out; the same in Node and in a page. Every peer's answer is compared before it is timed.
import { documents, noise } from './inputs.mjs';

const KIB = 1024;
const lengths = { '64 B': 64, '4 KiB': 4 * KIB, '64 KiB': 64 * KIB, '1 MiB': KIB * KIB };
const goal = (beside, atLeast, subject = 'anyfile') => ({ subject, beside, atLeast });

function same(answers, what) {
  const [first, ...others] = Object.entries(answers).map(([name, value]) => [name, String(value)]);
  for (const [name, value] of others)
    if (value !== first[1]) throw new Error(`${what}: ${name} says ${value}, ${first[0]} says ${first[1]}`);
}

/** One case over lengths of noise; `peersOf` gives functions of the bytes. */
function overLengths(name, title, peersOf, goals, wanted = lengths) {
  const inputs = {};
  for (const [label, length] of Object.entries(wanted)) {
    inputs[label] = () => {
      const bytes = noise(length);
      const peers = Object.fromEntries(Object.entries(peersOf).map(([peer, run]) => [peer, () => run(bytes)]));
      same(Object.fromEntries(Object.entries(peers).map(([peer, run]) => [peer, run()])), `${name} of ${label}`);
      return { peers, units: length / 1e6 };
    };
  }
  return { name, title, unit: 'MB/s', inputs, goals };
}

const hexOf = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

async function hashCases({ load, engine }) {
  const { crc32, crc32c, crc64nvme, md5, md5Many } = await load('anyfile/hash');
  const hashWasm = await load('hash-wasm');
  const fromHash = async (make) => {
    const hasher = await make;
    return (bytes) => parseInt(hasher.init().update(bytes).digest('hex'), 16);
  };
  const theirCrc32c = await fromHash(hashWasm.createCRC32(0x82f63b78));
  const theirCrc32 = await fromHash(hashWasm.createCRC32());
  const theirMd5 = await hashWasm.createMD5();
  const node = engine === 'node';
  const rs = node ? await load('@node-rs/crc32') : undefined;
  const crypto = node ? await load('node:crypto') : undefined;
  const zlib = node ? await load('node:zlib') : undefined;
  const plain = await load('anyfile:plain');
  const slicing = await load('anyfile:slicing16');
  const nodeMd5 = crypto?.hash ? (bytes) => crypto.hash('md5', bytes) : (bytes) => crypto.createHash('md5').update(bytes).digest('hex');
  const many = {};
  for (const [label, length] of Object.entries({ '4 KiB': 4 * KIB, '16 KiB': 16 * KIB, '64 KiB': 64 * KIB, '1 MiB': KIB * KIB })) {
    many[label] = () => {
      const four = [1, 2, 3, 4].map((seed) => noise(length, seed));
      const peers = {
        anyfile: () => md5Many(four).map(hexOf),
        'hash-wasm': () => four.map((bytes) => theirMd5.init().update(bytes).digest('hex')),
        ...(node && { 'node:crypto': () => four.map(nodeMd5) }),
      };
      same(Object.fromEntries(Object.entries(peers).map(([peer, run]) => [peer, run()])), `MD5 of four times ${label}`);
      return { peers, units: (4 * length) / 1e6 };
    };
  }
  return [
    overLengths(
      'crc32c',
      'CRC-32C',
      { anyfile: crc32c, 'hash-wasm': theirCrc32c, 'plain JavaScript': plain.crc32c, ...(node && { '@node-rs/crc32': rs.crc32c }) },
      {
        '64 B': [goal('plain JavaScript', 0.8)],
        '4 KiB': [goal('hash-wasm', 2.5)],
        '64 KiB': [goal('hash-wasm', 4.5), ...(node ? [goal('@node-rs/crc32', 1.4)] : [])],
        '1 MiB': [goal('hash-wasm', 4.5), ...(node ? [goal('@node-rs/crc32', 1.4)] : [])],
      },
    ),
    overLengths('crc32', 'CRC-32', {
      anyfile: crc32,
      'hash-wasm': theirCrc32,
      'plain JavaScript': plain.crc32,
      ...(node && { '@node-rs/crc32': rs.crc32, ...(zlib.crc32 && { 'node:zlib': zlib.crc32 }) }),
    }),
    overLengths(
      'crc64nvme',
      'CRC-64/NVME',
      { anyfile: crc64nvme, 'slicing by 16, WebAssembly': slicing, 'plain JavaScript': plain.crc64nvme },
      {
        '64 B': [goal('plain JavaScript', 0.8)],
        '4 KiB': [goal('slicing by 16, WebAssembly', 1.5)],
        '64 KiB': [goal('slicing by 16, WebAssembly', 3)],
        '1 MiB': [goal('slicing by 16, WebAssembly', 3)],
      },
    ),
    overLengths('md5', 'MD5 of one buffer', {
      anyfile: (bytes) => hexOf(md5(bytes)),
      'hash-wasm': (bytes) => theirMd5.init().update(bytes).digest('hex'),
      ...(node && { 'node:crypto': nodeMd5 }),
    }),
    {
      name: 'md5Many',
      title: 'MD5 of four buffers of this length',
      unit: 'MB/s',
      inputs: many,
      goals: node
        ? { '16 KiB': [goal('node:crypto', 1.6)], '64 KiB': [goal('node:crypto', 1.6)], '1 MiB': [goal('node:crypto', 1.6)] }
        : {},
    },
  ];
}

async function signCases({ load }) {
  const { kernel, plain } = await load('anyfile:signers');
  const { AwsV4Signer } = await load('aws4fetch');
  const keys = { accessKeyId: 'A'.repeat(20), secretAccessKey: 'b'.repeat(40) };
  const date = new Date();
  const datetime = date.toISOString().replace(/[:-]|\.\d{3}/g, '');
  const url = (i) => `https://bucket.s3.eu-west-1.amazonaws.com/folder/object-${i % 1000}.bin`;
  const cache = new Map();
  let n = 0;
  const ours = (signer) => () => signer.signHeaders({ method: 'GET', url: url(n++), headers: {} }, date);
  const theirs = async (address) =>
    (await new AwsV4Signer({ ...keys, url: address, service: 's3', region: 'eu-west-1', datetime, cache }).sign()).headers.get(
      'authorization',
    );
  return [
    {
      name: 'sign',
      title: 'SigV4, the headers of a GET, fresh path each time',
      unit: 'signatures/s',
      inputs: {
        headers: async () => {
          const signers = { anyfile: await kernel(keys, 'eu-west-1'), 'plain JavaScript': plain(keys, 'eu-west-1') };
          const answers = {};
          for (const [name, signer] of Object.entries(signers)) {
            answers[name] = signer.signHeaders({ method: 'GET', url: url(1), headers: {} }, date).headers.authorization;
          }
          same({ ...answers, aws4fetch: await theirs(url(1)) }, 'the signature');
          const peers = Object.fromEntries(Object.entries(signers).map(([name, signer]) => [name, ours(signer)]));
          return { peers: { ...peers, aws4fetch: () => theirs(url(n++)) }, units: 1 };
        },
      },
      goals: { headers: [goal('plain JavaScript', 2), goal('aws4fetch', undefined)] },
    },
  ];
}

/** Both directions of a codec on each document. `peers`: name → `{ compress, decompress }`, of bytes. */
function codecCases(name, title, peers, { compress = [], decompress = [], size = {} }) {
  const docs = documents();
  const way = (direction) => {
    const inputs = {};
    for (const [label, plain] of Object.entries(docs)) {
      inputs[label] = async () => {
        const runs = {};
        const sizes = {};
        for (const [peer, codec] of Object.entries(peers)) {
          if (!codec[direction]) continue;
          const packed = await (codec.compress ?? peers.anyfile.compress)(plain);
          const back = await (codec.decompress ?? peers.anyfile.decompress)(packed);
          if (back.length !== plain.length || back.some((byte, i) => byte !== plain[i]))
            throw new Error(`${name}: ${peer} gives other bytes`);
          sizes[peer] = packed.length / plain.length;
          // everybody decodes the same bytes
          const given = direction === 'compress' ? plain : await peers.anyfile.compress(plain);
          runs[peer] = () => codec[direction](given);
        }
        return { peers: runs, units: plain.length / 1e6, sizes };
      };
    }
    return inputs;
  };
  const goals = (list, sizes) =>
    Object.fromEntries(Object.keys(docs).map((label) => [label, [...list, ...(sizes?.[label] ? [sizes[label]] : [])]]));
  return [
    { name: `${name}-c`, title: `${title}: compress`, unit: 'MB/s', ms: 150, inputs: way('compress'), goals: goals(compress, size) },
    { name: `${name}-d`, title: `${title}: decompress`, unit: 'MB/s', ms: 150, inputs: way('decompress'), goals: goals(decompress) },
  ];
}

async function allCodecs({ load, engine }) {
  const node = engine === 'node';
  const gzip = await load('anyfile/codecs/gzip');
  const zstd = await load('anyfile/codecs/zstd');
  const fflate = await load('fflate');
  const bokuweb = await load('@bokuweb/zstd-wasm');
  if (bokuweb.init) await bokuweb.init();
  const zlib = node ? await load('node:zlib') : undefined;
  // In Node the codec leaves what is large to zlib's threads: there libdeflate is judged by itself.
  const libdeflate = node ? await load('anyfile:libdeflate') : undefined;
  const subject = node ? 'libdeflate' : 'anyfile';
  const forInformation = node ? [goal('fflate', undefined), goal('node:zlib', undefined)] : [];
  const at = (codec, level) => ({ compress: (bytes) => codec.compress(bytes, { level }), decompress: (bytes) => codec.decompress(bytes) });
  const through = (stream) => async (bytes) =>
    new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream())).arrayBuffer());
  return [
    ...codecCases(
      'gzip',
      'gzip, level 6',
      {
        anyfile: at(gzip, 6),
        fflate: { compress: (bytes) => fflate.gzipSync(bytes, { level: 6 }), decompress: (bytes) => fflate.gunzipSync(bytes) },
        ...(node
          ? {
              libdeflate: { compress: (bytes) => libdeflate.compress(bytes, 6), decompress: libdeflate.decompress },
              'node:zlib': { compress: (bytes) => zlib.gzipSync(bytes, { level: 6 }), decompress: (bytes) => zlib.gunzipSync(bytes) },
            }
          : {
              CompressionStream: {
                compress: through(() => new CompressionStream('gzip')),
                decompress: through(() => new DecompressionStream('gzip')),
              },
            }),
      },
      {
        compress: [goal('fflate', 2.5, subject), ...forInformation],
        decompress: [goal('fflate', 2, subject), ...forInformation],
        size: node
          ? {
              json: { subject, beside: 'node:zlib', size: 1.1 },
              // Reported, not judged; `undefined` would be lost as JSON.
              float32: { subject, beside: 'node:zlib', size: null },
              labels: { subject, beside: 'node:zlib', size: 1.3 },
            }
          : {},
      },
    ),
    ...codecCases(
      'zstd',
      'zstd, level 3',
      {
        anyfile: at(zstd, 3),
        '@bokuweb/zstd-wasm': { compress: (bytes) => bokuweb.compress(bytes, 3), decompress: (bytes) => bokuweb.decompress(bytes) },
        ...(zlib?.zstdCompressSync && {
          'node:zlib': { compress: (bytes) => zlib.zstdCompressSync(bytes), decompress: (bytes) => zlib.zstdDecompressSync(bytes) },
        }),
      },
      { compress: [goal('@bokuweb/zstd-wasm', 1.15)], decompress: [goal('@bokuweb/zstd-wasm', undefined)] },
    ),
  ];
}

/**
 * Every case.
 *
 * @param load imports a package, a part of anyfile, or one of the modules that only the benchmark has
 * @param engine `node` or `page`
 */
export async function cases(context) {
  return [...(await hashCases(context)), ...(await signCases(context)), ...(await allCodecs(context))];
}
