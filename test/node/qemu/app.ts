/**
 * The application of these tests: says what booted, then does what the provisioning says for this
 * version and reset cause.
 */
import type { Exchange } from "../../../hal/hal.ts";
import { openBoard } from "../../../hal/qemu-riscv32/board.ts";
import { PartitionFlash } from "../../../hal/common/natives/flash.ts";
import { TcpSocket } from "../../../hal/common/natives/socket.ts";
import { crc32 } from "../../../src/base/crc32.ts";
import { parseUrl } from "../../../src/base/url.ts";
import { Sha256 } from "../../../src/base/sha256.ts";
import { utf8 } from "../../../src/base/utf8.ts";
import { exit, now, print } from "../../../hal/common/natives/system.ts";
import { BASE_CLASSES } from "../natives/base.ts";
import { acceptedReceivers, type NativeClass } from "../natives/receivers.ts";

const board = openBoard();
const { slot, trial, cause, failures } = board.boot.running();
const { script, bodyBytes } = JSON.parse(board.provision()) as {
  script: Readonly<Record<string, readonly string[] | undefined>>;
  /** Of what is posted; absent: a word. */
  bodyBytes?: number;
};

function attempt(what: string, work: () => unknown): void {
  try {
    print(`${what}: ${String(work() ?? "done")}`);
  } catch (error) {
    const { name, kind } = error as { name: string; kind?: string };
    print(`${what}: throws ${name} ${kind ?? ""}`.trimEnd());
  }
}

function flash(): void {
  const { store } = board;
  const four = new Uint8Array([1, 2, 3, 4]);
  const read = new Uint8Array(4);
  const at = (offset: number): string => {
    store.read(read, offset);
    return read.join();
  };
  const { blocks, blockLength } = store.status();
  const end = blocks * blockLength;
  attempt("status", () => JSON.stringify(store.status()));
  attempt("erased at first", () => at(end - 4));
  attempt("write", () => {
    store.write(four, 4);
    return `${at(2)} ${at(6)}`;
  });
  attempt("write twice", () => {
    store.write(four, 4);
  });
  attempt("across two blocks", () => {
    store.write(new Uint8Array(8).fill(7), blockLength - 4);
    return at(blockLength - 2);
  });
  attempt("misaligned offset", () => {
    store.write(four, 2);
  });
  attempt("misaligned length", () => {
    store.write(four.subarray(1), 8);
  });
  attempt("write past the end", () => {
    store.write(four, end);
  });
  attempt("read past the end", () => at(end - 2));
  attempt("erase past the end", () => {
    store.eraseBlock(blocks);
  });
  attempt("erase", () => {
    store.eraseBlock(0);
    return `${at(4)} ${at(blockLength)}`;
  });
  attempt("several buffers at once", () => {
    store.eraseBlock(1);
    store.write(new Uint8Array(5000).fill(9), blockLength);
    return at(blockLength + 4996);
  });
  attempt("the boot log is no partition", () => new PartitionFlash("boot" as never));
  attempt("no such partition", () => new PartitionFlash("" as never));
  attempt("random", () => {
    const bytes = new Uint8Array(100);
    board.random(bytes);
    return bytes.some((byte) => byte !== 0);
  });
}

/** Sets the calendar ahead. */
function later(this: unknown, seconds: number): void {
  native("xs_test_later").call(this, seconds);
}

/**
 * Posts to URLs, one after the other, and prints each answer or the kind of its failure. A number
 * among them sets the calendar so many seconds ahead. Behind a URL with a plus in front of it the
 * exchange stays open, so that its connection can serve the next one.
 */
function fetch(urls: string): void {
  const waiting = urls.split(",");
  let step = begin(waiting.shift() ?? "");
  board.run(() => {
    const due = step();
    const next = due === -Infinity ? waiting.shift() : undefined;
    if (next === undefined) return due;
    step = begin(next);
    return now();
  });
}

