/** The text of a document, put into the bundle of the tests. */
declare module '*.md' {
  const text: string;
  export default text;
}
