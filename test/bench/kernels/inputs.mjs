// What kernels and codecs are fed: made by script, the same everywhere.

/** A small generator of numbers in [0, 1). */
export function randomizer(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Bytes that no codec can make smaller. */
export function noise(length, seed = 1) {
  const random = randomizer(seed);
  return Uint8Array.from({ length }, () => random() * 256);
}

function records(length) {
  const random = randomizer(2);
  const words = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta', 'eta', 'theta', 'iota', 'kappa'];
  const lines = [];
  for (let size = 0, id = 1000; size < length; id++) {
    const line = JSON.stringify({
      id,
      name: `${words[Math.floor(random() * 10)]}-${words[Math.floor(random() * 10)]}`,
      value: Math.round(random() * 1e6) / 1000,
      time: new Date(1.7e12 + id * 61_000).toISOString(),
      tags: words.filter(() => random() < 0.2),
    });
    lines.push(line);
    size += line.length + 1;
  }
  return new TextEncoder().encode(lines.join('\n')).slice(0, length);
}

function field(length) {
  const random = randomizer(3);
  const values = new Float32Array(length / 4);
  for (let i = 0; i < values.length; i++) values[i] = Math.sin(i / 300) * 100 + Math.cos(i / 41) * 10 + random() * 0.5;
  return new Uint8Array(values.buffer);
}

/** Cells around random points on a plane, as in a segmentation: long runs of equal numbers whose borders shift a little by row. */
function labels(length) {
  const random = randomizer(4);
  const width = 1024;
  const height = length / 4 / width;
  const points = Array.from({ length: 60 }, () => [random() * width, random() * height, Math.floor(random() * 2 ** 32)]);
  const values = new Uint32Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      let best = Infinity;
      for (const [px, py, label] of points) {
        const distance = (x - px) ** 2 + (y - py) ** 2;
        if (distance < best) {
          best = distance;
          values[i] = label;
        }
      }
    }
  }
  return new Uint8Array(values.buffer);
}

/** Inputs of the codecs by name, 2 MiB each. */
export const documents = (length = 0x200000) => ({ json: records(length), float32: field(length), labels: labels(length) });
