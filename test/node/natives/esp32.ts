/** The natives of hal/esp32, over the fake of ESP-IDF, with receivers of every kind: a program. */
import { startNetwork } from "../../../hal/esp32/hardware.ts";
import { PartitionFlash } from "../../../hal/common/natives/flash.ts";
import { exit, print } from "../../../hal/common/natives/system.ts";
import { TlsSocket } from "../../../hal/common/natives/tls.ts";
import { BASE_CLASSES } from "./base.ts";
import { acceptedReceivers, type NativeClass } from "./receivers.ts";

const CLASSES: readonly NativeClass[] = [
  {
    name: "PartitionFlash",
    make: () => new PartitionFlash("store"),
    prototype: PartitionFlash.prototype,
    constructors: [{ native: "xs_flash", parameters: () => ["store"] }],
    methods: [
      { native: "xs_flash_blocks", parameters: () => [] },
      { native: "xs_flash_block_length", parameters: () => [] },
      { native: "xs_flash_write_align", parameters: () => [] },
      { native: "xs_flash_read", parameters: () => [new Uint8Array(16), 0] },
      { native: "xs_flash_write", parameters: () => [new Uint8Array(16), 0] },
      { native: "xs_flash_erase_block", parameters: () => [0] },
    ],
  },
  {
    name: "TlsSocket",
    make: () => new TlsSocket("127.0.0.1", 1),
    prototype: TlsSocket.prototype,
    constructors: [{ native: "xs_socket_secure", parameters: () => ["127.0.0.1", 1] }],
    methods: [
      { native: "xs_socket_read", parameters: () => [new Uint8Array(16)] },
      { native: "xs_socket_write", parameters: () => [new Uint8Array(16), 0] },
    ],
    close: "xs_socket_close",
  },
  ...BASE_CLASSES,
];

startNetwork();
print(`receivers: ${acceptedReceivers(CLASSES).join("; ") || "all refused"}`);
exit(0);
