/**
 * A signed URL for a whole dataset: that of a document which names a signed URL for each file.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { AbortOptions } from '../../types.ts';
import { Datafile } from '../datafile/datafile.ts';
import { signedUrlMs } from '../datafile/options.ts';
import { formatSignedMetadata } from '../dataset-document.ts';
import { CloudLocationNotSpecifiedError } from '../errors.ts';
import { newId } from '../id.ts';
import { placeBelow } from '../place.ts';
import { signedFolderName } from './choice.ts';
import { noCloudPlace } from './record-store.ts';
import { datasetMetadata, datasetToText, writableDatasetPlace, type DatasetState } from './state.ts';

/** Options of a signed URL. */
export interface DatasetUrlOptions extends AbortOptions {
  /** Of this URL and of those of the files. @default 7 days */
  expiresInMs?: number | undefined;
}

/** Writes the document and signs its URL. Each call writes another one, with a name that nobody can guess. */
export async function signDataset(state: DatasetState, { expiresInMs = signedUrlMs, signal }: DatasetUrlOptions): Promise<string> {
  const operation = 'generateSignedUrl';
  const place = writableDatasetPlace(state, operation, noCloudPlace(state, operation));
  const sign = async (key: string): Promise<string> => {
    if (!place.store.signUrl) throw new CloudError('this store signs no URLs', { code: 'NotSupported', url: place.url, operation });
    return place.store.signUrl(key, { expiresInMs, signal });
  };
  const urls: string[] = [];
  for (const datafile of state.files) {
    const file = Datafile.stateOf(datafile).cloud?.place;
    if (!file)
      throw new CloudLocationNotSpecifiedError(`${String(datafile)} of ${datasetToText(state)} is not in the cloud`, { operation });
    urls.push(file.store === place.store ? await sign(file.key) : await datafile.generateSignedUrl({ expiresInMs, signal }));
  }
  const { key } = placeBelow(place, `${signedFolderName}/${newId()}`);
  const text = formatSignedMetadata(datasetMetadata(state, place.url), urls);
  await place.store.put(key, text, { contentType: 'application/json', ifAbsent: true, signal });
  return sign(key);
}
