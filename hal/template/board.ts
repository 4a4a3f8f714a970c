/**
 * A board to begin with: it compiles, and each function says what to write in its place.
 * hal/README.md has the way from here;
 * `xs-fumo conformance` says what is left to do.
 */
import type {
  Boot,
  Exchange,
  Flash,
  FlashStatus,
  Hal,
  Identity,
  Link,
  LinkRequest,
  LogLevel,
  Running,
} from "../hal.ts";
import { frozen } from "../../src/base/frozen.ts";

function write(what: string): never {
  throw new Error(`hal/template: ${what}`);
}

class TemplateFlash implements Flash {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  status(): FlashStatus {
    return write(
      `status() of ${this.#name}: blocks, blockLength, writeAlign and eraseValue, ` +
        "from the part's data sheet",
    );
  }

  read(buffer: Uint8Array, byteOffset: number): void {
    write(
      `read of ${this.#name}: fill all ${buffer.length} bytes of the buffer ` +
        `from offset ${byteOffset}`,
    );
  }

  write(bytes: Uint8Array, byteOffset: number): void {
    write(
      `write of ${this.#name}: program ${bytes.length} bytes at offset ${byteOffset}, ` +
        "and return when they are in the flash",
    );
  }

  eraseBlock(block: number): void {
    write(`eraseBlock of ${this.#name}: erase block ${block}, and return when it is erased`);
  }
}

class TemplateBoot implements Boot {
  running(): Running {
    return { slot: 0, trial: false, cause: "unknown", failures: 0 };
  }

  arm(): void {
    write(
      "arm(): check the image in the slot that does not run, and select it for one boot, durably",
    );
  }

  confirm(): void {
    write("confirm(): select the slot that runs for good, durably");
  }

  restart(): never {
    return write('restart(): reset the chip; after it, the cause is "restart"');
  }
}

class TemplateLink implements Link {
  request(request: LinkRequest): Exchange {
    return write(
      `request(): begin ${request.method} at ${request.url.host}; ` +
        "with sockets that do not block, hal/common/http/http.ts does the rest",
    );
  }
}

/** What a package must be made for, and what servers are told. */
const IDENTITY: Identity = frozen({
  DevId: "urn:uuid:00000000-0000-4000-8000-0000000000ff",
  Man: "",
  Mod: "",
  Lang: "en",
  DevTyp: "device",
  OEM: "",
  FwV: "",
  SwV: "1.0",
  HwV: "1.0",
  vendorId: new Uint8Array(16),
  classId: new Uint8Array(16),
});

/** `print` is the serial console. */
export function openTemplate(print: (line: string) => void): Hal {
  return {
    store: new TemplateFlash("store"),
    staging: new TemplateFlash("staging"),
    boot: new TemplateBoot(),
    link: new TemplateLink(),
    identity: IDENTITY,
    now: () => write("now(): milliseconds since this boot"),
    random: (bytes) =>
      write(`random(): ${bytes.length} bytes from the chip's random number generator`),
    log: (level: LogLevel, source, text) => {
      print(`${level} ${source}: ${text}`);
    },
  };
}
