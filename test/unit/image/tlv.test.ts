/** The areas at the end of an image: what is well-formed, and what may stand where. */
import { TLV_RECORDS_MAX } from "../../../src/base/limits.ts";
import { parseTlvAreas } from "../../../src/image/tlv.ts";
import { deepEqual, equal, ok, test } from "../../check.ts";

function record(type: number, length: number, fill = 0xab): number[] {
  return [
    type & 0xff,
    type >> 8,
    length & 0xff,
    length >> 8,
    ...new Array<number>(length).fill(fill),
  ];
}

function area(magic: number, ...records: number[][]): number[] {
  const content = records.flat();
  const total = content.length + 4;
  return [magic & 0xff, magic >> 8, total & 0xff, total >> 8, ...content];
}

function parse(
  protectedArea: number[],
  unprotectedArea: number[],
): ReturnType<typeof parseTlvAreas> {
  const bytes = Uint8Array.from([...protectedArea, ...unprotectedArea]);
  return parseTlvAreas(bytes, bytes.length, protectedArea.length);
}

const PROOF = area(0x6907, record(0x10, 32), record(0x01, 32), record(0x24, 64));

test("records are found by type in their own area", () => {
  const areas = parse(area(0x6908, record(0x50, 4, 7), record(0x1a0, 0)), PROOF);
  ok(areas !== undefined);
  deepEqual([...areas.protectedRecords.keys()], [0x50, 0x1a0]);
  deepEqual([...areas.unprotectedRecords.keys()], [0x10, 0x01, 0x24]);
  deepEqual(areas.protectedRecords.get(0x50), Uint8Array.of(7, 7, 7, 7));
});

test("an image need not have a protected area, and the areas may be empty", () => {
  equal(parse([], PROOF)?.protectedRecords.size, 0);
  equal(parse(area(0x6908), area(0x6907))?.unprotectedRecords.size, 0);
});

test("the wrong magic, or no area at all, is refused", () => {
  equal(parse(area(0x6907), PROOF), undefined);
  equal(parse([], area(0x6908, record(0x50, 4))), undefined);
  equal(parse([], []), undefined);
  equal(parse([], PROOF.slice(0, 3)), undefined);
});

test("a length that is a byte too long or too short is refused", () => {
  for (const at of [2, 6, 42]) {
    for (const step of [-1, 1]) {
      const wrong = [...PROOF];
      wrong[at] = (wrong[at] ?? 0) + step;
      equal(parse([], wrong), undefined, `${at} ${step}`);
    }
  }
});

test("bytes after the last record are refused", () => {
  equal(parse([], [...PROOF, 0]), undefined);
  const inside = area(0x6907, record(0x10, 32), [0, 0, 0]);
  equal(parse([], inside), undefined);
});

test("a repeated type is refused in either area", () => {
  equal(parse([], area(0x6907, record(0x10, 32), record(0x10, 32))), undefined);
  equal(parse(area(0x6908, record(0xa0, 1), record(0xa0, 1)), PROOF), undefined);
});

test("digest, key hash and signature are unprotected; another record is named foreign", () => {
  for (const type of [0x02, 0x11, 0x12, 0x20, 0x23, 0x25, 0x40, 0x50, 0x74, 0x75, 0xa0, 0x110]) {
    const length = type === 0x40 ? 12 : type === 0x50 ? 4 : type === 0x74 || type === 0x75 ? 16 : 8;
    const areas = parse([], area(0x6907, record(0x10, 32), record(type, length)));
    deepEqual(areas?.foreign, [type]);
  }
  const own = parse([], area(0x6907, record(0x10, 32), record(0x22, 70)));
  deepEqual(own?.foreign, []);
});

test("a record of fixed length has that length", () => {
  for (const [type, length] of [
    [0x50, 4],
    [0x74, 16],
    [0x75, 16],
    [0x40, 12],
  ] as const) {
    ok(parse(area(0x6908, record(type, length)), PROOF) !== undefined);
    equal(parse(area(0x6908, record(type, length - 1)), PROOF), undefined);
    equal(parse(area(0x6908, record(type, length + 1)), PROOF), undefined);
  }
});

test("a key hash or signature of another length is foreign; so is a protected digest", () => {
  for (const [type, length] of [
    [0x01, 64],
    [0x24, 70],
  ] as const)
    deepEqual(parse([], area(0x6907, record(0x10, 32), record(type, length)))?.foreign, [type]);
  equal(parse([], area(0x6907, record(0x10, 64))), undefined);
});

test("an area has TLV_RECORDS_MAX records, and no more", () => {
  const records = (count: number): number[] =>
    area(0x6908, ...Array.from({ length: count }, (_, n) => record(0x1a0 + n, 0)));
  equal(parse(records(TLV_RECORDS_MAX), PROOF)?.protectedRecords.size, TLV_RECORDS_MAX);
  equal(parse(records(TLV_RECORDS_MAX + 1), PROOF), undefined);
});
