/**
 * Sessions of AWS's Security Token Service: AssumeRole. The one place that signs with aws4fetch, loaded when first needed.
 *
 * @module
 */
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';
import type { Credentials, CredentialsProvider, CredentialsRequest, KeyCredentials } from '../../types.ts';
import { throwIfAborted } from '../../util/abort.ts';
import { headerText, invalid, parseHttpUrl } from '../canonical.ts';
import { createCredentialSource, isKeyCredentials } from '../credentials.ts';
import { refuseInsecure } from '../insecure.ts';

/** Options of {@link assumeRole}. */
export interface AssumeRoleOptions {
  /** Keys that may assume the role, or a provider of them. */
  credentials: Credentials | CredentialsProvider;
  roleArn: string;
  /** @default 'anyfile' */
  sessionName?: string | undefined;
  /** Life of the session in seconds. @default 3600 */
  durationSeconds?: number | undefined;
  /** @default 'us-east-1' */
  region?: string | undefined;
  /** @default STS of the region */
  endpoint?: string | undefined;
  externalId?: string | undefined;
  /** @default the runtime's own */
  fetch?: typeof globalThis.fetch | undefined;
  /** Accept an endpoint at plain http on another machine. @default false */
  allowInsecure?: boolean | undefined;
}

const MAX_ANSWER_CHARS = 65_536;

/** The text of the first such element; STS sends neither attributes nor nested ones of these names. */
function field(xml: string, name: string): string {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => entities[entity]!);
}

function refused(status: number, xml: string, url: string): CloudError {
  const named = field(xml, 'Code');
  const providerCode = /^[\w.]{1,60}$/.test(named) ? named : undefined;
  let code: ErrorCode =
    status === 403 ? 'PermissionDenied' : status >= 500 ? 'ServerError' : status === 401 ? 'Unauthenticated' : 'InvalidArgument';
  if (status === 429 || /Throttl|SlowDown/.test(named)) code = 'Throttled';
  else if (/ExpiredToken|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClient/.test(named)) code = 'Unauthenticated';
  else if (/SignatureDoesNotMatch|IncompleteSignature/.test(named)) code = 'SignatureMismatch';
  else if (/RequestTimeTooSkewed|RequestExpired/.test(named)) code = 'ClockSkew';
  return new CloudError(`STS refused AssumeRole${providerCode ? `: ${providerCode}` : ''}`, {
    code,
    status,
    url,
    providerCode,
    operation: 'assumeRole',
    retryable: code === 'Throttled' || code === 'ServerError',
  });
}

/**
 * A credentials provider that assumes a role and gives the session's keys with their expiration; give it as `credentials` to a
 * Client, which keeps them until shortly before that.
 *
 * @returns it rejects with `Unauthenticated`, `PermissionDenied`, `SignatureMismatch`, `Throttled`, `ServerError`, `Network` or
 *   `InvalidResponse`
 * @throws CloudError `InvalidArgument` for an endpoint at plain http on another machine
 * @example new Client({ credentials: assumeRole({ credentials: keys, roleArn: 'arn:aws:iam::123456789012:role/reader' }) })
 */
export function assumeRole(
  options: AssumeRoleOptions,
): (request?: Partial<CredentialsRequest>) => Promise<KeyCredentials & { expiration: Date }> {
  const { roleArn, sessionName = 'anyfile', durationSeconds = 3600, region = 'us-east-1', externalId } = options;
  const url = options.endpoint ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`;
  parseHttpUrl(url);
  if (!options.allowInsecure) refuseInsecure(url, 'The session');
  const source = createCredentialSource(options.credentials, { clock: Date.now });
  const form = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: String(durationSeconds),
  });
  if (externalId !== undefined) form.set('ExternalId', externalId);
  const body = form.toString();

  return async ({ signal, bucket = '' } = {}) => {
    const keys = await source.get({ url, method: 'POST', bucket, signal });
    if (!isKeyCredentials(keys)) throw invalid('AssumeRole needs keys');
    const { AwsV4Signer } = await import('aws4fetch');
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    // Else the runtime's own error would repeat them.
    headerText(accessKeyId + (sessionToken ?? ''));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const signed = await new AwsV4Signer({
      method: 'POST',
      url,
      headers,
      body,
      accessKeyId,
      secretAccessKey,
      ...(sessionToken && { sessionToken }),
      region,
      service: 'sts',
    }).sign();
    let status: number;
    let xml: string;
    throwIfAborted(signal);
    try {
      const response = await (options.fetch ?? fetch)(url, {
        method: 'POST',
        headers: signed.headers,
        body,
        redirect: 'error',
        signal: signal ?? null,
      });
      status = response.status;
      xml = (await response.text()).slice(0, MAX_ANSWER_CHARS);
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (isCloudError(error)) throw error;
      throw new CloudError('STS could not be reached', { code: 'Network', url, operation: 'assumeRole', retryable: true, cause: error });
    }
    if (status !== 200) throw refused(status, xml, url);
    const expiration = new Date(field(xml, 'Expiration'));
    const session = {
      accessKeyId: field(xml, 'AccessKeyId'),
      secretAccessKey: field(xml, 'SecretAccessKey'),
      sessionToken: field(xml, 'SessionToken'),
      expiration,
    };
    if (!session.accessKeyId || !session.secretAccessKey || !session.sessionToken || Number.isNaN(expiration.getTime())) {
      throw new CloudError('STS sent no session', { code: 'InvalidResponse', url, operation: 'assumeRole' });
    }
    return session;
  };
}
