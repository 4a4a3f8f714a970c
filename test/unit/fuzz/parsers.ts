/** Every parser that reads what comes from outside: one entry each, and it is fuzzed. */
import { DELTAS } from "./deltas.ts";
import { DESCRIPTORS } from "./descriptors.ts";
import { HTTP_HEADS } from "./http.ts";
import { IMAGES } from "./images.ts";
import { WBXML_MESSAGES, XML_MESSAGES } from "./messages.ts";
import type { Parser } from "./parser.ts";
import { PUSHES } from "./pushes.ts";
import { TEXTS } from "./texts.ts";
import { TREES } from "./trees.ts";

export const PARSERS: readonly Parser[] = [
  XML_MESSAGES,
  WBXML_MESSAGES,
  TREES,
  IMAGES,
  DELTAS,
  HTTP_HEADS,
  DESCRIPTORS,
  TEXTS,
  ...PUSHES,
];
