// A signed GET and nothing else: what a page needs that only reads.
import { signAws } from 'anyfile/sign';

/** Reads one object. */
export async function read(url: string, accessKeyId: string, secretAccessKey: string): Promise<Response> {
  const headers = signAws({ method: 'GET', url }, { credentials: { accessKeyId, secretAccessKey }, region: 'us-east-1' });
  return await fetch(url, { headers });
}
