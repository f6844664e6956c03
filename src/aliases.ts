/**
 * Aliases of the default client.
 *
 * @module
 */
import { aliasesOf } from './store/aliases-of.ts';
import { contextOf, type SessionOptions } from './store/session.ts';
import type { AliasEntry, AliasOptions } from './url/aliases.ts';

/** Give an S3 endpoint a name: `addAlias('lab', 's3://https://s3.lab.example/')`, then `lab://bucket/key`. */
export function addAlias(name: string, host: string, options: SessionOptions & AliasOptions = {}): Promise<void> {
  return aliasesOf(contextOf(options)).addAlias(name, host, options);
}

/** Forget a name. */
export function removeAlias(name: string, options: SessionOptions & AliasOptions = {}): Promise<void> {
  return aliasesOf(contextOf(options)).removeAlias(name, options);
}

/** All names, official ones included. */
export function listAliases(options: SessionOptions & AliasOptions = {}): Promise<AliasEntry[]> {
  return aliasesOf(contextOf(options)).listAliases(options);
}
