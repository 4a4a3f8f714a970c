/**
 * Names for boards in emulators: a name server on a port of its own, and a library that has the
 * emulator ask it.
 */
import { equal } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket, type RemoteInfo } from "node:dgram";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { root } from "../../root.ts";

/** The computer that emulates, as the emulated network knows it. */
export const GATEWAY = "10.0.2.2";

/** Addresses as a name server says them, and records around them. */
export interface Zone {
  readonly [name: string]: {
    readonly addresses: readonly string[];
    /** A canonical name comes first. */
    readonly alias?: true;
    /** Bytes that are missing at the end. */
    readonly short?: number;
  };
}

function record(type: number, data: readonly number[]): number[] {
  return [0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length, ...data];
}

/** The answer to a question (RFC 1035 §4.1): undefined for a name that is not in the zone. */
function answerTo(question: Buffer, zone: Zone): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const found = zone[labels.join(".")];
  if (found === undefined) return undefined;
  const records = found.addresses.map((text) => record(1, text.split(".").map(Number)));
  if (found.alias === true) records.unshift(record(5, [1, 0x61, 0xc0, 12]));
  const message = Buffer.concat([
    question.subarray(0, at + 5),
    ...records.map((bytes) => Buffer.from(bytes)),
  ]);
  message.writeUInt16BE(0x8180, 2);
  message.writeUInt16BE(records.length, 6);
  message.fill(0, 8, 12);
  return message.subarray(0, message.length - (found.short ?? 0));
}

/** Compiles a program or library of C for this computer. Returns the file. */
export function compile(file: string, ...words: readonly string[]): string {
  const { status, stderr } = spawnSync("cc", [...words, "-Wall", "-Wextra", "-o", file], {
    cwd: root,
    encoding: "utf8",
  });
  equal(status, 0, stderr);
  return file;
}

/** Compiles the library of `serveNames` into a folder. Returns its file. */
export function compilePreload(folder: string): string {
  const words = ["-O1", "-shared", "-fPIC", "test/node/net/preload.c", "-ldl"];
  return compile(join(folder, "preload.so"), ...words);
}

/**
 * Serves the zone to emulators that start until the test ends. Returns what their boards are
 * provisioned with as `network`.
 */
export async function serveNames(
  context: TestContext,
  zone: Zone,
  preload: string,
): Promise<object> {
  const socket = createSocket("udp4");
  socket.on("message", (question: Buffer, { port, address }: RemoteInfo) => {
    const answer = answerTo(question, zone);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  const saved = { ...process.env };
  context.after(() => {
    process.env = saved;
    socket.close();
  });
  process.env.LD_PRELOAD = preload;
  process.env.NAME_SERVER_PORT = `${socket.address().port}`;
  return { address: "10.0.2.15", mask: "255.255.255.0", gateway: GATEWAY, nameServer: GATEWAY };
}
