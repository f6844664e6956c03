/**
 * Which files belong to a dataset.
 *
 * @module
 */
import { pathFilter, type PathFilterOptions } from '../../util/glob.ts';
import { probePrefix } from '../datafile/shown-metadata.ts';
import { octueFileName } from '../octue-file.ts';

/** What decides. */
export interface ChoiceOptions extends PathFilterOptions {
  recursive?: boolean | undefined;
  includeOctueMetadataFiles?: boolean | undefined;
  ignoreStoredMetadata?: boolean | undefined;
}

/** The decision. */
export interface FileChoice {
  readonly recursive: boolean;
  readonly ignoreStoredMetadata: boolean;
  /** Whether a file is in, by its path in the dataset. */
  takes(path: string): boolean;
}

/** Where the signed documents of datasets are kept. */
export const signedFolderName = '.signed_metadata_files';

/** Makes the decision. @throws CloudError `InvalidArgument`: a bad pattern */
export function chooseFiles({
  recursive = true,
  includeOctueMetadataFiles = false,
  ignoreStoredMetadata = false,
  ...patterns
}: ChoiceOptions): FileChoice {
  const wanted = pathFilter(patterns);
  return {
    recursive,
    ignoreStoredMetadata,
    takes(path) {
      const parts = path.split('/');
      const name = parts.at(-1)!;
      if (name === '' || name.startsWith(probePrefix) || parts.includes(signedFolderName)) return false;
      return (includeOctueMetadataFiles || name !== octueFileName) && wanted(path);
    },
  };
}
