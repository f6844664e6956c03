// What reads a body to its end, in Node and in a page.

/** Reads a web stream to its end. @returns the number of bytes */
export async function drain(stream) {
  const reader = stream.getReader();
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes;
    bytes += value.length;
  }
}
