/** The aliases of a client. @module */
import { createAliases, type Aliases } from '../url/aliases.ts';
import type { StoreContext } from './context.ts';

/** The names that a client knows for S3 endpoints, made on first use. */
export const aliasesOf = (context: StoreContext): Aliases => context.shared('aliases', () => createAliases(context.options.aliases));
