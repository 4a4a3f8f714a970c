/**
 * DTR and RTS, which a pseudo-terminal lacks: the stand-in on a port whose lines reset it, as the
 * two transistors of a development board and the USB device inside newer chips do.
 */
import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type SerialPort, SerialPortMock } from "serialport";
import { RigError } from "../../rig/exit.ts";
import { ChipLoader } from "../../rig/flash/loader.ts";
import { type UsbIds, WebPort } from "../../rig/flash/webport.ts";
import { Op } from "./rom/protocol.ts";
import { RomLoader, type RomOptions } from "./rom/romloader.ts";

const PATH = "/dev/stand-in";
/** The USB device of the chip itself: Espressif's own identifiers. */
const NATIVE: UsbIds = { usbVendorId: 0x303a, usbProductId: 0x1001 };

interface Lines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** Two transistors: RTS alone holds the chip in reset, DTR alone holds BOOT. */
function transistors(rom: RomLoader): (lines: Lines) => void {
  let held = false;
  return ({ dtr, rts }) => {
    const reset = rts && !dtr;
    if (held && !reset) rom.reset(dtr && !rts);
    held = reset;
  };
}

/** The chip's own USB device: DTR sets or clears the wish for the loader, RTS resets. */
function usbDevice(rom: RomLoader): (lines: Lines) => void {
  let wish = false;
  let before: Lines = { dtr: false, rts: false };
  return (lines) => {
    if (!lines.rts) wish = lines.dtr || (wish && before.rts);
    else if (!lines.dtr && (!before.rts || before.dtr)) rom.reset(wish);
    before = lines;
  };
}

interface LinedBoard {
  readonly rom: RomLoader;
  readonly port: WebPort;
  /** Every change of the lines, as DTR and RTS. */
  readonly changes: string[];
  /** Holds what the chip says back for so long, from the first command of a kind on. */
  holdAfter(op: number, ms: number): void;
}

function linedBoard(
  options: RomOptions,
  circuit: (rom: RomLoader) => (lines: Lines) => void,
  usb: UsbIds = {},
): LinedBoard {
  SerialPortMock.binding.reset();
  SerialPortMock.binding.createPort(PATH, { echo: false, record: false });
  let say: (bytes: Buffer) => void = () => undefined;
  let speed: number | undefined;
  let hold: { readonly op: number; readonly ms: number } | undefined;
  let held: Buffer[] | undefined;
  const release = (): void => {
    for (const bytes of held ?? []) say(bytes);
    held = undefined;
  };
  const rom = new RomLoader(
    { ...options, inLoader: false },
    (bytes) => {
      if (hold !== undefined && rom.counts.has(hold.op)) {
        held = [];
        setTimeout(release, hold.ms);
        hold = undefined;
      }
      if (held === undefined) say(bytes);
      else held.push(bytes);
    },
    () => speed,
  );
  const wired = circuit(rom);
  const changes: string[] = [];
  const make = (path: string, baudRate: number): SerialPort => {
    const mock = new SerialPortMock({ path, baudRate, autoOpen: false });
    mock.on("open", () => {
      const binding = mock.port;
      if (binding === undefined) return;
      speed = baudRate;
      say = (bytes) => {
        if (binding.isOpen) binding.emitData(bytes);
      };
      binding.write = async (bytes) => {
        rom.feed(bytes);
      };
      binding.update = async (change) => {
        speed = change.baudRate;
      };
      binding.set = async ({ dtr = false, rts = false }) => {
        const change = `${dtr ? "D" : "-"}${rts ? "R" : "-"}`;
        if (changes.at(-1) !== change) changes.push(change);
        wired({ dtr, rts });
      };
    });
    return mock as unknown as SerialPort;
  };
  const holdAfter = (op: number, ms: number): void => {
    hold = { op, ms };
  };
  return { rom, port: new WebPort(PATH, usb, make), changes, holdAfter };
}

const meet = ({ port }: LinedBoard, reset = true): Promise<ChipLoader> =>
  ChipLoader.open(
    port,
    { baud: 460_800, reset, limitSeconds: reset ? 60 : 0 },
    () => undefined,
    () => undefined,
  );

const BOARDS = [
  ["two transistors on a bridge", "esp32", transistors, { usbVendorId: 0x10c4 }],
  ["two transistors, a port without USB identifiers", "esp32c3", transistors, {}],
  ["the chip's own USB device", "esp32c3", usbDevice, NATIVE],
] as const;

for (const [what, chip, circuit, usb] of BOARDS) {
  test(`DTR and RTS enter the ROM loader, and start the program later: ${what}`, async () => {
    const board = linedBoard({ chip }, circuit, usb);
    try {
      const loader = await meet(board);
      strictEqual(board.rom.mode, "stub");
      const bytes = Buffer.from("what the board is to have, of some length");
      await loader.write(0x10000, bytes, "application", () => undefined);
      deepStrictEqual(await loader.read(0x10000, bytes.length), bytes);
      strictEqual(await board.port.restart(), true);
      strictEqual(board.rom.mode, "program");
      strictEqual(board.changes.at(-1), "--", "no line is held when the command ends");
    } finally {
      await board.port.stop();
    }
  });
}

test("--no-reset does not touch the lines, and the program goes on", async () => {
  const board = linedBoard({ chip: "esp32" }, transistors);
  try {
    await rejects(meet(board, false), (error) => {
      strictEqual((error as RigError).code, 42);
      match((error as RigError).message, /no ROM loader answered/);
      return error instanceof RigError;
    });
    deepStrictEqual([board.changes, board.rom.mode], [[], "program"]);
  } finally {
    await board.port.stop();
  }
});

test("a chip that takes half a second to start its stub is waited for", async () => {
  const board = linedBoard({ chip: "esp32c3" }, transistors);
  board.holdAfter(Op.memEnd, 600);
  try {
    strictEqual((await meet(board)).chip.name, "esp32c3");
    strictEqual(board.rom.counts.get(Op.memEnd), 1, "once, and not again after a time-out");
  } finally {
    await board.port.stop();
  }
});

test("a closed port writes no more, and fails what waits for an answer", async () => {
  const board = linedBoard({ chip: "esp32" }, transistors);
  const { port, rom } = board;
  try {
    const loader = await meet(board);
    const written = loader.write(0x10000, randomBytes(200_000), "application", (sent) => {
      if (sent > 0) port.end();
    });
    await rejects(written, /writing application at 0x10000 failed: the port is closed/);
    strictEqual(rom.counts.get(Op.deflData), 1);
    strictEqual(await port.restart(), true, "the lines still work");
    strictEqual(rom.mode, "program");
  } finally {
    await port.stop();
  }
});

test("data that were garbled on the line are noticed by their digest", async () => {
  const board = linedBoard({ chip: "esp32" }, transistors);
  try {
    const loader = await meet(board);
    await loader.write(0x10000, Buffer.alloc(5000, 0x11), "application", () => undefined);
    const sent = loader.read(0x10000, 5000);
    // What is read comes from here, its digest at the end from what is there by then.
    board.rom.flash.program(0x10000 + 10, Uint8Array.of(0));
    await rejects(sent, (error) => {
      strictEqual((error as RigError).code, 4);
      match(
        (error as RigError).message,
        /reading 0x1388 bytes at 0x10000 failed: the data were garbled/,
      );
      return true;
    });
  } finally {
    await board.port.stop();
  }
});
