/**
 * Which code points Python's `repr` writes as they are: those of Unicode 14.0, the version of Python 3.11, which the recorded hashes were
 * made with (3.12 has 15.0, 3.13 has 15.1: newer characters, which are few, hash differently from one Python to the next). The regular
 * expressions of JavaScript follow the engine's Unicode and cannot be used: a hash must be the same in every engine and year.
 *
 * @module
 */

/**
 * Where printability changes, from U+0080 on: the length of each run, in base 64 with five bits a digit, low ones first. The first run is
 * printable (and empty). Not printable are the categories Cc, Cf, Cs, Co, Cn, Zl, Zp and Zs. Made from `str.isprintable` of Python 3.11;
 * test/node/data-python.test.ts compares every code point.
 */
const runs =
  'AhBMBqWCGEHBBBUBtMBmBCyBCDB3BIbEGRWBgGBwBC7BClDO7BCxBCPBcCBBLFfJqCBhFBICCCWBHBBDECJCCCEIBECBFCZCDBGECCWBHBCBCBCCBBFECCDDBHEBBHRK' +
  'DBJBDBWBHBCBFCKBDBDCBPECMHHBDBICCCWBHBCBFCJCCCDHDECBFCSKCBGDDBEDCBBBCDCDDDMEFDDBECBGBOVFNBDBXBQCJBDBEHCBDCBCECKHWBDBXBKBFCJBDBEH' +
  'CGCBECKBCNNBDBzBBDBGEQCaBDBSDYBJBBCHDBEGBBBIGKCDM6BEdlBCBBBFBYBBBXCFBBBGCKCEgBoCBkBEnBBkBBPBNlBmGBBFBC5LBECHBBBECpBBEChBBECHBBBE' +
  'CPB5BBECjCCgBDaG2CCGCgUBcD5CHWJYJUMNBDBCM+CCKGKGOBLG5CHrBFmCKfBMEMEBDqBCFLsBEaGLD+BChCBdCLGKGOCfxBtCDvBB0DI8BDPD8BHrBCLIrBF2QCGC' +
  'mBCGCIBBBBBBBfC1BBPBOCGBTCDBJRYIvBRCCbBNDhBPhBPsEE3UZLV04BCgBB9KFtBBBFBC4BHCOYJHBHBHBHBHBHBHBHB+DiBaB5CM2GaMF/BB2CCnDFrBB+CB0CMv' +
  'BBtzcD3BJ8KU4FIrGFCBBBFY7BDKG4BImCIMG0DLeDuCBLEhBB3BJOCKCnDYcKGCGCGJHBHB8BE+DCKGk9KMXExBkoIuLCqDmBHMFFaBFBBBCBCB9DQ9NC2BHBgBqBGz' +
  'BBTBEEFBnEE+FDGCGCGCDDHBHNCCMBaBTBCBPCOiB7DFDEtBD4CBNDBvBuBiEdDxBPcEkBJeFrBFeBlBEOqB+ECKGkBEkBEoBI0BLMBPBHBCBLBPBHBCjC3JJWKIYGBq' +
  'BBJlCGCBBsBBCDBCXBoCIJwBTBCFhBDbFBgC4BEUCyBBCFIBDBdCDEKHJHgCgBnBEMJ2BDdCbFaHEMHwCpC3BzBNzBHuBIKmJfBqBBDCCuCoBIqBWamBcUXJuCEkBJ+B' +
  'BFNZHKG1BBSInBJgDBULSBsBhCHBBBEBPBLG7BFKGEBICCCWBHBCBFBKCCCDCBGBFHCHDFrE8CBFeoCIKmF2BCmBiBlCLKGNT6BGK2BbCPEX5F8BkDzCMICBCIBCBeBC' +
  'CMJKmCICuBCLboCIzCNpCnIJBtBBOKdDgBCWBOpCHBCBsBDBBCBJIKGGBCBlBBCBGHK2JZ3FBPyBN7cmDvDBFLkGsyCjDNvhBx+DnS5tI5RHfBKExCBKGeCGKmCKKBHB' +
  'VFTwV7ClDrCE5BHRgCFLCO4/FI2mBqBJn3IEBHBCBjJtBDREIsMkoCrDFNDJHKCEgzEuBCXJ0D8B2HKnBCqCIwDVmC6EUM3CJZnE1CBnCBCCBCCCEBMBBBHBhCBECIBH' +
  'BcBEBFBBDHB0KCkJC+VPFBPwiBfhHHBRCHBCBF1GtBDOCKECgKfR6BFBgnBHBEBCBPBlGCQpBsCEKECxYkCsC9BiGEBbBCBBCBBKBEBBBBGBEBBBBBBDBCBBCBBBBBBB' +
  'BBBCBBCEBHBEBEBBBKBRFDBFBR0BCuIsBEkDMPCPBPBlBKuF4BdNsBEJHCOG6E4eFQDND0DM5CHMEBPME4BIKGoBIeCCuC0KMOCFDFDHJdDLFGKKGIIHJzEB3BlBKmgB' +
  'g3pBgB5hEH+GCi0FOxpH/gD+QivBr6E1t7VwH';

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

let boundaries: Uint32Array | undefined;

function unpack(): Uint32Array {
  const out: number[] = [];
  let at = 0x80;
  let length = 0;
  let shift = 0;
  for (const char of runs) {
    const digit = digits.indexOf(char);
    length |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    out.push((at += length));
    length = shift = 0;
  }
  return Uint32Array.from(out);
}

/**
 * Whether Python 3.11 calls a code point printable.
 *
 * @example isPrintable(0x200d) // false: the joiner within emoji
 */
export function isPrintable(codePoint: number): boolean {
  if (codePoint < 0x80) return codePoint >= 0x20 && codePoint !== 0x7f;
  boundaries ??= unpack();
  let low = 0;
  let high = boundaries.length;
  // How many changes are at or before the code point; after an odd number of them it is not printable.
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boundaries[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 0;
}
