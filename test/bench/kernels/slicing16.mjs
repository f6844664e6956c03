// The table-driven loop of the CRC-64 kernel, over everything: what folding is held against.

/** @param code the module of the kernel */
export async function slicing16(code) {
  const { exports: kernel } = await WebAssembly.instantiate(await WebAssembly.compile(code));
  const memory = new Uint8Array(kernel.memory.buffer);
  const state = new DataView(kernel.memory.buffer, kernel.state(), 8);
  const at = kernel.buffer();
  const block = 0x10000;
  return (bytes) => {
    kernel.init();
    for (let i = 0; i < bytes.length; i += block) {
      const piece = bytes.subarray(i, i + block);
      memory.set(piece, at);
      kernel.update_by_table(piece.length);
    }
    kernel.final();
    return state.getBigUint64(0);
  };
}
