/**
 * Options that every command takes, before or behind its name.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ClientOptions } from '../index.ts';

/** What the common options say. */
export interface GlobalOptions {
  json: boolean;
  quiet: boolean;
  dryRun: boolean;
  color: boolean;
  progress: boolean;
  /** Asked for in so many words: then a line now and then is written where there is no terminal. */
  progressLines: boolean;
  /** Items in flight. */
  parallel: number | undefined;
  profile: string | undefined;
  endpoint: string | undefined;
  region: string | undefined;
  signRequest: boolean;
  timeoutMs: number | undefined;
  /** Bytes that files in flight hold together. */
  maxInFlightBytes: number | undefined;
}

/**
 * Parse a duration.
 *
 * @param text `500ms`, `30s`, `15m`, `2h`, `7d`; a bare number is seconds
 * @returns ms
 */
export function parseDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  const unit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match?.[2] ?? 's'] ?? 0;
  const ms = Math.round(Number(match?.[1]) * unit);
  if (!(ms > 0)) throw new InvalidArgumentError('Write 500ms, 30s, 15m, 2h or a number of seconds.');
  return ms;
}

/** A whole number; 0 and below stand for the number of processors, as in cloud-files. */
export function parseParallel(text: string): number {
  if (!/^-?\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  const count = Number(text);
  return count > 0 ? count : availableParallelism();
}

/**
 * Parse a size.
 *
 * @param text `8MiB`, `1.5GiB`, `100MB`, `1e8`; a bare number is bytes
 * @returns bytes
 */
export function parseSize(text: string): number {
  const match = /^(\d+(?:\.\d+)?(?:e\d+)?)\s*(?:([kmgt])(i?)b?|b)?$/i.exec(text.trim());
  const [, amount, unit = '', binary] = match ?? [];
  const size = Math.round(Number(amount) * (binary ? 1024 : 1000) ** ' kmgt'.indexOf(unit.toLowerCase() || ' '));
  if (!match || !Number.isSafeInteger(size) || size < 1) throw new InvalidArgumentError('Write 8MiB, 100MB or a number of bytes.');
  return size;
}

/** A whole number, 0 or more. */
export function parseCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}

const webAddress = (text: string): string => {
  if (!/^https?:\/\/[^\s@/?#]+(\/[^?#]*)?$/i.test(text)) throw new InvalidArgumentError('Write an address such as https://host:9000.');
  return text;
};

/** Add the common options to a command. */
export function addGlobalOptions(command: Command): Command {
  return command
    .option('--json', 'one JSON record a line')
    .option('--quiet', 'say nothing of what was done')
    .option('--dry-run', 'change nothing; print what would be done')
    .addOption(new Option('-p, --parallel <n>', 'items in flight').argParser(parseParallel))
    .option('--profile <name>', 'AWS profile')
    .addOption(new Option('--endpoint <address>', 'address of an S3 or GCS service').argParser(webAddress))
    .option('--region <name>', 'S3 region')
    .option('--no-sign-request', 'send requests unsigned: public objects')
    .addOption(
      new Option('--timeout <duration>', 'longest silence of a server: 500ms, 30s, 5m; a bare number is seconds').argParser(parseDuration),
    )
    .addOption(
      new Option('--max-in-flight <size>', 'memory that files in flight hold together: 64MiB, 1e9 (default: 128MiB)').argParser(parseSize),
    )
    .option('--progress', 'show how far it is (the default on a terminal; elsewhere a line now and then)')
    .option('--no-progress', 'show no bar')
    .option('--no-color', 'no colours');
}

/** What was said, behind the command's name or in front of it; behind wins. */
export function globalOptions(command: Command): GlobalOptions {
  const said = (name: string): unknown => {
    for (let at: Command | null = command; at; at = at.parent) {
      const source = at.getOptionValueSource(name);
      if (source && source !== 'default') return at.getOptionValue(name);
    }
    return undefined;
  };
  const text = (name: string): string | undefined => said(name) as string | undefined;
  return {
    json: said('json') === true,
    quiet: said('quiet') === true,
    dryRun: said('dryRun') === true,
    color: said('color') !== false,
    progress: said('progress') !== false,
    progressLines: said('progress') === true,
    parallel: said('parallel') as number | undefined,
    profile: text('profile'),
    endpoint: text('endpoint'),
    region: text('region'),
    // ls has a word of its own for it
    signRequest: said('signRequest') !== false && said('auth') !== false,
    timeoutMs: said('timeout') as number | undefined,
    maxInFlightBytes: said('maxInFlight') as number | undefined,
  };
}

/** The client's options that the flags stand for. */
export function clientOptions(options: GlobalOptions, given: ClientOptions = {}): ClientOptions {
  const { parallel, profile, endpoint, region, signRequest, timeoutMs, maxInFlightBytes, dryRun } = options;
  const flags: ClientOptions = {
    ...(parallel !== undefined && { concurrency: parallel }),
    ...(profile !== undefined && { profile }),
    ...(endpoint !== undefined && { endpoint }),
    ...(region !== undefined && { region }),
    ...(!signRequest && { noSignRequest: true }),
    ...(dryRun && { readOnly: true }),
    ...(maxInFlightBytes !== undefined && { limits: { ...given.limits, maxInFlightBytes } }),
    ...(timeoutMs !== undefined && { timeouts: { headersMs: timeoutMs, idleMs: timeoutMs } }),
  };
  return { ...given, ...flags };
}
