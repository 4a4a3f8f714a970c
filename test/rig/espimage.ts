/**
 * Images in the format of the ESP32's boot loader: header, segments, checksum, SHA-256. A package
 * carries one as its payload.
 */
import { createHash } from "node:crypto";

/**
 * A package's header fills the erase block before the slot, so that the image begins where the boot
 * loader looks (hal/esp32/README.md).
 */
export const ESP_HEADER_BYTES = 4096;

const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const SEGMENT_BYTES = 8;
const CHECKSUM_SEED = 0xef;
/**
 * The description of the application is what the first segment begins with: a magic word, then, at
 * 16, its version.
 */
const DESCRIPTION_MAGIC = 0xabcd5432;
const DESCRIPTION_BYTES = 256;
const VERSION_AT = 16;
const VERSION_BYTES = 32;
const DESCRIPTION_AT = HEADER_BYTES + SEGMENT_BYTES;

/** The chip in the header, and whether a digest follows the image. */
const CHIP_AT = 12;
const DIGEST_FLAG_AT = HEADER_BYTES - 1;
const DIGEST_BYTES = 32;
const SEGMENTS_MAX = 16;

/** Returns the number of the chip that an image is for (ESP-IDF's esp_chip_id_t). */
export function espChip(image: Buffer): number {
  return image.readUInt16LE(CHIP_AT);
}

/**
 * Returns why the boot loader would not start this image, or undefined. Ignores what follows the
 * image, such as a signature.
 */
export function espProblem(image: Buffer): string | undefined {
  if (image.length < HEADER_BYTES || image[0] !== MAGIC) return "not an ESP-IDF image";
  const [, segments = 0] = image;
  if (segments === 0 || segments > SEGMENTS_MAX)
    return `${segments} segments instead of 1 to ${SEGMENTS_MAX}`;
  let at = HEADER_BYTES;
  let sum = CHECKSUM_SEED;
  for (let i = 0; i < segments; i++) {
    if (at + SEGMENT_BYTES > image.length) return "truncated";
    const end = at + SEGMENT_BYTES + image.readUInt32LE(at + 4);
    if (end > image.length) return "truncated";
    for (const byte of image.subarray(at + SEGMENT_BYTES, end)) sum ^= byte;
    at = end;
  }
  const end = (at + 16) & ~15;
  if (end > image.length) return "truncated";
  if (image[end - 1] !== sum) return "damaged: its checksum is wrong";
  if (image[DIGEST_FLAG_AT] !== 1) return undefined;
  const digest = createHash("sha256").update(image.subarray(0, end)).digest();
  if (end + DIGEST_BYTES > image.length) return "truncated";
  return digest.equals(image.subarray(end, end + DIGEST_BYTES))
    ? undefined
    : "damaged: its digest is wrong";
}

/**
 * The version in the image's own description (PROJECT_VER of ESP-IDF), or undefined when it is no
 * image of an application.
 */
export function espVersion(image: Buffer): string | undefined {
  if (image.length < DESCRIPTION_AT + DESCRIPTION_BYTES || image[0] !== MAGIC) return undefined;
  if (image.readUInt32LE(DESCRIPTION_AT) !== DESCRIPTION_MAGIC) return undefined;
  const field = image.subarray(
    DESCRIPTION_AT + VERSION_AT,
    DESCRIPTION_AT + VERSION_AT + VERSION_BYTES,
  );
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? VERSION_BYTES : end);
}

/**
 * An image of one segment: its description, then `content`. For the fake of ESP-IDF; chips get
 * theirs from ESP-IDF's own tools.
 */
export function espImage(content: Buffer, version: string, chip = 0): Buffer {
  const description = Buffer.alloc(DESCRIPTION_BYTES);
  description.writeUInt32LE(DESCRIPTION_MAGIC, 0);
  description.write(version, VERSION_AT, VERSION_BYTES - 1, "latin1");
  return espSegment(Buffer.concat([description, content]), chip);
}

/** Returns an image of one segment. */
export function espSegment(segment: Buffer, chip: number): Buffer {
  const head = Buffer.alloc(DESCRIPTION_AT);
  head[0] = MAGIC;
  head[1] = 1;
  head.writeUInt16LE(chip, CHIP_AT);
  head[DIGEST_FLAG_AT] = 1;
  head.writeUInt32LE(segment.length, HEADER_BYTES + 4);
  const body = Buffer.alloc((head.length + segment.length + 16) & ~15);
  head.copy(body);
  segment.copy(body, head.length);
  body[body.length - 1] = segment.reduce((sum, byte) => sum ^ byte, CHECKSUM_SEED);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}
