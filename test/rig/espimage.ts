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
export function espImage(content: Buffer, version: string): Buffer {
  const description = Buffer.alloc(DESCRIPTION_BYTES);
  const segment = Buffer.concat([description, content]);
  segment.writeUInt32LE(DESCRIPTION_MAGIC, 0);
  segment.write(version, VERSION_AT, VERSION_BYTES - 1, "latin1");
  const head = Buffer.alloc(DESCRIPTION_AT);
  head[0] = MAGIC;
  head[1] = 1;
  head[HEADER_BYTES - 1] = 1;
  head.writeUInt32LE(segment.length, HEADER_BYTES + 4);
  const body = Buffer.alloc((head.length + segment.length + 16) & ~15);
  head.copy(body);
  segment.copy(body, head.length);
  body[body.length - 1] = segment.reduce((sum, byte) => sum ^ byte, CHECKSUM_SEED);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}
