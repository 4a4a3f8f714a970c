/**
 * Whose code and constants make up a firmware: the linker's map, added up by where its objects come
 * from.
 */

/** In the order of the report; the first that fits counts. */
const PARTS: readonly (readonly [part: string, object: RegExp])[] = [
  ["XS", /\/xs\/(?:xs\w+|engine\/(?:absent|defaults))\.o$/],
  ["TLS and X.509 (Mbed TLS)", /\/mbedtls\//],
  ["TCP/IP (lwIP)", /\/lwip\//],
  ["Ed25519 (libsodium)", /\/sodium\//],
  ["C library", /lib(c|m|gcc)\.a\(/],
  ["board and natives", /./],
];

/** ` .text.name  0xADDRESS  0xLENGTH object`, the name on a line of its own when it is long. */
const SECTION =
  /^ \.(?:text|s?rodata|s?data|head|ramtext|tdata)\S*\s+0x([0-9a-f]+)\s+0x([0-9a-f]+) (\S+)$/gm;

/** What is in the file that the emulator runs, and not in the image: hal/bare/making.lds. */
const MAKING = /^\.making\b[^]*?(?=^\.\w)/m;

/** Bytes by part. What the linker has left out stands in the map at address 0. */
export function imageParts(map: string): ReadonlyMap<string, number> {
  const sizes = new Map(PARTS.map(([part]) => [part, 0]));
  for (const [, address = "0", length = "0", object = ""] of map
    .replace(MAKING, "")
    .matchAll(SECTION)) {
    const part = PARTS.find(([, from]) => from.test(object))?.[0];
    if (part !== undefined && parseInt(address, 16) !== 0)
      sizes.set(part, (sizes.get(part) ?? 0) + parseInt(length, 16));
  }
  return sizes;
}
