/**
 * The files of the adapters' tests: a private copy in versitygw and a public one, of which the requests are counted.
 *
 * @module
 */
import { Client } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/store/options.ts';
import { need, uniqueName } from '../../env.ts';

/** What make.py says of its files. */
export interface Known {
  zarr: { plainSum: number; plainPart: number[][]; shardedPart: number[][]; shardedSum: number };
  parquet: { rows: number; powerAt: number[] };
  geotiff: { size: number; window: number[][] };
  pmtiles: { tiles: { zxy: [number, number, number]; hex: string }[] };
}

/** Two copies of one file or folder. */
export interface Copies {
  known: Known;
  /** For the peer's own HTTP source. */
  publicUrl: string;
  /** Requests on the public copy since the last call. */
  publicRequests(): Promise<number>;
  privateUrl: string;
  client: Client;
  /** Requests of the client since the last call. */
  privateRequests(): number;
}

/** The copies of a file. */
export async function copiesOf(name: string, options: ClientOptions = {}): Promise<Copies> {
  const { base } = need('adapters');
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = need('versitygw');
  const token = uniqueName('adapters');
  const known = (await (await fetch(`${base}known.json`)).json()) as Known;
  const sent = await fetch(`${base}__actions/toS3/${name}`, { method: 'POST' });
  if (!sent.ok) throw new Error(`${name} was not sent: ${await sent.text()}`);
  const { key } = (await sent.json()) as { key: string };
  const client = new Client({ credentials: { accessKeyId, secretAccessKey }, region, ...options });
  let before = 0;
  return {
    known,
    publicUrl: `${base}token-${token}/${name}`,
    async publicRequests() {
      const response = await fetch(`${base}__counts/${token}`, { method: 'DELETE' });
      return ((await response.json()) as { requests: number }).requests;
    },
    privateUrl: `s3://${endpoint}/${bucket}/${key}`,
    client,
    privateRequests() {
      const { requests } = client.stats();
      const since = requests - before;
      before = requests;
      return since;
    },
  };
}
