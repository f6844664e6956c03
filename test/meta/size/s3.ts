// S3 get, put and list.
import { openS3Store } from 'anyfile/s3';

/** Takes one object through a bucket. */
export async function roundTrip(bucket: string, accessKeyId: string, secretAccessKey: string): Promise<string[]> {
  const store = openS3Store({ bucket, credentials: { accessKeyId, secretAccessKey } });
  await store.put('key', 'body');
  await (await store.get('key'))?.bytes();
  const keys: string[] = [];
  for await (const page of store.list({})) keys.push(...page.objects.map(({ key }) => key));
  return keys;
}
