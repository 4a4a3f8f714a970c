/**
 * The bare-metal board whose network is not there, or goes away: what it says, and what becomes of
 * the update. Where it must wait for minutes, the emulator's clock jumps over the time in which the
 * board sleeps.
 */
import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type MachineOptions, NETWORK_DEVICE } from "../../../hal/bare/build.ts";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import { DeviceProcess, within } from "../../rig/device.ts";
import { EventLog } from "../../rig/events/log.ts";
import { Rig, type RigOptions, runsVersion } from "../../rig/rig.ts";
import { VERSION_1, VERSION_2 } from "../../rig/workshop.ts";
import { Device, image, rigBoard, skip } from "./device.ts";

const LIMIT_MS = 600_000;
const JUMPING = ["-icount", "shift=0,sleep=off"];
const MONITOR = "monitor";

interface Bench {
  readonly rig: Rig;
  readonly log: EventLog;
}

/** A rig whose board starts with these words and options, and a monitor. */
async function open(
  context: TestContext,
  words: readonly string[],
  options: Partial<RigOptions> = {},
  machine: MachineOptions = {},
): Promise<Bench> {
  const log = new EventLog("qemu");
  const rig = await Rig.open({
    log,
    scenario: "download-and-update",
    size: 0,
    auth: "md5",
    ...options,
    board: {
      ...rigBoard,
      start(directory, events) {
        const all = riscv32.machineOptions(join(directory, "flash.bin"), {
          monitor: join(directory, MONITOR),
          ...machine,
        });
        return new DeviceProcess(riscv32.emulator, [...all, ...words], events);
      },
    },
  });
  context.after(() => rig.close());
  return { rig, log };
}

/** A connection to QEMU's monitor, once it takes one: its socket has a name before that. */
async function reach(path: string): Promise<Socket> {
  for (const until = Date.now() + LIMIT_MS; Date.now() < until; ) {
    const socket = connect(path);
    const reached = await new Promise<boolean>((resolve) => {
      socket
        .once("connect", () => {
          resolve(true);
        })
        .once("error", () => {
          resolve(false);
        });
    });
    if (reached) return socket;
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
  throw new Error(`nobody answers at ${path}`);
}

/** Types a line to QEMU's monitor. */
async function monitor(rig: Rig, command: string): Promise<void> {
  const socket = await reach(join(rig.directory, MONITOR));
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (text) => {
      if (text.includes("(qemu)")) resolve();
    });
  });
  socket.end(`${command}\n`);
}

/** Pulls the network cable, or puts it back. */
async function setLink(rig: Rig, state: "on" | "off"): Promise<void> {
  await monitor(rig, `set_link ${NETWORK_DEVICE} ${state}`);
}

/** When messages were sent, by the clock of the board in seconds. */
function sent(log: EventLog): readonly number[] {
  return log
    .all("serial")
    .flatMap(({ line: text }) => /^\[ *([\d.]+)\] D session: sent message 1 /.exec(text)?.[1] ?? [])
    .map(Number);
}

/** Waits until so many sessions have failed. */
async function failures(log: EventLog, count: number): Promise<readonly string[]> {
  const failed = (): string[] =>
    log
      .all("session")
      .filter(({ outcome }) => outcome !== "completed")
      .map(({ detail }) => detail);
  await within(
    LIMIT_MS,
    `${count} sessions`,
    new Promise<void>((resolve) => {
      const look = (): void => {
        if (failed().length >= count) resolve();
      };
      log.view(look);
      look();
    }),
  );
  return failed();
}

/** The first line of the console like this one, from now on or before. */
async function line(log: EventLog, pattern: RegExp): Promise<string> {
  return within(
    LIMIT_MS,
    String(pattern),
    new Promise((resolve) => {
      const look = (): void => {
        const found = log.all("serial").find(({ line: text }) => pattern.test(text));
        if (found) resolve(found.line);
      };
      log.view(look);
      look();
    }),
  );
}

