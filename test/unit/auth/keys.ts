/** Keys that are made for one run of the tests. */
import type { HttpPort, HttpRequest, HttpResponse, ServiceAccountCredentials } from '../../../src/types.ts';
import { toBase64 } from '../../../src/util/base64.ts';

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** A text that no other part of a test holds. */
export const canary = (hint: string): string => `canary-${hint}-${crypto.randomUUID()}`;

let pair: Promise<CryptoKeyPair> | undefined;

/** The RSA key pair of this run; making one takes some 100 ms. */
export const rsaPair = (): Promise<CryptoKeyPair> =>
  (pair ??= crypto.subtle.generateKey({ ...RS256, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, [
    'sign',
    'verify',
  ]));

/** A service account of nobody's. */
export async function serviceAccount(token_uri?: string): Promise<ServiceAccountCredentials> {
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', (await rsaPair()).privateKey));
  const lines = toBase64(der).replace(/.{64}/g, '$&\n');
  return {
    client_email: 'somebody@project.example',
    private_key_id: 'key-1',
    private_key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
    ...(token_uri && { token_uri }),
  };
}

/** Whether the text was signed with {@link rsaPair}. */
export async function verifies(text: string, signature: Uint8Array<ArrayBuffer>): Promise<boolean> {
  return crypto.subtle.verify(RS256.name, (await rsaPair()).publicKey, signature, new TextEncoder().encode(text));
}

/** A response as a port gives it. */
export function response(status: number, body: string, url = 'https://token.example/'): HttpResponse {
  let rest: Uint8Array | undefined = new TextEncoder().encode(body);
  return {
    status,
    url,
    headers: new Headers(),
    body: {
      read: async () => {
        const chunk = rest;
        rest = undefined;
        return chunk;
      },
      bytes: async () => rest ?? new Uint8Array(),
      cancel: async () => {},
    },
  };
}

/** A port that answers as told and remembers what it was sent. */
export function fakePort(
  answer: (request: HttpRequest, signal: AbortSignal | undefined) => HttpResponse | Promise<HttpResponse>,
): HttpPort & { sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const port: HttpPort = async (request, options) => {
    sent.push(request);
    return answer(request, options?.signal);
  };
  return Object.assign(port, { sent });
}

/** Everything of an error that may be printed somewhere, its causes included. */
export function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [
    error.message,
    error.stack,
    String(error),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    error.cause === undefined ? '' : everythingOf(error.cause),
  ].join('\n');
}
