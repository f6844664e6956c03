/**
 * Content types by the names of files.
 *
 * @module
 */

/** The type that goes with a name's extension; undefined when none is known. The table is loaded on use. */
export async function contentTypeOf(name: string): Promise<string | undefined> {
  const { default: mime } = await import('mime/lite');
  return mime.getType(name) ?? undefined;
}
