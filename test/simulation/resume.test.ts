/**
 * What a power cut costs a download: wherever it hits, and whatever the package is, no more is
 * fetched again than the share of one block and one segment, and one block is erased again.
 */
import { PIECE_BYTES } from "../../src/base/delta.ts";
import { deltaHeaderSize } from "../../src/image/deltaheader.ts";
import type { CutMode } from "../../hal/sim/power.ts";
import { equal, ok, test } from "../check.ts";
import { basePayload, deltaPackage } from "../rig/delta/package.ts";
import { decode } from "../rig/delta/unpack.ts";
import { parseReplayId } from "./campaign/id.ts";
import { settingOf } from "./campaign/keys.ts";
import type { Setting } from "./campaign/setting.ts";
import { Site } from "./campaign/site.ts";
import { GEOMETRIES } from "./campaign/variant.ts";

/** Several segments in a block, and segments of several blocks. */
const CODE_BYTES_MAX = 100;
type Form = "image" | "delta" | "compressed";

interface Piece {
  readonly bytes: number;
  /** Where in the image it begins and ends. */
  readonly at: number;
  readonly end: number;
}

/** The segments of a package, its header before the first of them. */
function piecesOf(offer: Buffer, base: Uint8Array, imageLength: number): readonly Piece[] {
  const headerSize = deltaHeaderSize(offer) ?? 0;
  const starts: { readonly from: number; readonly at: number }[] = [];
  const body = offer.subarray(headerSize);
  decode({ base, imageLength, body, onSegment: (from, at) => void starts.push({ from, at }) });
  return starts.map(({ from, at }, index) => {
    const next = starts[index + 1] ?? { from: body.length, at: imageLength };
    return { bytes: next.from - from + (index === 0 ? headerSize : 0), at, end: next.at };
  });
}

/** The longest segment, and the largest share that a block has of a package. */
function boundOf(pieces: readonly Piece[], blockLength: number): number {
  const shares = pieces.map(({ at }) => {
    const start = at - (at % blockLength);
    return pieces.reduce((sum, piece) => {
      const inside = Math.min(piece.end, start + blockLength) - Math.max(piece.at, start);
      return inside > 0 ? sum + (piece.bytes * inside) / (piece.end - piece.at) : sum;
    }, 0);
  });
  return Math.ceil(Math.max(...shares)) + Math.max(...pieces.map(({ bytes }) => bytes));
}

interface Offered {
  readonly setting: Setting;
  /** Bytes of the package that may come twice, and blocks that may be erased again. */
  readonly most: number;
  readonly blocks: number;
}

/** A setting with an offer of this form. A piece of an image may be several short blocks. */
function offered(id: string, form: Form): Offered {
  const made = settingOf(parseReplayId(`${id},delta`).variant);
  const { blockLength } = GEOMETRIES[made.variant.geometry].slot;
  const image = Buffer.from(made.images.target);
  if (form === "image") return { setting: { ...made, offer: image }, most: blockLength, blocks: 1 };
  const share = Math.max(PIECE_BYTES, blockLength);
  const source = form === "delta" ? Buffer.from(made.images.source) : undefined;
  const limits = { codeBytesMax: CODE_BYTES_MAX, blockLengths: [share] };
  const offer = deltaPackage(image, source, limits);
  const base = source === undefined ? new Uint8Array(0) : basePayload(source);
  const most = boundOf(piecesOf(offer, base, image.length), share);
  return { setting: { ...made, offer }, most, blocks: share / blockLength };
}

function erases(site: Site): number {
  return site.board.slots.reduce((sum, { wear }) => sum + wear.reduce((a, b) => a + b, 0), 0);
}

interface Twice {
  /** Bytes of the package. */
  readonly fetched: number;
  /** Blocks of the slots. */
  readonly erased: number;
}

/** What came twice because of a cut. */
function cutAt(setting: Setting, at: number, mode: CutMode, uncut: Site): Twice {
  const site = new Site(setting, [{ at, mode, seed: 1 }]);
  site.run();
  equal(site.witness.updated, true);
  return {
    fetched: site.downloadedBytes - setting.offer.length,
    erased: erases(site) - erases(uncut),
  };
}

const ROWS: readonly (readonly [variant: string, forms: readonly Form[]])[] = [
  ["download,good,small", ["image", "delta", "compressed"]],
  ["download-and-update,good,small", ["delta", "compressed"]],
  ["download,good,small,descriptor", ["delta"]],
  ["download,good,bytes", ["delta"]],
  ["download,good,sixteen", ["delta"]],
];

for (const [id, forms] of ROWS)
  for (const form of forms)
    test(`${id}, ${form}: a cut anywhere makes little come twice`, () => {
      const { setting, most, blocks } = offered(id, form);
      const uncut = new Site(setting);
      uncut.run();
      equal(uncut.downloadedBytes, setting.offer.length);
      let worst = 0;
      for (let at = 1; at <= uncut.power.operations; at++) {
        const mode = at % 2 === 0 ? "after" : "tornBits";
        const { fetched, erased } = cutAt(setting, at, mode, uncut);
        ok(fetched <= most, `${fetched} bytes of ${most} come twice: cut ${at}, ${mode}`);
        ok(erased <= blocks, `${erased} blocks are erased again: cut ${at}, ${mode}`);
        worst = Math.max(worst, fetched);
      }
      ok(worst > 0, "no cut hits the download");
    });
