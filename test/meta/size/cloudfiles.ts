// CloudFiles over whatever the URL names.
import { CloudFiles } from 'anyfile';

/** Reads two files of a folder. */
export async function read(url: string): Promise<unknown> {
  return await new CloudFiles(url).get(['a', 'b']);
}