test("a board without a network device says so, and connections fail", { skip }, (context) => {
  const device = new Device(image(1));
  context.after(() => {
    device.close();
  });
  const { status, lines, boot } = device.run(
    { "1.0.0 power": ["fetch http://127.0.0.1:9/"] },
    { network: false },
  );
  assert.equal(status, 0);
  assert.equal(lines.at(-1), "fetch: broken");
  assert.ok(boot.includes("E board: no network device"), boot.join("\n"));
});

test("a client without a network device goes on trying, with longer and longer pauses", {
  skip,
}, async (context) => {
  const { rig, log } = await open(context, JUMPING, {}, { network: false });
  rig.start();
  await line(log, /E board: no network device/);
  const failed = await failures(log, 5);
  assert.ok(
    failed.every((detail) => detail === failed[0]),
    failed.join("\n"),
  );
  const [first = 0, second = 0, third = 0, fourth = 0] = sent(log);
  assert.ok(second - first < third - second && third - second < fourth - third, sent(log).join());
  assert.ok(runsVersion(log, VERSION_1));
});

test("a cable that comes late: connections fail until then, and the update succeeds", {
  skip,
}, async (context) => {
  const { rig, log } = await open(context, ["-S"]);
  rig.start();
  await setLink(rig, "off");
  await monitor(rig, "cont");
  await line(log, /W net: the link is down/);
  assert.equal((await failures(log, 1))[0], "socket: broken");
  await setLink(rig, "on");
  assert.equal((await rig.finished(LIMIT_MS)).code, 200);
  assert.ok(runsVersion(log, VERSION_2));
});

test("a cable that is pulled during a download and put back: the update succeeds", {
  skip,
}, async (context) => {
  const { rig, log } = await open(context, []);
  rig.start();
  await line(log, / of \d+ bytes/);
  await setLink(rig, "off");
  await line(log, /W net: the link is down/);
  await setLink(rig, "on");
  await line(log, /I net: the link is up/);
  assert.equal((await rig.finished(LIMIT_MS)).code, 200);
  assert.ok(runsVersion(log, VERSION_2));
});

test("a cable that stays away while a package comes: the download fails after its last attempt", {
  skip,
}, async (context) => {
  const { rig, log } = await open(context, JUMPING);
  rig.start();
  await line(log, / of \d+ bytes/);
  await setLink(rig, "off");
  await line(log, /W net: the link is down/);
  await line(log, /State 20 /);
  assert.ok(runsVersion(log, VERSION_1));
  await setLink(rig, "on");
  assert.equal((await rig.finished(LIMIT_MS)).code, 503);
});

test("a package host that never answers fails the download, and the server learns of it", {
  skip,
}, async (context) => {
  const { rig, log } = await open(context, JUMPING, {
    hostFaults: [{ what: "silent", at: 1, times: 100 }],
  });
  rig.start();
  assert.equal((await rig.finished(LIMIT_MS)).code, 407);
  assert.ok(runsVersion(log, VERSION_1));
});

test("a DM server that never answers: each session ends, and the next one comes later", {
  skip,
}, async (context) => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
  });
  await new Promise<void>((resolve) => {
    silent.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    silent.close();
    for (const socket of sockets) socket.destroy();
  });
  const { port } = silent.address() as AddressInfo;
  const account = {
    serverId: "rig",
    address: `http://127.0.0.1:${port}/dm`,
    auth: "none",
    name: "",
    secret: "",
    serverAuth: "none",
    serverName: "",
    serverSecret: "",
  };
  const { rig, log } = await open(context, JUMPING, { provision: { account } });
  rig.start();
  assert.deepEqual(
    (await failures(log, 3)).slice(0, 3),
    Array<string>(3).fill("the server does not answer"),
  );
  const [first = 0, second = 0, third = 0] = sent(log);
  assert.ok(second - first > 60 && third - second > second - first, sent(log).join());
});
