/**
 * Images without their pointers. When a part of an image moves, every pointer to it changes, and
 * what is full of pointers does not resemble itself any more: a machine of preloaded modules is one
 * in three words. Without them the same objects are found again. What is aligned by these bytes is
 * coded from the true ones.
 */

/** Pointers are words whose upper bits are those of many: the address of flash, or of RAM. */
const PAGE_BITS = 20;
const PAGE_MAX = 0xfff;
/** So many of all words have a page in common, at least. */
const SHARE = 1 / 64;

/** The upper bits that are those of pointers; small numbers, negative and positive, are none. */
function pagesOf(image: Buffer): ReadonlySet<number> {
  const counts = new Map<number, number>();
  for (let at = 0; at + 4 <= image.length; at += 4) {
    const page = image.readUInt32LE(at) >>> PAGE_BITS;
    counts.set(page, (counts.get(page) ?? 0) + 1);
  }
  const least = (image.length / 4) * SHARE;
  const isPage = (page: number, count: number): boolean =>
    page !== 0 && page !== PAGE_MAX && count >= least;
  return new Set([...counts].filter(([page, count]) => isPage(page, count)).map(([page]) => page));
}

/** A copy of the bytes in which aligned words with these upper bits have nothing below them. */
function without(bytes: Buffer, pages: ReadonlySet<number>): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at + 4 <= copy.length; at += 4) {
    const page = copy.readUInt32LE(at) >>> PAGE_BITS;
    if (pages.has(page)) copy.writeUInt32LE((page << PAGE_BITS) >>> 0, at);
  }
  return copy;
}

/** Base and image without the pointers that base has; undefined when it has none. */
export function withoutPointers(
  base: Buffer,
  image: Buffer,
): { readonly base: Buffer; readonly image: Buffer } | undefined {
  const pages = pagesOf(base);
  if (pages.size === 0) return undefined;
  return { base: without(base, pages), image: without(image, pages) };
}
