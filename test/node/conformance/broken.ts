/** HALs that lie, each in one way: wrappers of the sim board, and the case that catches it. */
import { BROKEN_BASES } from "./brokenbase.ts";
import { BROKEN_BOOTS, type BrokenHal } from "./brokenboot.ts";
import { BROKEN_FLASH } from "./brokenflash.ts";
import { BROKEN_LINKS, DEAF } from "./brokenlink.ts";
import { BROKEN_REST } from "./brokenrest.ts";

export const BROKEN: readonly BrokenHal[] = [
  ...BROKEN_FLASH,
  ...BROKEN_BOOTS,
  ...BROKEN_LINKS,
  ...DEAF,
  ...BROKEN_REST,
  ...BROKEN_BASES,
];
