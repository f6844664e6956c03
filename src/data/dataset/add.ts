/**
 * Adding a file to a dataset: it is brought to where the dataset is.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import { keyToPath } from '../../store/file-path.ts';
import type { AbortOptions } from '../../types.ts';
import { Datafile } from '../datafile/datafile.ts';
import { ReadOnlyResourceError } from '../errors.ts';
import { FilterSet } from '../filter/containers.ts';
import { placeBelow, relativeTo, type CloudPlace, type LocalPlace } from '../place.ts';
import { upload } from '../datafile/upload.ts';
import { datasetToText, type DatasetState } from './state.ts';

/** Options of {@link addFile}. */
export interface AddOptions extends AbortOptions {
  /** Where in the dataset; a file that is in it already stays where it is. @default its name */
  pathInDataset?: string | undefined;
}

/** Brings a file into a dataset and makes it a member. */
export async function addFile(state: DatasetState, datafile: Datafile, options: AddOptions): Promise<void> {
  if (!(datafile instanceof Datafile))
    throw new CloudError('only datafiles are added to datasets', { code: 'InvalidArgument', operation: 'add' });
  const { place } = state;
  if (place.kind === 'url')
    throw new ReadOnlyResourceError(`${datasetToText(state)} is behind a URL and can only be read`, { operation: 'add' });
  const below = options.pathInDataset ?? datafile.name;
  keyToPath('/', below);
  if (place.kind === 'cloud') await toCloud(place, datafile, below, options);
  else await toFolder(place, datafile, below, options);
  const path = pathOf(datafile, place.kind);
  // One member for each path; the one that comes last knows more.
  const others = [...state.files].filter((one) => one === datafile || pathOf(one, place.kind) !== path);
  state.files = new FilterSet([...others, datafile]);
}

const pathOf = (datafile: Datafile, kind: 'cloud' | 'local'): string | undefined => {
  const { local, cloud } = Datafile.stateOf(datafile);
  return kind === 'cloud' ? cloud?.place.url : local?.place.path;
};

async function toCloud(place: CloudPlace, datafile: Datafile, below: string, { signal }: AbortOptions): Promise<void> {
  const state = Datafile.stateOf(datafile);
  if (state.cloud && relativeTo(place, state.cloud.place) !== undefined) return;
  await upload(state, placeBelow(place, below), { signal });
}

async function toFolder(place: LocalPlace, datafile: Datafile, below: string, options: AbortOptions): Promise<void> {
  const { local } = Datafile.stateOf(datafile);
  if (local && relativeTo(place, local.place) !== undefined) return;
  const target = placeBelow(place, below);
  await datafile.setLocalPath(target.path, options);
}
