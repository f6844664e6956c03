/**
 * Rows of a Parquet file: those and the columns that are wanted, of the row groups that they are in. Format: Apache Parquet; read by hyparquet.
 *
 * @module
 */
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, type AsyncBuffer, type FileMetaData, type SchemaTree } from 'hyparquet';
import { CloudError } from '../../index.ts';
import type { FileSource } from './file-source.ts';
import { Pages } from './parquet-pages.ts';

/** The end of the file that is read first: metadata of most files fit. */
const footerBytes = 65_536;
/** Rows that are read together. */
export const blockRows = 256;
const mostBlocks = 400;
/** Bytes that are kept as they came, so that the next rows of a column chunk are not fetched again. */
const mostKept = 96_000_000;

/** A column of the file; nested ones are one. */
export interface ParquetColumn {
  readonly name: string;
  /** As people call it: `INT64`, `STRING`, `DECIMAL`, `LIST` … */
  readonly type: string;
  readonly isNumber: boolean;
  /** Packed, in the first row group. */
  readonly bytes: number;
}

function columnOf({ element, children }: SchemaTree, { row_groups: [group] }: FileMetaData): ParquetColumn {
  const type = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'STRUCT';
  const chunks = (group?.columns ?? []).filter(({ meta_data }) => meta_data?.path_in_schema[0] === element.name);
  return {
    name: element.name,
    type: type === 'UTF8' ? 'STRING' : type,
    isNumber: children.length === 0 && /^(INT|FLOAT|DOUBLE|DECIMAL|INTEGER|UINT)/.test(type),
    bytes: chunks.reduce((sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0), 0),
  };
}

/** hyparquet's view of a file; ranges that were read are kept for a while. */
function bufferOf(source: FileSource, byteLength: number, signal: AbortSignal): AsyncBuffer {
  let kept: { start: number; end: number; bytes: Promise<Uint8Array<ArrayBuffer>> }[] = [];
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const found = kept.find((one) => one.start <= start && end <= one.end);
      const range = found ?? { start, end, bytes: source.read(start, end, signal) };
      if (!found) {
        kept.push(range);
        range.bytes.catch(() => (kept = kept.filter((one) => one !== range)));
        while (kept.length > 1 && kept.reduce((sum, one) => sum + one.end - one.start, 0) > mostKept) kept.shift();
      }
      const bytes = await range.bytes;
      return bytes.buffer.slice(bytes.byteOffset + start - range.start, bytes.byteOffset + end - range.start);
    },
  };
}

/** An open file. */
export class ParquetFile {
  readonly metadata: FileMetaData;
  readonly columns: readonly ParquetColumn[];
  readonly rowCount: number;
  readonly #buffer: AsyncBuffer;
  readonly #pages = new Pages();
  #wanted: readonly string[] = [];
  #blocks = new Map<number, readonly Record<string, unknown>[] | undefined>();

  private constructor(buffer: AsyncBuffer, metadata: FileMetaData) {
    this.#buffer = buffer;
    this.metadata = metadata;
    this.columns = parquetSchema(metadata).children.map((child) => columnOf(child, metadata));
    this.rowCount = Number(metadata.num_rows);
  }

  /**
   * Read the metadata at the end of a file.
   *
   * @param signal ends this and all later reads
   * @throws CloudError `InvalidArgument` when it is no Parquet file; what reads throw
   */
  static async open(source: FileSource, signal: AbortSignal): Promise<ParquetFile> {
    const size = await source.size(signal);
    const buffer = bufferOf(source, size, signal);
    const tail = new Uint8Array(await buffer.slice(Math.max(0, size - footerBytes), size));
    // hyparquet has other words for it
    if (String.fromCharCode(...tail.subarray(-4)) !== 'PAR1')
      throw new CloudError('this is no Parquet file: it does not end in PAR1', { code: 'InvalidArgument' });
    return new ParquetFile(buffer, await parquetMetadataAsync(buffer, { initialFetchSize: footerBytes }));
  }

  /** Columns that are read from now on. */
  want(names: readonly string[]): void {
    this.#wanted = names;
    this.#blocks.clear();
  }

  /** A row, if it is here. */
  row(index: number): Record<string, unknown> | undefined {
    return this.#blocks.get(Math.floor(index / blockRows))?.[index % blockRows];
  }

  /**
   * Read rows `[first, last)` that are not here and not on their way.
   *
   * @returns whether something came
   * @throws CloudError what reads throw, `NotSupported` for a packing that this page does not know
   */
  async need(first: number, last: number): Promise<boolean> {
    const missing: number[] = [];
    for (let block = Math.floor(first / blockRows); block * blockRows < last; block++) if (!this.#blocks.has(block)) missing.push(block);
    if (missing.length === 0) return false;
    const blocks = this.#blocks;
    const wanted = this.#wanted;
    for (const block of missing) blocks.set(block, undefined);
    try {
      await Promise.all(
        missing.map(async (block) => {
          const rows = await this.#read(block * blockRows, wanted);
          if (wanted === this.#wanted) blocks.set(block, rows);
        }),
      );
    } catch (error) {
      for (const block of missing) if (!blocks.get(block)) blocks.delete(block);
      throw error;
    }
    for (const block of blocks.keys()) if (blocks.size > mostBlocks && !missing.includes(block)) blocks.delete(block);
    return true;
  }

  async #read(rowStart: number, columns: readonly string[]): Promise<Record<string, unknown>[]> {
    const rowEnd = Math.min(this.rowCount, rowStart + blockRows);
    const { metadata } = this;
    const { compressors } = this.#pages;
    const options = { file: this.#buffer, metadata, columns: [...columns], rowStart, rowEnd, compressors, useOffsetIndex: true };
    try {
      return await this.#pages.with(() => parquetReadObjects(options));
    } catch (error) {
      const codec = /unsupported compression codec: (\w+)/.exec((error as Error).message)?.[1];
      if (codec)
        throw new CloudError(`pages are packed by ${codec}, which this page does not have`, { code: 'NotSupported', cause: error });
      throw error;
    }
  }
}
