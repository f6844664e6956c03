/** See memory.mjs. */
export function pageOf(
  keys: string[],
  options: { prefix: string; delimiter: string; after?: string | undefined; from?: string; until?: string; max: number },
): { keys: string[]; prefixes: string[]; last: string | undefined };
