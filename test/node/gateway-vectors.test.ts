/** The verifiers of the gateway and of the GCS scenario take the official signed requests, and refuse them when one byte is another. */
import { createPublicKey } from 'node:crypto';
import { fetchVector } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { authenticate as authenticateGoogle } from '../servers/fixture/gcs/auth.mjs';
import { plainRequest } from '../servers/gateway/http.mjs';
import { authenticate } from '../servers/gateway/sigv4.mjs';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'valid';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

const split = (target: string): { path: string; rawQuery: string } => {
  const [path = '', rawQuery = ''] = target.split(/\?(.*)/s);
  return { path, rawQuery };
};

/** The text of a signed request; repeated headers are joined. Undefined where a header is folded, which HTTP has given up. */
function parseRequest(text: string): Parameters<typeof plainRequest>[0] | undefined {
  const [head = '', ...body] = text.split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  if (lines.some((line) => /^\s/.test(line))) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [name = '', value = ''] = line.split(/:(.*)/s);
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]},${value}`;
  }
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP/.exec(first) ?? [];
  return { method, ...split(target), headers, body: new TextEncoder().encode(body.join('\n\n')) };
}

interface AwsContext {
  credentials: { access_key_id: string; secret_access_key: string; token?: string };
  region: string;
  service: string;
  timestamp: string;
}

test('gateway: AWS vectors, by header and by query', async () => {
  const names = (await fetchVector('aws-sigv4/v4/')).split('\n').map((name) => name.replace(/\/$/, ''));
  const refused: string[] = [];
  let valid = 0;
  for (const name of names.filter((one) => one && !one.startsWith('double-'))) {
    const read = (file: string): Promise<string> => fetchVector(`aws-sigv4/v4/${name}/${file}`);
    const { credentials, region, service, timestamp } = JSON.parse(await read('context.json')) as AwsContext;
    const account = {
      accessKeyId: credentials.access_key_id,
      secretAccessKey: credentials.secret_access_key,
      sessionToken: credentials.token,
    };
    const options = { accounts: new Map([[account.accessKeyId, account]]), region, service, now: Date.parse(timestamp) };
    for (const kind of ['header', 'query']) {
      const request = parseRequest(await read(`${kind}-signed-request.txt`));
      if (!request) continue;
      const code = codeOf(() => authenticate(plainRequest(request), options));
      if (code !== 'valid') {
        refused.push(name);
        continue;
      }
      valid++;
      const other = { ...request, rawQuery: `${request.rawQuery}${request.rawQuery && '&'}added=1` };
      equal(
        codeOf(() => authenticate(plainRequest(other), options)),
        'SignatureDoesNotMatch',
        `${name} with an added parameter`,
      );
    }
  }
  // S3 does not normalise paths, and wants the session token signed.
  equal(
    refused.filter((name) => !/-normalized$|^post-sts-header-after$/.test(name)),
    [],
  );
  ok(valid >= 60, `60 valid requests, got ${valid}`);
});

interface GoogleVector {
  description: string;
  method: string;
  expectedUrl: string;
  timestamp: string;
  headers?: Record<string, string>;
}

test('fixture gcs: Google vectors', async () => {
  const account = JSON.parse(await fetchVector('gcs-v4/service-account')) as { client_email: string; private_key: string };
  const publicKey = createPublicKey(account.private_key).export({ type: 'spki', format: 'pem' }).toString();
  const vectors = (JSON.parse(await fetchVector('gcs-v4/v4_signatures.json')) as { signingV4Tests: GoogleVector[] }).signingV4Tests;
  const refused: string[] = [];
  for (const { description, method, expectedUrl, timestamp, headers = {} } of vectors) {
    const [, host = '', target = ''] = /^https?:\/\/([^/?]+)(.*)$/s.exec(expectedUrl) ?? [];
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const request = {
      method,
      ...split(target.startsWith('/') ? target : `/${target}`),
      headers: { ...lower, host },
      body: new Uint8Array(),
    };
    const check = (changed: Partial<typeof request>): string =>
      codeOf(() =>
        authenticateGoogle(
          { account, publicKey, hmac: {}, tokens: {} },
          plainRequest({ ...request, ...changed }),
          Date.parse(timestamp),
          true,
        ),
      );
    if (check({}) !== 'valid') refused.push(`${description}: ${check({})}`);
    equal(check({ path: `${request.path}x` }), 'SignatureDoesNotMatch', description);
  }
  // Its hash has 63 digits.
  equal(refused, ['Signed Payload Instead of UNSIGNED-PAYLOAD: InvalidArgument']);
  equal(vectors.length, 29);
});
