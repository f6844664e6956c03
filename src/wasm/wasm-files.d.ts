/** A WebAssembly module as base64 text: that is what rollup and esbuild make of the import. */
declare module '*.wasm' {
  const text: string;
  export default text;
}
