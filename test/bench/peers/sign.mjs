// Who signs requests: each gives a function that signs the GET of one key.

const url = (i) => `https://bucket.s3.us-east-1.amazonaws.com/some/prefix/${i}.bin`;

export async function signAwsPeer({ credentials, region }, load) {
  const { signAws } = await load('anyfile/sign');
  return { sync: (i) => signAws({ url: url(i) }, { credentials, region }) };
}

/** The signer that the stores use, from the sources. */
export async function signerPeer({ credentials, region }, load) {
  const { createAwsSigner } = await load('anyfile:signer');
  const signer = createAwsSigner(credentials, { region });
  return { sync: (i) => signer.signHeaders({ method: 'GET', url: url(i), headers: {} }, new Date()) };
}

export async function aws4fetchSharedPeer({ credentials, region }, load) {
  const { AwsV4Signer } = await load('aws4fetch');
  const cache = new Map();
  return { async: (i) => new AwsV4Signer({ ...credentials, region, service: 's3', cache, url: url(i) }).sign() };
}

export async function aws4fetchBarePeer({ credentials, region }, load) {
  const { AwsV4Signer } = await load('aws4fetch');
  return { async: (i) => new AwsV4Signer({ ...credentials, region, service: 's3', url: url(i) }).sign() };
}

export async function awsClientPeer({ credentials, region }, load) {
  const { AwsClient } = await load('aws4fetch');
  const client = new AwsClient({ ...credentials, region, service: 's3' });
  return { async: (i) => client.sign(url(i)) };
}
