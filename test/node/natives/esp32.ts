/** The natives of hal/esp32, over the fake of ESP-IDF, with receivers of every kind: a program. */
import { Area } from "../../../hal/esp32/area.ts";
import { startNetwork } from "../../../hal/esp32/hardware.ts";
import { TlsSocket } from "../../../hal/esp32/tlssocket.ts";
import { exit, print } from "../../../hal/common/natives/system.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { acceptedReceivers, type NativeClass } from "./receivers.ts";

const CLASSES: readonly NativeClass[] = [
  {
    name: "Area",
    make: () => new Area("store"),
    prototype: Area.prototype,
    constructors: [{ native: "xs_area", parameters: () => ["store"] }],
    methods: [
      { native: "xs_area_blocks", parameters: () => [] },
      { native: "xs_area_block_length", parameters: () => [] },
      { native: "xs_area_write_align", parameters: () => [] },
      { native: "xs_area_read", parameters: () => [new Uint8Array(16), 0] },
      { native: "xs_area_write", parameters: () => [new Uint8Array(16), 0] },
      { native: "xs_area_erase_block", parameters: () => [0] },
    ],
  },
  {
    name: "TlsSocket",
    make: () => new TlsSocket("127.0.0.1", 1),
    prototype: TlsSocket.prototype,
    constructors: [{ native: "xs_tls", parameters: () => ["127.0.0.1", 1] }],
    methods: [
      { native: "xs_tls_read", parameters: () => [new Uint8Array(16)] },
      { native: "xs_tls_write", parameters: () => [new Uint8Array(16), 0] },
    ],
    close: "xs_tls_close",
  },
  {
    name: "Sha256",
    make: () => new Sha256(),
    prototype: Sha256.prototype,
    constructors: [{ native: "xs_sha256", parameters: () => [] }],
    methods: [{ native: "xs_sha256_update", parameters: () => [new Uint8Array(16)] }],
  },
];

startNetwork();
print(`receivers: ${acceptedReceivers(CLASSES).join("; ") || "all refused"}`);
exit(0);
