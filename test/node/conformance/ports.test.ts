/**
 * The template, which hal/README.md prints: over a chip it keeps the contract; as it is copied, it
 * says what to write.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { WrittenTwice } from "../../../hal/common/checked.ts";
import type { LinkErrorKind } from "../../../hal/hal.ts";
import { openBoard, openPort } from "../../../hal/template/board.ts";
import type { Chip } from "../../../hal/template/chip.ts";
import { HttpError } from "../../../hal/common/http/error.ts";
import type { Socket } from "../../../hal/common/http/http.ts";
import { conformance, PART_NAMES } from "../../rig/conformance/plan.ts";
import { portBench } from "../../rig/conformance/portbench.ts";
import { SimBench, type Wrapper } from "../../rig/conformance/simbench.ts";
import { root } from "../../root.ts";

const SLOT = 4 * 4096;
const SIZE = 6 * 4096;

let erases = 0;

/**
 * The sim board as a chip: its store, then slot 0, then slot 1. Its flash knows no partitions, so
 * the port's own bounds count.
 */
const smallest: Wrapper = (hal, cause) => {
  const running = hal.boot.running().slot;
  const place = (address: number): readonly [flash: typeof hal.store | undefined, at: number] => {
    if (address < SLOT) return [hal.store, address];
    const slot = address < SLOT + SIZE ? 0 : 1;
    const at = address - SLOT - slot * SIZE;
    return [slot === running ? undefined : hal.staging, at];
  };
  const chip: Chip = {
    flashRead: (address, bytes) => {
      const [flash, at] = place(address);
      flash?.read(bytes, at);
      return flash !== undefined;
    },
    flashProgram: (address, bytes) => {
      const [flash, at] = place(address);
      try {
        flash?.write(bytes, at);
      } catch (error) {
        if (error instanceof WrittenTwice) return false;
        throw error;
      }
      return flash !== undefined;
    },
    flashErase: (address) => {
      erases++;
      const [flash, at] = place(address);
      flash?.eraseBlock(at / 4096);
      return flash !== undefined;
    },
    bootSlot: () => hal.boot.running().slot,
    bootOnTrial: () => hal.boot.running().trial,
    bootTry: () => {
      try {
        hal.boot.arm();
      } catch {
        return false;
      }
      return true;
    },
    bootKeep: () => {
      hal.boot.confirm();
      return true;
    },
    resetCause: () => cause,
    reset: () => hal.boot.restart(),
    connect: (host, port) => new NodeSocket(host, port),
    uptimeMs: () => hal.now(),
    random: (bytes) => {
      hal.random(bytes);
    },
    print: () => undefined,
    typed: () => -1,
    provision: () => "{}",
    wait: () => undefined,
  };
  return openPort(chip, hal.identity);
};

const KINDS: Readonly<Record<string, LinkErrorKind>> = {
  ENOTFOUND: "resolve",
  EAI_AGAIN: "resolve",
  ECONNREFUSED: "refused",
};

/** A socket of Node that is polled. */
class NodeSocket implements Socket {
  readonly #socket;
  readonly #parts: Buffer[] = [];
  #ended = false;
  #kind: LinkErrorKind | undefined;

  constructor(host: string, port: number) {
    this.#socket = connect(port, host);
    this.#socket.on("data", (part) => {
      this.#parts.push(part);
      this.#socket.pause();
    });
    this.#socket.on("end", () => {
      this.#ended = true;
    });
    this.#socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#kind = KINDS[error.code ?? ""] ?? "broken";
    });
  }

  read(buffer: Uint8Array): number {
    const part = this.#parts[0];
    if (part === undefined) {
      if (this.#kind !== undefined) throw new HttpError(this.#kind, "the socket failed");
      this.#socket.resume();
      return this.#ended ? -1 : 0;
    }
    const count = Math.min(part.length, buffer.length);
    buffer.set(part.subarray(0, count));
    if (count === part.length) this.#parts.shift();
    else this.#parts[0] = part.subarray(count);
    return count;
  }

  write(bytes: Uint8Array, from: number): number {
    if (this.#kind !== undefined) throw new HttpError(this.#kind, "the socket failed");
    this.#socket.write(Uint8Array.from(bytes.subarray(from)));
    return bytes.length - from;
  }

  close(): void {
    this.#socket.destroy();
  }
}

const README = readFileSync(join(root, "hal/README.md"), "utf8");
const PORT = readFileSync(join(root, "hal/template/board.ts"), "utf8");
let counted = 0;
/** A sector of 4 KiB on a NOR flash of 2020, by its data sheet. */
const ERASE_MS = 45;

test("the smallest port keeps the contract", { timeout: 600_000 }, async () => {
  const checks = await conformance(new SimBench(smallest), PART_NAMES);
  assert.deepEqual(
    checks.filter(({ problem }) => problem !== undefined),
    [],
  );
  counted = checks.filter(({ skipped }) => skipped === undefined).length;
});

test("hal/README.md prints the smallest port as it is", () => {
  assert.ok(
    README.includes(`\`\`\`ts\n${PORT}\`\`\``),
    "the first difference is for git diff to find",
  );
});

test("the figures of hal/README.md are true", () => {
  const contract = readFileSync(join(root, "hal/hal.ts"), "utf8");
  const functions = ["Flash", "Boot", "Exchange", "Link", "Hal"].flatMap((name) => {
    const [, body = ""] =
      new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}`).exec(contract) ?? [];
    return body.match(/^ {2}\w+\(/gm) ?? [];
  }).length;
  assert.ok(README.includes(`**${functions} functions**`), `${functions} functions`);
  assert.ok(
    README.includes(`**${PORT.split("\n").length - 1} lines**`),
    `${PORT.split("\n").length - 1} lines`,
  );
  assert.ok(README.includes(`**${counted} promises**`), `${counted} promises`);
  const minutes = ((erases * ERASE_MS) / 60_000).toFixed(1);
  assert.ok(
    README.includes(`**${erases} erases**, ${minutes} minutes`),
    `${erases} erases, ${minutes} minutes`,
  );
});

test("the template compiles, keeps nothing, and says what to write", async () => {
  const hal = openBoard();
  for (const call of [
    () => {
      hal.store.read(new Uint8Array(4), 0);
    },
    () => {
      hal.boot.arm();
    },
    () => {
      hal.random(new Uint8Array(4));
    },
    () => hal.now(),
  ]) {
    assert.throws(call, /^Error: hal\/template: \w+/);
  }
  const checks = await conformance(portBench(openBoard), ["rest", "flash"]);
  const problems = checks
    .filter(({ problem }) => problem !== undefined)
    .map(({ problem }) => problem ?? "");
  assert.ok(
    problems.some((problem) => problem.includes("hal/template: flashErase: the block at 0")),
    problems.join("\n"),
  );
});
