/**
 * AWS keys for the transport.
 *
 * @module
 */
import { isKeyCredentials } from '../credentials.ts';
import { QUERY_EXPIRY_MS, type ServiceSigning } from '../service-signing.ts';
import { createAwsSigner, type AwsSigner } from './sigv4.ts';

/** SigV4 for S3; one signer per region. */
export const signWithAws: ServiceSigning = (credentials, { region }) => {
  if (!isKeyCredentials(credentials)) return undefined;
  let last = '';
  let signer: AwsSigner | undefined;
  return (request, { date }, inQuery) => {
    const now = region();
    if (!signer || now !== last) {
      signer = createAwsSigner(credentials, { region: now });
      last = now;
    }
    return inQuery ? signer.signQuery(request, date, QUERY_EXPIRY_MS) : signer.signHeaders(request, date);
  };
};
