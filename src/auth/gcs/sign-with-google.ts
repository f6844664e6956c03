/**
 * Google's HMAC keys and service accounts for the transport.
 *
 * @module
 */
import { isKeyCredentials, isServiceAccount } from '../credentials.ts';
import { QUERY_EXPIRY_MS, type ServiceSigning } from '../service-signing.ts';
import { createTokenProvider } from './token.ts';
import { createGoogleSigner } from './v4.ts';

/** HMAC keys sign headers or queries; service accounts sign queries, and elsewhere bring a bearer token. */
export const signWithGoogle: ServiceSigning = (credentials, { send, clock }) => {
  const keys = isKeyCredentials(credentials);
  if (!keys && !isServiceAccount(credentials)) return undefined;
  const signer = createGoogleSigner(credentials, { signPort: true });
  const token = keys ? undefined : createTokenProvider(credentials, { send, clock });
  return async (request, { date, signal }, inQuery) => {
    if (inQuery) return signer.signQuery(request, date, QUERY_EXPIRY_MS);
    if (!token) return signer.signHeaders(request, date);
    const { accessToken } = await token({ signal });
    return { ...request, headers: { ...request.headers, authorization: `Bearer ${accessToken}` } };
  };
};
