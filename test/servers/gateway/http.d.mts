/** See http.mjs. */
export function plainRequest(request: {
  method: string;
  path: string;
  rawQuery: string;
  headers: Record<string, string>;
  body: Uint8Array;
}): object;
