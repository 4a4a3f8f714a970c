/**
 * Telnet (RFC 854) with the options of a serial port (RFC 2217), as terminal servers speak it:
 * what is data, what has to be answered, and what sets speed, DTR and RTS.
 */

const IAC = 255;
const DONT = 254;
const DO = 253;
const WONT = 252;
const WILL = 251;
const SB = 250;
const SE = 240;

const BINARY = 0;
const SUPPRESS_GO_AHEAD = 3;
const COM_PORT = 44;
const KNOWN: readonly number[] = [BINARY, SUPPRESS_GO_AHEAD, COM_PORT];

/** Commands of COM-PORT-OPTION from the client (RFC 2217 §3). */
const SET_BAUDRATE = 1;
const SET_CONTROL = 5;
const DTR_ON = 8;
const DTR_OFF = 9;
const RTS_ON = 11;
const RTS_OFF = 12;

/** Returns what opens the session: eight bits, no go-ahead, and the speed of the port. */
export function opening(baud: number): Buffer {
  const speed = Buffer.alloc(4);
  speed.writeUInt32BE(baud);
  const options = [BINARY, SUPPRESS_GO_AHEAD].flatMap((each) => [IAC, WILL, each, IAC, DO, each]);
  const begin = Buffer.from([...options, IAC, WILL, COM_PORT]);
  return Buffer.concat([begin, command(SET_BAUDRATE, ...speed)]);
}

/** Returns what sets DTR and RTS. */
export function control({ dtr, rts }: { readonly dtr: boolean; readonly rts: boolean }): Buffer {
  return Buffer.concat([
    command(SET_CONTROL, dtr ? DTR_ON : DTR_OFF),
    command(SET_CONTROL, rts ? RTS_ON : RTS_OFF),
  ]);
}

/** Returns data as it travels: the byte that begins a command is doubled. */
export function escaped(data: Uint8Array): Buffer {
  return Buffer.from([...data].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])));
}

function command(...bytes: readonly number[]): Buffer {
  return Buffer.concat([
    Buffer.from([IAC, SB, COM_PORT]),
    escaped(Uint8Array.from(bytes)),
    Buffer.from([IAC, SE]),
  ]);
}

type State = "data" | "command" | "option" | "sub" | "subCommand";

/** Takes the protocol out of what comes, wherever reads divide it. */
export class Telnet {
  readonly #answer: (bytes: Buffer) => void;
  #state: State = "data";
  #verb = 0;

  /** What has to be answered goes to `answer`. */
  constructor(answer: (bytes: Buffer) => void) {
    this.#answer = answer;
  }

  /** Returns the data in what came. */
  take(bytes: Uint8Array): Buffer {
    const data: number[] = [];
    for (const byte of bytes) if (this.#step(byte)) data.push(byte);
    return Buffer.from(data);
  }

  /** Whether the byte is data. */
  #step(byte: number): boolean {
    switch (this.#state) {
      case "data":
        if (byte !== IAC) return true;
        this.#state = "command";
        return false;
      case "command":
        return this.#command(byte);
      case "option":
        this.#refuse(byte);
        this.#state = "data";
        return false;
      case "sub":
        if (byte === IAC) this.#state = "subCommand";
        return false;
      case "subCommand":
        this.#state = byte === SE ? "data" : "sub";
        return false;
    }
  }

  #command(byte: number): boolean {
    this.#state = "data";
    if (byte === IAC) return true;
    if (byte === SB) this.#state = "sub";
    if (byte >= WILL && byte <= DONT) {
      this.#verb = byte;
      this.#state = "option";
    }
    return false;
  }

  /** Options that are not wanted are refused; what was asked for needs no answer. */
  #refuse(option: number): void {
    if (KNOWN.includes(option)) return;
    if (this.#verb === WILL) this.#answer(Buffer.from([IAC, DONT, option]));
    if (this.#verb === DO) this.#answer(Buffer.from([IAC, WONT, option]));
  }
}
