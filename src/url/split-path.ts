/** Folder and name of a path. @module */

/** `a/b/c?x/y` → [`a/b/`, `c?x/y`]: a query belongs to the name. */
export function splitPath(path: string): [folder: string, name: string] {
  const query = path.indexOf('?');
  const cut = (query < 0 ? path : path.slice(0, query)).lastIndexOf('/') + 1;
  return [path.slice(0, cut), path.slice(cut)];
}
