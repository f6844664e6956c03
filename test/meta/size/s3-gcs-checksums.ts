// Both clouds, with the checksums of both.
import { crc32c, md5 } from 'anyfile/hash';
import { openGcsStore } from 'anyfile/gcs';
import { openS3Store } from 'anyfile/s3';

/** Copies one object and says its checksums. */
export async function copy(from: string, to: string): Promise<[number, Uint8Array]> {
  const got = await openS3Store({ bucket: from }).get('key');
  const bytes = (await got?.bytes()) ?? new Uint8Array();
  await openGcsStore({ bucket: to }).put('key', bytes);
  return [crc32c(bytes), md5(bytes)];
}
