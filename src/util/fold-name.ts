/**
 * Names as disks that fold them compare them.
 *
 * @module
 */

/**
 * One text for all names that some disk may take for one: whatever case, composed or decomposed, with or without letters that are not shown. Rather too
 * many than too few: which of them are one, the disk at hand has to tell.
 */
export const foldName = (name: string): string =>
  name
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFD')
    // both ways: `ß`, `ẞ` and `ss`, `ſ` and `s`, all three sigmas
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
