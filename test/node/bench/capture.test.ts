/** The bench adds up a dump of QEMU's network: connections, round trips, bytes by layer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCapture } from "../../bench/qemu/capture.ts";

const PORT = 8443;
const HEADS = 40;
const SYN = 0x02;
const ACK = 0x10;

interface Packet {
  readonly isSent: boolean;
  readonly own?: number;
  readonly sequence: number;
  readonly flags?: number;
  readonly data?: string | Uint8Array;
}

function frame({ isSent, own = 50_000, sequence, flags = ACK, data = "" }: Packet): Buffer {
  const payload = Buffer.from(data);
  const bytes = Buffer.alloc(14 + HEADS + payload.length);
  bytes.writeUInt16BE(0x0800, 12);
  bytes.writeUInt8(0x45, 14);
  bytes.writeUInt16BE(HEADS + payload.length, 16);
  bytes.writeUInt8(6, 23);
  bytes.writeUInt16BE(isSent ? own : PORT, 34);
  bytes.writeUInt16BE(isSent ? PORT : own, 36);
  bytes.writeUInt32BE(sequence >>> 0, 38);
  bytes.writeUInt8(5 << 4, 46);
  bytes.writeUInt8(flags, 47);
  payload.copy(bytes, 54);
  // Ethernet fills short frames up: what lies behind the packet does not count.
  return Buffer.concat([bytes, Buffer.alloc(Math.max(0, 60 - bytes.length), 0xee)]);
}

function dump(...frames: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4);
  const packets = frames.map((bytes) => {
    const packet = Buffer.alloc(16);
    packet.writeUInt32LE(bytes.length, 8);
    packet.writeUInt32LE(bytes.length, 12);
    return Buffer.concat([packet, bytes]);
  });
  return Buffer.concat([head, ...packets]);
}

/** A connection that is opened, asks and is answered; the board's numbers begin at `start`. */
function exchange(own: number, start: number): Packet[] {
  return [
    { isSent: true, own, sequence: start, flags: SYN },
    { isSent: false, own, sequence: 900, flags: SYN | ACK },
    { isSent: true, own, sequence: start + 1 },
    { isSent: true, own, sequence: start + 1, data: "GET " },
    { isSent: true, own, sequence: start + 5, data: "/ HTTP" },
    { isSent: false, own, sequence: 901, data: "HTTP/1.1 200" },
    { isSent: false, own, sequence: 913, data: " OK" },
  ];
}

test("a new connection costs two round trips; its bytes count once, in whole packets", () => {
  const packets = exchange(50_000, 100);
  assert.deepEqual(readCapture(dump(...packets.map(frame)), PORT), {
    connections: 1,
    roundTrips: 2,
    carriedBytes: 10 + 15,
    ipBytes: packets.length * HEADS + 25,
  });
});

test("what is sent again counts as packets only", () => {
  const packets = exchange(50_000, 100);
  const [syn, answered, , first, second, reply] = packets;
  assert.ok(syn && answered && first && second && reply);
  const again = [syn, ...packets, first, second, reply];
  assert.deepEqual(readCapture(dump(...again.map(frame)), PORT), {
    connections: 1,
    roundTrips: 2,
    carriedBytes: 25,
    ipBytes: again.length * HEADS + 25 + 10 + 12,
  });
});

test("connections are counted one by one, when a port is reused and when numbers wrap", () => {
  const packets = [
    ...exchange(50_000, 100),
    ...exchange(50_001, 2 ** 32 - 3),
    ...exchange(50_000, 7000),
  ];
  const { connections, roundTrips, carriedBytes } = readCapture(dump(...packets.map(frame)), PORT);
  assert.deepEqual(
    { connections, roundTrips, carriedBytes },
    {
      connections: 3,
      roundTrips: 6,
      carriedBytes: 75,
    },
  );
});

test("a good-bye of TLS is not waited for, what other ports say is not counted", () => {
  const goodbye = { isSent: true, sequence: 111, data: Uint8Array.of(0x15, 3, 3, 0, 2, 1, 0) };
  const answer = { isSent: false, sequence: 916, data: Uint8Array.of(0x15, 3, 3, 0, 2, 1, 0) };
  const packets = [...exchange(50_000, 100), goodbye, answer].map(frame);
  const other = frame({ isSent: true, sequence: 1, data: "another" });
  other.writeUInt16BE(53, 36);
  const { roundTrips, carriedBytes } = readCapture(dump(...packets, other), PORT);
  assert.deepEqual({ roundTrips, carriedBytes }, { roundTrips: 2, carriedBytes: 25 + 14 });
});

test("what is no dump is refused", () => {
  assert.throws(() => readCapture(Buffer.alloc(64), PORT), /not a dump/);
});
