/**
 * `anyfile xfer export`: manifests for the clouds' own engines.
 *
 * @module
 */
import { Option, type Command } from 'commander';
import { exportManifest, isCloudError, type EncodingOption, type ExportEngine } from '../index.ts';
import { parseCompression } from './cp.ts';
import { UsageError, type Task } from './io.ts';
import type { Start } from './run.ts';

interface ExportCommandOptions {
  to: ExportEngine;
  manifest: string;
  rest?: string;
  compression: EncodingOption | 'same';
}

async function writeManifest(task: Task, source: string, dest: string, given: ExportCommandOptions): Promise<void> {
  const { session, out, client, signal, options } = task;
  const { to, manifest, rest, compression } = given;
  // also loads the aliases that are named
  for (const text of [source, dest, manifest, ...(rest === undefined ? [] : [rest])]) await session.parse(text);
  if (options.dryRun) {
    return out.action(`export ${source} ${manifest}`, { operation: task.name, source, destination: dest, to, manifest });
  }
  try {
    const {
      files,
      bytes,
      etag,
      rest: left,
      restUrl,
      manifestUrl,
      request,
    } = await exportManifest(source, dest, {
      client,
      to,
      manifest,
      rest,
      signal,
      ...(compression !== 'same' && { reencode: compression }),
    });
    out.done(files);
    const tag = etag === undefined ? '' : `, ETag ${etag}`;
    const lines = [
      `${files} files, ${bytes} bytes: ${manifestUrl}${tag}`,
      `${left} files that ${to} cannot take: ${restUrl}`,
      JSON.stringify(request, undefined, 2),
    ];
    await out.data(lines.join('\n'), { manifest: manifestUrl, etag, files, bytes, rest: restUrl, left, request });
  } catch (error) {
    if (isCloudError(error, 'InvalidArgument') && error.status === undefined) throw new UsageError(error.message);
    throw error;
  }
}

/** Add the command to `anyfile xfer`. */
export function addXferExport(xfer: Command, start: Start): void {
  xfer
    .command('export')
    .description('write the manifest of a job of the cloud’s own engine that copies all of a source, and print what its request has to say')
    .argument('<src>', 'a bucket or a folder of one')
    .argument('<dst>', 'where the same names will be')
    .addOption(new Option('--to <engine>', 'the engine').choices(['s3-batch', 'storage-transfer']).makeOptionMandatory())
    .requiredOption('--manifest <path>', 'where the manifest goes: an object of the engine’s own store, or a file to be uploaded')
    .option(
      '--rest <path>',
      'where the names of what the engine cannot take go, for xfer init --txt; records when it ends in .ndjson (default: the manifest and .rest.txt)',
    )
    .addOption(
      new Option('-c, --compression <encoding>', 'same (as stored); engines do not encode anew: others are refused')
        .argParser(parseCompression)
        .default('same'),
    )
    .action((src: string, dst: string, options: ExportCommandOptions, command: Command) =>
      start(command, (task) => writeManifest(task, src, dst, options)),
    );
}
