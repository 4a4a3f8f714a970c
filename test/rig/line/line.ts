/**
 * The line to the console of a board: a serial port (`/dev/ttyUSB0`), the same behind a terminal
 * server as bytes (`tcp://lab:4001`), or as such a server speaks for it (`rfc2217://lab:4002`).
 */
import { lstatSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { SerialPort } from "serialport";
import { control, escaped, opening, Telnet } from "./telnet.ts";

/** A terminal server that has not taken a connection within this takes none. */
const CONNECT_LIMIT_MS = 5000;
/** How often a port is looked at, whether it is still the one that was opened. */
const LOOK_MS = 200;

export interface Line {
  write(text: string): void;
  /** Sets DTR and RTS. Rejects where the line has none. */
  set(lines: { readonly dtr: boolean; readonly rts: boolean }): Promise<void>;
  /** Resolves once it is closed. */
  close(): Promise<void>;
}

export interface LineEvents {
  data(bytes: Buffer): void;
  /** It was closed, by either end. */
  closed(): void;
}

/** True for what names a line: the path of a device, or the address of a terminal server. */
export function isLine(where: string): boolean {
  return where.startsWith("/") || /^(tcp|rfc2217):\/\/[\w.-]+:\d{1,5}$/.test(where);
}

/** Opens it; nothing on the board is touched. Rejects with an Error when it cannot be had. */
export function openLine(where: string, baud: number, events: LineEvents): Promise<Line> {
  return where.includes("://") ? openSocket(where, baud, events) : openPort(where, baud, events);
}

function openPort(path: string, baudRate: number, events: LineEvents): Promise<Line> {
  const port = new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });
  port.on("data", (bytes: Buffer) => {
    events.data(bytes);
  });
  let looking: NodeJS.Timeout | undefined;
  port.on("close", () => {
    clearInterval(looking);
    events.closed();
  });
  const settled = (action: (done: (error: Error | null) => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      action((error) => {
        if (error === null || error === undefined) resolve();
        else reject(error);
      });
    });
  const line: Line = {
    write: (text) => {
      port.write(text);
    },
    set: (lines) =>
      settled((done) => {
        port.set({ ...lines }, done);
      }),
    close: () =>
      port.isOpen
        ? settled((done) => {
            port.close(done);
          })
        : Promise.resolve(),
  };
  // Looked at before it is opened: what takes its place meanwhile is another port, too.
  const opened = identityOf(path);
  return settled((done) => {
    port.open(done);
  }).then(() => {
    // The library reads on for ever where a port is unplugged during a read (each gives 0 bytes).
    looking = setInterval(() => {
      if (identityOf(path) !== opened && port.isOpen) port.close(() => undefined);
    }, LOOK_MS);
    return line;
  });
}

/** What tells the device at that path from another of its name; undefined where there is none. */
function identityOf(path: string): string | undefined {
  const options = { throwIfNoEntry: false } as const;
  const device = statSync(path, options);
  const link = lstatSync(path, options);
  if (device === undefined || link === undefined) return undefined;
  return [device.dev, device.ino, device.birthtimeMs, link.ino, link.birthtimeMs].join();
}

function openSocket(where: string, baud: number, events: LineEvents): Promise<Line> {
  const { protocol, hostname, port } = new URL(where);
  const socket = connect(Number(port), hostname);
  const isTelnet = protocol === "rfc2217:";
  const telnet = new Telnet((answer) => {
    socket.write(answer);
  });
  socket.on("data", (bytes) => {
    events.data(isTelnet ? telnet.take(bytes) : bytes);
  });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy(new Error(`no answer within ${CONNECT_LIMIT_MS / 1000} s`));
    }, CONNECT_LIMIT_MS);
    socket.once("close", () => {
      clearTimeout(late);
    });
    socket.on("error", reject); // after it was open, "close" says so
    socket.once("connect", () => {
      clearTimeout(late);
      socket.on("close", () => {
        events.closed();
      });
      if (isTelnet) socket.write(opening(baud));
      resolve(lineOf(socket, isTelnet));
    });
  });
}

function lineOf(socket: Socket, isTelnet: boolean): Line {
  return {
    write: (text) => {
      socket.write(isTelnet ? escaped(Buffer.from(text)) : text);
    },
    set: async (lines) => {
      if (!isTelnet) throw new Error("raw TCP carries no DTR and RTS");
      socket.write(control(lines));
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once("close", () => resolve());
        socket.destroy();
      }),
  };
}