/** Posts to a URL. Returns the step that goes on with it: -Infinity, when it has printed. */
function begin(word: string): () => number {
  if (Number(word) > 0) {
    later(Number(word));
    return () => -Infinity;
  }
  const staysOpen = word.startsWith("+");
  const address = staysOpen ? word.substring(1) : word;
  const url = parseUrl(address);
  if (typeof url === "string") throw new Error(`${address} ${url}`);
  const body = bodyBytes === undefined ? utf8("question") : new Uint8Array(bodyBytes);
  const buffer = new Uint8Array(4096);
  let total = 0;
  let sum = 0;
  let status = 0;
  let exchange: Exchange;
  try {
    exchange = board.link.request({ method: "POST", url, headers: [], wants: [], body });
  } catch (error) {
    print(`fetch: ${(error as { kind: string }).kind}`);
    return () => -Infinity;
  }
  return () => {
    try {
      status = exchange.head()?.status ?? status;
      const count = status === 0 ? 0 : exchange.read(buffer);
      if (count === 0) return now() + 1000;
      if (count > 0) {
        total += count;
        sum = crc32(buffer.subarray(0, count), sum);
        return now();
      }
      print(`fetch: ${status} ${total} bytes, CRC ${sum}`);
      if (!staysOpen) exchange.close();
    } catch (error) {
      print(`fetch: ${(error as { kind: string }).kind}`);
    }
    return -Infinity;
  };
}

/** As much as the heap has, and more. */
function exhaust(): never {
  const held: Uint8Array[] = [];
  for (;;) held.push(new Uint8Array(1000));
}

function receivers(): void {
  const classes: readonly NativeClass[] = [
    {
      name: "TcpSocket",
      make: () => new TcpSocket("127.0.0.1", 1),
      prototype: TcpSocket.prototype,
      constructors: [
        { native: "xs_socket", parameters: () => ["127.0.0.1", 1] },
        { native: "xs_socket_secure", parameters: () => ["127.0.0.1", 1] },
      ],
      methods: [
        { native: "xs_socket_read", parameters: () => [new Uint8Array(16)] },
        { native: "xs_socket_write", parameters: () => [new Uint8Array(16), 0] },
      ],
      close: "xs_socket_close",
    },
    ...BASE_CLASSES,
  ];
  const port = { native: "xs_datagram", parameters: () => [2948] };
  const taken = [new Sha256(), {}, undefined].filter((receiver) => {
    try {
      native(port.native).call(receiver as never, ...port.parameters());
    } catch {
      return false;
    }
    return true;
  });
  const problems = acceptedReceivers(classes);
  print(`receivers: ${[...problems, ...taken].join("; ") || "all refused"}`);
}

const COMMANDS: Readonly<Record<string, (argument: string) => void>> = {
  counter: () => {
    print(`counter: ${board.identity.securityCounter}`);
  },
  arm: () => {
    attempt("arm", () => {
      board.boot.arm();
    });
  },
  confirm: () => {
    attempt("confirm", () => {
      board.boot.confirm();
    });
  },
  restart: () => {
    board.boot.restart();
  },
  failures: () => {
    print(`failures: ${failures}`);
  },
  throw: () => {
    throw new Error("thrown on purpose");
  },
  throwBefore: (argument) => {
    if (failures < Number(argument)) throw new Error("thrown on purpose");
  },
  overflow: () => {
    const deeper = (n: number): number => deeper(n + 1) + 1;
    deeper(0);
  },
  exhaust,
  hang: () => {
    for (;;) now();
  },
  wait: (argument) => {
    const until = now() + Number(argument);
    board.run(() => (now() < until ? until : -Infinity));
  },
  flash,
  fetch,
  receivers,
};

const key = `${board.identity.FwV} ${cause}`;
print(`runs ${board.identity.FwV} slot ${slot} trial ${trial} cause ${cause}`);
for (const line of script[key] ?? []) {
  const [command = "", argument = ""] = line.split(" ");
  const work = COMMANDS[command];
  if (work === undefined) throw new Error(`no command ${command}`);
  work(argument);
}
exit(0);
