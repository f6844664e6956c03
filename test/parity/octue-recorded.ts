/**
 * The recorded `.octue` files with what the original reads from them, and which of them it or anybody cannot read.
 *
 * @module
 */
import table from './octue/octue-files.json' with { type: 'json' };

/** What the original reads of datafiles and datasets alike. */
interface Recorded {
  id: string;
  tags_json: string;
  labels_sorted: string[];
  hash_value: string;
  metadata_hash_value: string;
  error_type?: string;
}

/** What it reads of a datafile. */
interface RecordedDatafile extends Recorded {
  name: string;
  extension: string;
  timestamp: string | null;
  posix_timestamp_tz_utc: number | null;
  size_bytes: number | null;
}

/** What it reads of a dataset. */
interface RecordedDataset extends Recorded {
  name: string;
  files: string[];
}

/** Files of a folder, base64, and what was read there. */
export interface Scenario {
  files: Record<string, string>;
  reload_datafiles: Record<string, RecordedDatafile>;
  reload_datasets: Record<string, RecordedDataset>;
}

/** All by their names. */
export const scenarios = Object.entries(table.scenarios as unknown as Record<string, Scenario>);

/** The original fails on these with an AttributeError; here they are malformed files like others. */
export const tolerated = ['20-unusual-json-list', '20-unusual-json-null', '20-unusual-json-string', '20-unusual-datafiles-null'];

/** Files that are no records to anybody; the original fails on the first four, see warts.md. */
export const malformed: ReadonlySet<string> = new Set([...tolerated, '20-unusual-bom', '20-unusual-empty-file', '20-unusual-not-json']);

/** Our errors by the original's. */
export const errors: Record<string, string> = { InvalidLabelException: 'InvalidLabelError', InvalidTagException: 'InvalidTagError' };
