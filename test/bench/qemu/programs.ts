/**
 * Runs the bench's own programs on the bare-metal board: what a byte costs in C, and in messages.
 */
import { constants } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createSecureServer } from "node:tls";
import { riscv32 } from "../../../hal/qemu-riscv32/build.ts";
import type { Encoding } from "../../../src/session/encoding.ts";
import { makeCertificate } from "../../rig/certificate.ts";
import { within } from "../../rig/device.ts";
import { Exit, RigError } from "../../rig/exit.ts";
import { buildImage } from "../../rig/image.ts";
import { spkiOf } from "../../rig/keys.ts";
import { developmentKey, VERSION_1 } from "../../rig/workshop.ts";
import { type Line, meteredBoard, Metered } from "./meter/meter.ts";

const LIMIT_MS = 300_000;
const FOLDER = "test/bench/qemu/board";
const FLOOR_BYTES = 1 << 20;
/** As the rig's servers: a client that prefers ChaCha20 gets it. */
const PREFERENCES = constants.SSL_OP_PRIORITIZE_CHACHA;

/** The natives of the bench, which no product has. */
export const BENCH_NATIVES = {
  list: `${FOLDER}/natives.list`,
  sources: [`${FOLDER}/natives.c`, "test/xs/heap.c"],
};

/** Builds `bench-NAME` and runs it: its lines. */
async function runProgram(
  name: string,
  provision: object,
  authority?: Buffer,
): Promise<readonly Line[]> {
  const directory = mkdtempSync(join(tmpdir(), "bench-"));
  const image = `bench-${name}`;
  try {
    const key = developmentKey();
    const payload = riscv32.buildFirmware({
      name: image,
      version: name,
      entry: `${FOLDER}/${name}`,
      natives: BENCH_NATIVES,
    });
    const factory = { keys: [spkiOf(key)], provision: JSON.stringify(provision) };
    const flash = riscv32.makeFlash(
      authority === undefined ? factory : { ...factory, authorities: [authority] },
      buildImage({ payload, version: VERSION_1, key }),
    );
    writeFileSync(join(directory, "flash.bin"), flash);
    const metered = new Metered();
    const device = meteredBoard({ images: [image] }).start(directory, metered.log);
    const status = await within(LIMIT_MS, name, device.ended).finally(() => device.kill());
    if (status !== 0) throw new RigError(Exit.failed, `${image} ended with status ${status}`);
    return metered.lines;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Found {
  readonly at: number;
  readonly words: readonly string[];
}

/** Indices of the lines like `pattern`, and what its groups have there. */
function findAll(lines: readonly Line[], pattern: RegExp): Found[] {
  return lines.flatMap(({ text }, at) => {
    const found = pattern.exec(text);
    return found ? [{ at, words: found.slice(1) }] : [];
  });
}

/** The first of them. Throws a RigError: none. */
function find(lines: readonly Line[], pattern: RegExp): Found {
  const [first] = findAll(lines, pattern);
  if (first !== undefined) return first;
  throw new RigError(Exit.failed, `a program of the bench did not print ${pattern}`);
}

/** Instructions between the marks `from` and `to` lines before the line at `at`. */
function between(lines: readonly Line[], at: number, from: number, to: number): number {
  const [first, last] = [lines[at - from], lines[at - to]];
  if (first?.text !== "" || last?.text !== "")
    throw new RigError(Exit.failed, `no marks before the line ${lines[at]?.text ?? at}`);
  return last.instructions - first.instructions;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Instructions a byte, in C. */
export interface Floor {
  readonly program: number;
  readonly sha256: number;
  readonly receive: number;
  /** Received over TLS, without the handshake. */
  readonly secure: number;
}

export async function measureFloor(): Promise<Floor> {
  const bytes = Buffer.alloc(FLOOR_BYTES, 0x5a);
  const give = (socket: Socket): void => {
    socket.on("error", () => undefined).end(bytes);
  };
  const { authority, certificate, key } = makeCertificate({ host: "localhost" });
  const plain = createServer(give);
  const secure = createSecureServer({ cert: certificate, key, secureOptions: PREFERENCES }, give);
  try {
    const ports = { port: await listening(plain), securePort: await listening(secure) };
    const lines = await runProgram("floor", { length: FLOOR_BYTES, ...ports }, authority);
    const each = (part: string): number => {
      const rounds = findAll(lines, new RegExp(`^floor ${part} (\\d+)$`));
      const counts = rounds.map(({ at, words }) => {
        const length = Number(words[0]);
        if (length < FLOOR_BYTES / 2)
          throw new RigError(Exit.failed, `floor: only ${length} bytes of ${part}`);
        return between(lines, at, 2, 1) / length;
      });
      return counts.length === 0 ? NaN : Math.min(...counts);
    };
    return {
      program: each("program"),
      sha256: each("sha256"),
      receive: each("receive"),
      secure: each("secure"),
    };
  } finally {
    plain.close();
    secure.close();
  }
}

export type MessageName = "gets" | "answers" | "chunk";

/** A message: its length, and instructions for each byte. */
export interface Codec {
  readonly length: number;
  readonly write: number;
  readonly read: number;
}

export interface Codecs {
  message(name: MessageName, encoding: Encoding): Codec;
  readonly peakSlots: number;
  readonly slotBytes: number;
  readonly peakChunkBytes: number;
}

export async function measureCodecs(): Promise<Codecs> {
  const lines = await runProgram("codec", {});
  const heap = find(lines, /^codec heap (\d+) (\d+) (\d+)$/).words.map(Number);
  const [peakSlots = NaN, slotBytes = NaN, peakChunkBytes = NaN] = heap;
  return {
    message(name, encoding) {
      const { at, words } = find(lines, new RegExp(`^codec ${name} ${encoding} (\\d+)$`));
      const length = Number(words[0]);
      return {
        length,
        write: between(lines, at, 3, 2) / length,
        read: between(lines, at, 2, 1) / length,
      };
    },
    peakSlots,
    slotBytes,
    peakChunkBytes,
  };
}
