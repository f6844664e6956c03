/**
 * The version that is written into metadata beside every record, `sdk_version`.
 *
 * @module
 */

/** The version of this package; a test holds it to package.json. */
export const sdkVersion = '0.1.0';
