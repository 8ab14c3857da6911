// @ts-check
/**
 * SHA-256 (FIPS 180-4): browsers keep their own from pages that come over plain http, where an area must be checked, too.
 */

// FIPS 180-4, 4.2.2 and 5.3.3: parts of the roots of the first primes
const ROUND = Uint32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
); // prettier-ignore
const BEGIN = Uint32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
); // prettier-ignore
const BLOCK = 64; // bytes
const LENGTH = 8; // bytes in which the length stands at the end

/**
 * Give the hash of pieces of bytes, one after the other, as 64 hexadecimal digits.
 *
 * @param {...Uint8Array} pieces
 */
export function sha256(...pieces) {
  const state = Int32Array.from(BEGIN);
  const words = new Int32Array(BLOCK);
  const rest = new Uint8Array(2 * BLOCK);
  let [filled, total] = [0, 0];
  for (const piece of pieces) {
    total += piece.length;
    let at = 0;
    if (filled > 0) {
      at = Math.min(BLOCK - filled, piece.length);
      rest.set(piece.subarray(0, at), filled);
      filled += at;
      if (filled < BLOCK) continue;
      mix(state, words, rest, 0);
    }
    for (; at + BLOCK <= piece.length; at += BLOCK) mix(state, words, piece, at);
    rest.set(piece.subarray(at));
    filled = piece.length - at;
  }
  finish(state, words, rest, filled, total);
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

/**
 * @param {Int32Array} state
 * @param {Int32Array} words
 * @param {Uint8Array} rest
 * @param {number} filled
 * @param {number} total bytes of all
 */
function finish(state, words, rest, filled, total) {
  const end = filled + 1 + LENGTH <= BLOCK ? BLOCK : 2 * BLOCK;
  rest.fill(0, filled);
  rest[filled] = 0x80;
  const view = new DataView(rest.buffer);
  view.setUint32(end - LENGTH, Math.floor(total / 2 ** 29));
  view.setUint32(end - LENGTH / 2, (total * 8) % 2 ** 32);
  for (let at = 0; at < end; at += BLOCK) mix(state, words, rest, at);
}

/**
 * Mix 64 bytes in.
 *
 * @param {Int32Array} state
 * @param {Int32Array} w
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function mix(state, w, bytes, at) {
  for (let i = 0; i < 16; i++, at += 4) {
    w[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
  for (let i = 16; i < BLOCK; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const early = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const late = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + early + w[i - 7] + late) | 0;
  }
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let e = state[4];
  let f = state[5];
  let g = state[6];
  let h = state[7];
  for (let i = 0; i < BLOCK; i++) {
    const turnE = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + turnE + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
    const turnA = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (turnA + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}
