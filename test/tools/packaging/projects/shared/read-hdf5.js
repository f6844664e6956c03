// Values of an HDF5 file in the bucket, by the main thread or through what `connectHdf5` gives.

/**
 * Reads a corner of a compressed dataset.
 *
 * @param openHdf5 the function of anyfile/hdf5, or that of a worker
 * @param settings where the file is, and the keys
 */
export async function readHdf5(openHdf5, { url, endpoint, region, credentials }) {
  const file = await openHdf5(`${url}front.h5`, { endpoint, region, credentials });
  try {
    const grid = await file.dataset('/grid');
    return Array.from(
      await grid.slice([
        [7, 9],
        [9, 12],
      ]),
    );
  } finally {
    await file.close();
  }
}
