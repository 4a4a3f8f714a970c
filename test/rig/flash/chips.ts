/** The chips that hal/esp32 supports: names, numbers in images, addresses of the boot loader. */

export type ChipName = "esp32" | "esp32c3" | "esp32s3" | "esp32c6";

export interface Chip {
  readonly name: ChipName;
  /** The name that Espressif and esptool-js use. */
  readonly title: string;
  /** In image headers (ESP-IDF's esp_chip_id_t). */
  readonly imageId: number;
  /** Address at which the ROM finds the boot loader. */
  readonly bootOffset: number;
}

export const CHIPS: readonly Chip[] = [
  { name: "esp32", title: "ESP32", imageId: 0, bootOffset: 0x1000 },
  { name: "esp32c3", title: "ESP32-C3", imageId: 5, bootOffset: 0 },
  { name: "esp32s3", title: "ESP32-S3", imageId: 9, bootOffset: 0 },
  { name: "esp32c6", title: "ESP32-C6", imageId: 13, bootOffset: 0 },
];

export function chipOfImage(imageId: number): Chip | undefined {
  return CHIPS.find((chip) => chip.imageId === imageId);
}
