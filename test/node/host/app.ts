/**
 * The application of these tests: says what booted, then does what provision.json says for this
 * version and reset cause.
 */
import type { Exchange, LinkError } from "../../../hal/hal.ts";
import { openBoard } from "../../../hal/host/board.ts";
import { UdpPort } from "../../../hal/common/natives/datagram.ts";
import { PartitionFlash } from "../../../hal/common/natives/flash.ts";
import { TcpSocket } from "../../../hal/common/natives/socket.ts";
import { exit, now, print } from "../../../hal/common/natives/system.ts";
import { parseUrl } from "../../../src/base/url.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { BASE_CLASSES } from "../natives/base.ts";
import { acceptedReceivers, type NativeClass } from "../natives/receivers.ts";

const board = openBoard();
const { slot, trial, cause, failures } = board.boot.running();
const { script } = JSON.parse(board.provision()) as {
  script: Readonly<Record<string, readonly string[] | undefined>>;
};

function attempt(what: string, work: () => unknown): void {
  try {
    print(`${what}: ${String(work() ?? "done")}`);
  } catch (error) {
    const { name, kind } = error as LinkError;
    print(`${what}: throws ${name} ${kind ?? ""}`.trimEnd());
  }
}

function flash(): void {
  const store = new PartitionFlash("store");
  const end = store.status().blocks * store.status().blockLength;
  const sixteen = new Uint8Array(16).fill(0x5a);
  const read = new Uint8Array(4);
  const at = (offset: number): string => {
    store.read(read, offset);
    return read.join();
  };
  attempt("status", () => JSON.stringify(store.status()));
  attempt("erased at first", () => at(end - 4));
  attempt("write", () => {
    store.write(sixteen, 8192);
    return `${at(8190)} ${at(8206)}`;
  });
  attempt("write twice", () => {
    store.write(sixteen, 8192);
  });
  attempt("write over the edge of what is erased", () => {
    store.write(new Uint8Array(32), 8176);
  });
  attempt("nothing was written by it", () => at(8176));
  attempt("misaligned offset", () => {
    store.write(sixteen, 8);
  });
  attempt("misaligned length", () => {
    store.write(sixteen.subarray(1), 0);
  });
  attempt("write past the end", () => {
    store.write(sixteen, end);
  });
  attempt("write across the end", () => {
    store.write(new Uint8Array(32), end - 16);
  });
  attempt("read past the end", () => at(end - 2));
  attempt("erase past the end", () => {
    store.eraseBlock(store.status().blocks);
  });
  attempt("erase", () => {
    store.eraseBlock(2);
    store.write(sixteen, 8192);
    return at(8192);
  });
  attempt("another block stays", () => {
    store.write(sixteen, 0);
    store.eraseBlock(2);
    return `${at(0)} ${at(8192)}`;
  });
  attempt("negative", () => at(-1));
  attempt("no buffer", () => {
    store.read("no" as never, 0);
  });
  attempt("wrong receiver", () => {
    PartitionFlash.prototype.read.call({} as never, read, 0);
  });
  attempt("prototype as receiver", () => {
    PartitionFlash.prototype.read(read, 0);
  });
  attempt("socket as receiver", () => {
    PartitionFlash.prototype.eraseBlock.call(new TcpSocket("127.0.0.1", 1) as never, 0);
  });
  attempt("the boot log is no partition", () => new PartitionFlash("boot" as never));
  attempt("no such partition", () => new PartitionFlash("../keys" as never));
  attempt("a name that is too long", () => new PartitionFlash("store".repeat(100) as never));
}

function closed(): void {
  const socket = new TcpSocket("127.0.0.1", 1);
  attempt("close from a conversion", () =>
    socket.write(new Uint8Array(4), {
      valueOf() {
        socket.close();
        return 0;
      },
    } as never),
  );
  attempt("close again", () => {
    socket.close();
  });
  attempt("use after close", () => socket.read(new Uint8Array(4)));
}

/** Posts to the URL of the words and prints the answer; -1 as a length stands for what threw. */
function fetch(address: string): void {
  const url = parseUrl(address);
  if (typeof url === "string") {
    print("fetch: url");
    return;
  }
  const buffer = new Uint8Array(4096);
  let total = 0;
  let first = "";
  let status = 0;
  let exchange: Exchange;
  try {
    exchange = board.link.request({
      method: "POST",
      url,
      headers: [["X-Test", "yes"]],
      wants: [],
      body: utf8("question"),
    });
  } catch (error) {
    print(`fetch: ${(error as LinkError).kind}`);
    exit(0);
    return;
  }
  board.run(() => {
    try {
      status = exchange.head()?.status ?? status;
      const count = status === 0 ? 0 : exchange.read(buffer);
      if (count === 0) return now() + 60000;
      if (count > 0) {
        if (total === 0) first = text(buffer, 0, Math.min(count, 20));
        total += count;
        return now();
      }
      print(`fetch: ${status} ${total} bytes, ${first}`);
    } catch (error) {
      print(`fetch: ${(error as LinkError).kind}`);
    }
    return -Infinity;
  });
}

/** A port that is free when it is asked for, as a test runs alone on it. */
let port = 20_000 + (now() % 1000);

function receivers(): void {
  const classes: readonly NativeClass[] = [
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
    {
      name: "UdpPort",
      make: openPort,
      prototype: UdpPort.prototype,
      constructors: [{ native: "xs_datagram", parameters: () => [++port] }],
      methods: [{ native: "xs_datagram_receive", parameters: () => [new Uint8Array(16)] }],
    },
    ...BASE_CLASSES,
  ];
  print(`receivers: ${acceptedReceivers(classes).join("; ") || "all refused"}`);
}

function openPort(): UdpPort {
  for (;;) {
    try {
      return new UdpPort(++port);
    } catch {
      /* somebody has it */
    }
  }
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
  hang: () => {
    for (;;) now();
  },
  wait: (argument) => {
    const until = now() + Number(argument);
    board.run(() => (now() < until ? until : -Infinity));
  },
  random: () => {
    const bytes = new Uint8Array(8);
    board.random(bytes);
    print(`random: ${bytes.join()}`);
  },
  log: () => {
    board.log("warning", "test", "a line");
  },
  closed,
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
