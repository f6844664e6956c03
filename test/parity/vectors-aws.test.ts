/** Every case of AWS's own signing suite, and aws4fetch on the same inputs. */
import { AwsV4Signer } from 'aws4fetch';
import { deriveKey } from '../../src/auth/canonical.ts';
import type { HttpMethod, HttpRequest } from '../../src/types.ts';
import { hmacHex, sha256Hex } from '../../src/util/sha256.ts';
import { fetchVector } from '../env.ts';
import { equal, ok, test } from '../harness.ts';
import { signers } from '../unit/auth/requests.ts';

interface Context {
  credentials: { access_key_id: string; secret_access_key: string; token?: string };
  expiration_in_seconds: number;
  normalize: boolean;
  region: string;
  service: string;
  timestamp: string;
  sign_body: boolean;
  omit_session_token?: boolean;
}

const root = 'aws-sigv4/v4/';
const read = async (path: string): Promise<string> => (await fetchVector(root + path)).replaceAll('\r', '');
const json = async (path: string): Promise<Context> => JSON.parse(await read(path)) as Context;

/** The request of a case; repeated headers are joined, folded lines keep their line ends. */
function parse(text: string): HttpRequest & { text: string } {
  const [head = '', body = ''] = text.split(/\n\n([^]*)/);
  const [first = '', ...lines] = head.replace(/\n$/, '').split(/\n(?=\S)/);
  const [, method, path] = /^(\S+) (.*?)(?: HTTP\/1\.1)?$/.exec(first)!;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([^:]+):\s*([^]*)$/.exec(line)!;
    const lower = name.toLowerCase();
    headers[lower] = lower in headers ? `${headers[lower]},${value}` : value;
  }
  const { host, ...rest } = headers;
  return {
    method: method as HttpMethod,
    url: `https://${host}${path}`,
    headers: rest,
    text: body,
    ...(body && { body: new TextEncoder().encode(body) }),
  };
}

async function cases(): Promise<string[]> {
  const names = (await fetchVector(root))
    .split('\n')
    .map((name) => name.replace(/\/$/, ''))
    .filter(Boolean);
  equal(names.length, 40, 'cases in the suite');
  return names;
}

for (const [how, create] of Object.entries(signers)) {
  test(`AWS suite: header and query signatures of every case, ${how}`, async () => {
    let headers = 0;
    let queries = 0;
    for (const name of await cases()) {
      if (name.startsWith('double-')) continue;
      const context = await json(`${name}/context.json`);
      const { text: _, ...request } = parse(await read(`${name}/request.txt`));
      const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, token } = context.credentials;
      const sessionToken = context.omit_session_token ? undefined : token;
      const signer = create(
        { accessKeyId, secretAccessKey, sessionToken },
        { region: context.region, service: context.service, normalizePath: context.normalize, doubleEncode: false, signedHeaders: 'all' },
      );
      const date = new Date(context.timestamp);
      const hash = context.sign_body ? { 'x-amz-content-sha256': sha256Hex(request.body as Uint8Array) } : undefined;
      const authorization = signer.signHeaders({ ...request, headers: { ...request.headers, ...hash } }, date).headers['authorization'];
      const want = parse(await read(`${name}/header-signed-request.txt`)).headers['authorization'];
      equal(authorization, want, name);
      headers++;
      const url = new URL(signer.signQuery(request, date, context.expiration_in_seconds * 1000).url);
      equal(url.searchParams.get('X-Amz-Signature'), (await read(`${name}/query-signature.txt`)).trim(), `${name}, query`);
      const wanted = new URL(parse(await read(`${name}/query-signed-request.txt`)).url).searchParams;
      // The token that is left out of the signature is put behind it by whoever sends the request.
      if (context.omit_session_token) wanted.delete('X-Amz-Security-Token');
      const sorted = (params: URLSearchParams): string => (params.sort(), params.toString());
      equal(sorted(url.searchParams), sorted(wanted), `${name}, parameters`);
      queries++;
    }
    equal([headers, queries], [38, 38]);
  });

  test(`AWS suite: paths that are encoded twice, ${how}`, async () => {
    const { credentials } = await json('get-vanilla/context.json');
    const keys = { accessKeyId: credentials.access_key_id, secretAccessKey: credentials.secret_access_key };
    for (const name of (await cases()).filter((name) => name.startsWith('double-'))) {
      const { headers, ...request } = parse(await read(`${name}/request.txt`));
      const canonical = (await read(`${name}/header-canonical-request.txt`)).trimEnd();
      // One case has no key of its own: its canonical request is signed with ours.
      const stamp = /x-amz-date:(\S+)/.exec(canonical)![1]!;
      const date = new Date(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
      const scope = `${stamp.slice(0, 8)}/us-east-2/lambda/aws4_request`;
      const want = hmacHex(
        deriveKey(`AWS4${keys.secretAccessKey}`, scope),
        `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${sha256Hex(canonical)}`,
      );
      const got = create(keys, { region: 'us-east-2', service: 'lambda', signedHeaders: 'all' }).signHeaders(
        { ...request, headers: {} },
        date,
      );
      equal(got.headers['authorization']!.split('Signature=')[1], want, name);
      ok(headers['x-amz-date'], 'the case has a date of its own');
    }
  });

  test(`AWS suite: aws4fetch gives the same bytes wherever it can do the case, ${how}`, async () => {
    let compared = 0;
    for (const name of await cases()) {
      // aws4fetch always normalises for services other than s3.
      if (name.startsWith('double-') || name.endsWith('-unnormalized')) continue;
      const context = await json(`${name}/context.json`);
      const { text, ...request } = parse(await read(`${name}/request.txt`));
      // What `Headers` makes of a folded line.
      request.headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [key, value.replace(/\s*\n\s*/g, ' ').trim()]),
      );
      const { access_key_id: accessKeyId, secret_access_key: secretAccessKey, token: sessionToken } = context.credentials;
      const date = new Date(context.timestamp);
      const { region, service } = context;
      for (const signQuery of [false, true]) {
        const datetime = context.timestamp.replace(/[-:]/g, '');
        const theirs = await new AwsV4Signer({
          ...request,
          body: text,
          accessKeyId,
          secretAccessKey,
          ...(sessionToken && { sessionToken }),
          region,
          service,
          datetime,
          signQuery,
          allHeaders: true,
          singleEncode: true,
          url: request.url + (signQuery ? `${request.url.includes('?') ? '&' : '?'}X-Amz-Expires=3600` : ''),
        }).sign();
        const signer = create(
          { accessKeyId, secretAccessKey, sessionToken },
          { region, service, doubleEncode: false, signedHeaders: 'all' },
        );
        if (signQuery) {
          const ours = new URL(signer.signQuery(request, date).url);
          equal([...ours.searchParams], [...theirs.url.searchParams], name);
        } else {
          const ours = signer.signHeaders(request, date).headers;
          equal(new Headers(ours).get('authorization'), theirs.headers.get('authorization'), name);
        }
        compared++;
      }
    }
    equal(compared, 2 * (38 - 7));
  });
}
