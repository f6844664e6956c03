/**
 * AWS keys for the transport.
 *
 * @module
 */
import { isKeyCredentials } from '../credentials.ts';
import { QUERY_EXPIRY_MS, type ServiceSigning } from '../service-signing.ts';
import { awsSignerOn, createAwsCore, type AwsSigner } from './sigv4.ts';

let create: typeof createAwsCore = createAwsCore;
let loading: Promise<void> | undefined;

/** Brings the kernel; nobody waits for it. What does not come, is not asked for again: plain JavaScript signs too. */
async function loadKernel(): Promise<void> {
  try {
    create = (await import('./kernel.ts')).createKernelCore;
  } catch {
    // see above
  }
}

/** SigV4 for S3; one signer per region, made anew when the kernel is there. */
export const signWithAws: ServiceSigning = (credentials, { region }) => {
  if (!isKeyCredentials(credentials)) return undefined;
  let last = '';
  let lastCreate: typeof createAwsCore | undefined;
  let signer: AwsSigner | undefined;
  return (request, { date }, inQuery) => {
    loading ??= loadKernel();
    const now = region();
    if (!signer || now !== last || lastCreate !== create) {
      signer = awsSignerOn(create(credentials, { region: now }));
      last = now;
      lastCreate = create;
    }
    return inQuery ? signer.signQuery(request, date, QUERY_EXPIRY_MS) : signer.signHeaders(request, date);
  };
};
