/**
 * Runs on the bare-metal board: what a byte costs in C. natives.c marks the places between which
 * the meter counts; what it was is printed behind them.
 */
import { openBoard } from "../../../../hal/qemu-riscv32/board.ts";
import { exit, now, print } from "../../../../hal/common/natives/system.ts";

function sha256(this: unknown, length: number): void {
  native("xs_bench_sha256").call(this, length);
}
function program(this: unknown, length: number): void {
  native("xs_bench_program").call(this, length);
}
function receive(
  this: unknown,
  host: string,
  port: number,
  length: number,
  isSecure: boolean,
): number {
  return native("xs_bench_receive").call(this, host, port, length, isSecure);
}

/** What comes late is waited for, which costs instructions: the least of some counts. */
const ROUNDS = 3;
/** Until DHCP has answered. */
const NETWORK_MS = 100;

const board = openBoard();
const settings = JSON.parse(board.provision()) as {
  readonly length: number;
  readonly port: number;
  readonly securePort: number;
};
const until = now() + NETWORK_MS;
board.run(() => {
  if (now() < until) return until;
  const { length, port, securePort } = settings;
  program(length);
  print(`floor program ${length}`);
  sha256(length);
  print(`floor sha256 ${length}`);
  for (let round = 0; round < ROUNDS; round++) {
    const plain = receive("localhost", port, length, false);
    print(`floor receive ${plain}`);
    const secure = receive("localhost", securePort, length, true);
    print(`floor secure ${secure}`);
  }
  return exit(0);
});
