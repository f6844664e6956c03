/** See sigv4.mjs. */
export function authenticate(
  request: object,
  options: { accounts: Map<string, object>; region: string; now: number; service?: string },
): { kind: string; account?: object };
