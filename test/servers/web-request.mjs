// What came to a server of Node's, as handlers of web requests take it.

/** @param message an IncomingMessage, of which the body is read */
export async function toRequest(message) {
  const chunks = [];
  for await (const chunk of message) chunks.push(chunk);
  const { method, headers, url } = message;
  const body = chunks.length ? Buffer.concat(chunks) : undefined;
  return new Request(new URL(url, `http://${headers.host}`), { method, headers, body });
}
