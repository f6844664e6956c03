// Every peer by name. Only the one that is asked for loads its package.
import { filesPeer, storePeer } from './anyfile.mjs';
import { aws4fetchPeer, awsSdkPeer, googlePeer, opendalPeer, s3miniPeer } from './packages.mjs';
import { fetchPeer, md5Peer, nodeMd5Peer, undiciPeer } from './raw.mjs';
import { aws4fetchBarePeer, aws4fetchSharedPeer, awsClientPeer, signAwsPeer, signerPeer } from './sign.mjs';

/** name → (job, load) → the peer: some of `get`, `put`, `range`, `stream`, `list`, or `sync` or `async` for signers. */
export const peers = {
  fetch: fetchPeer,
  'undici.request': undiciPeer,
  anyfile: storePeer,
  CloudFiles: filesPeer,
  s3mini: s3miniPeer,
  aws4fetch: aws4fetchPeer,
  'aws-sdk': awsSdkPeer,
  opendal: opendalPeer,
  'google-cloud/storage': googlePeer,
  'undici.request and node:crypto': nodeMd5Peer,
  'node:crypto alone': md5Peer,
  signAws: signAwsPeer,
  'inner signer': signerPeer,
  'aws4fetch, shared cache': aws4fetchSharedPeer,
  'aws4fetch, no cache': aws4fetchBarePeer,
  'AwsClient.sign': awsClientPeer,
};

/** The same peers with something else in their job. */
export const variants = {
  'anyfile, not verified': { peer: 'anyfile', verify: false },
  'anyfile, crc32': { peer: 'anyfile', key: 'big/crc32' },
  'anyfile, crc32c': { peer: 'anyfile', key: 'big/crc32c' },
  'anyfile, crc64nvme': { peer: 'anyfile', key: 'big/crc64nvme' },
  'anyfile, md5': { peer: 'anyfile', key: 'big/md5' },
  'aws-sdk, crc32c': { peer: 'aws-sdk', key: 'big/crc32c', checksums: true },
  'google-cloud/storage, crc32c': { peer: 'google-cloud/storage', key: 'big/crc32c' },
  'undici.request, md5 by node:crypto': { peer: 'undici.request and node:crypto', key: 'big/md5' },
  'aws4fetch, shared cache, 32 at once': { peer: 'aws4fetch, shared cache', inFlight: 32 },
};
