// An HDF5 file for the main job and the page: a day of wind over a map, a long series of one mast, a site of many turbines. Its values are worked out by
// formulas, so that what is read of it can be held to them. The HDF5 library writes it, without anyfile.

/** The field's extent: hours, rows, columns. */
export const shape = [24, 360, 720];
const chunks = [1, 60, 60];
const mastValues = 200_000;
const turbines = 240;

/** Wind speed at one point of the map, in hundredths of m/s as it is stored. */
export function speedAt(hour, row, column) {
  const [y, x] = [row / 360, column / 360];
  const wave = 5 * Math.sin(6 * y + 0.3 * hour) * Math.cos(4 * x - 0.2 * hour) + 2 * Math.sin(20 * x * y + hour / 3);
  // rough, but the same everywhere
  const grain = ((row * 7919 + column * 104_729 + hour * 1299) % 97) / 400;
  return Math.fround(Math.round((9 + wave + grain) * 100) / 100);
}

/** Power at the mast. */
export const powerAt = (i) => 1500 + 900 * Math.sin(i / 9000) + 120 * Math.sin(i / 131) + ((i * 7919) % 101) / 4;

/** What is known of a turbine. */
export const heightOf = (i) => 90 + (i % 7) * 10;

/**
 * Makes the file.
 *
 * @returns its bytes
 */
export async function makeHdf5File() {
  const h5 = await import('h5wasm');
  const { FS } = await h5.ready;
  const name = 'anyfile-demo.h5';
  const file = new h5.File(name, 'w');
  const text = (object, values) => Object.entries(values).forEach(([key, value]) => object.create_attribute(key, value));

  text(file, { title: 'A day of wind over a coast that does not exist', source: 'npm start' });
  const [hours, rows, columns] = shape;
  const speed = new Float32Array(hours * rows * columns);
  for (let hour = 0, i = 0; hour < hours; hour++)
    for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) speed[i++] = speedAt(hour, row, column);
  file.create_group('field');
  const field = file.create_dataset({ name: 'field/speed', data: speed, shape, chunks, compression: 'gzip', compression_opts: [1] });
  text(field, { units: 'm/s', long_name: 'wind speed at 100 m', axes: ['hour', 'row', 'column'] });
  file.create_dataset({ name: 'field/hour', data: Int32Array.from({ length: hours }, (_, i) => i), shape: [hours] });

  file.create_group('mast');
  const power = file.create_dataset({
    name: 'mast/power',
    data: Float64Array.from({ length: mastValues }, (_, i) => powerAt(i)),
    shape: [mastValues],
  });
  text(power, { units: 'kW', every: 'second' });

  file.create_group('site');
  file.create_group('site/north');
  for (let i = 0; i < turbines; i++) {
    const turbine = file.create_group(`site/north/T${String(i).padStart(3, '0')}`);
    turbine.create_attribute('height', heightOf(i), null, '<i4');
    turbine.create_attribute('type', i % 2 ? 'V2' : 'V1');
  }
  file.close();
  const bytes = FS.readFile(name);
  FS.unlink(name);
  return bytes;
}
