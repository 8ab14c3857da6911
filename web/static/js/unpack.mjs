// @ts-check
/** What is packed by gzip, unpacked as far as it may go: a few bytes can hold gigabytes of nothing. */

/** More came out than there should be, or what went in is no gzip. */
export class Unpackable extends Error {}

/**
 * @param {Blob} part
 * @param {number} most bytes that it may have unpacked; no more room is given to it
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function unpacked(part, most) {
  const reader = part.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts = [];
  let bytes = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes += next.value.length;
      if (bytes > most) throw new Unpackable("more than was told");
      parts.push(next.value);
    }
  } catch (error) {
    await reader.cancel().catch(() => {}); // nothing more is unpacked
    throw error instanceof Unpackable ? error : new Unpackable("no gzip");
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
