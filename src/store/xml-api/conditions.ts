/**
 * What a write is conditional on, as headers.
 *
 * @module
 */
import type { PutOptions } from '../../types.ts';
import type { XmlDialect } from './dialect.ts';

/** The headers of `ifMatch`, `ifAbsent` and `ifMetagenerationMatch`. */
export function conditionsFromPut(options: PutOptions, dialect: XmlDialect): Record<string, string> {
  const { ifMatch, ifAbsent, ifMetagenerationMatch } = options;
  const out: Record<string, string> = {};
  if (ifMatch) Object.assign(out, dialect.ifMatch(ifMatch));
  if (ifAbsent) Object.assign(out, dialect.ifAbsent);
  if (ifMetagenerationMatch && dialect.metageneration) out[dialect.metageneration.target] = ifMetagenerationMatch;
  return out;
}
