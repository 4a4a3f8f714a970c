/** Natives of hal/common/base that are classes: every board with XS has the same ones. */
import { Delta } from "../../../src/base/delta.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import type { NativeClass } from "./receivers.ts";

export const BASE_CLASSES: readonly NativeClass[] = [
  {
    name: "Delta",
    make: () => new Delta(0, 0, 0),
    prototype: Delta.prototype,
    constructors: [{ native: "xs_delta", parameters: () => [0, 0, 0] }],
    methods: [
      { native: "xs_delta_position", parameters: () => [] },
      { native: "xs_delta_missing", parameters: () => [] },
      { native: "xs_delta_wanted", parameters: () => [] },
      { native: "xs_delta_feed", parameters: () => [new Uint8Array(16), 0] },
      {
        native: "xs_delta_run",
        parameters: () => [new Uint8Array(512), new Uint8Array(256)],
      },
    ],
  },
  {
    name: "Sha256",
    make: () => new Sha256(),
    prototype: Sha256.prototype,
    constructors: [{ native: "xs_sha256", parameters: () => [] }],
    methods: [
      { native: "xs_sha256_update", parameters: () => [new Uint8Array(16)] },
      { native: "xs_sha256_digest", parameters: () => [new Uint8Array(32)] },
    ],
  },
];
