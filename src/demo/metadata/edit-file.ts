/**
 * From a file that was chosen to the dialog and back.
 *
 * @module
 */
import type { Datafile } from '../../index.ts';
import { urlOf, type Connection } from '../connection.ts';

/** Whether files of this place can have tags and labels that a page may change. */
export const canEditMetadata = ({ protocol, store, folder }: Connection): boolean =>
  !folder && store.capabilities.write && !protocol.startsWith('http');

/**
 * Let a person change a file's metadata; the dialog comes with its code when it is first asked for.
 *
 * @param datafile that of the file, where it is open. @default opened: one request at S3
 * @returns whether something was stored
 */
export async function editFile(connection: Connection, key: string, datafile?: Datafile): Promise<boolean> {
  const [it, { editMetadata }] = await Promise.all([
    datafile ?? connection.client.datafile(urlOf(connection, key)),
    import('./metadata-dialog.ts'),
  ]);
  return editMetadata(it);
}
