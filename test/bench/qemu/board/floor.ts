/**
 * Runs on the bare-metal board: what a byte costs in C. Prints instructions; test/bench/qemu.ts
 * asks.
 */
import { openBoard } from "../../hal/qemu-riscv32/board.ts";
import { exit, now, print } from "../../hal/xs/board/system.ts";

function sha256(this: unknown, length: number): number {
  return native("xs_bench_sha256").call(this, length);
}
function program(this: unknown, length: number): number {
  return native("xs_bench_program").call(this, length);
}
function receive(this: unknown, host: string, port: number, length: number): number {
  return native("xs_bench_receive").call(this, host, port, length);
}

const board = openBoard();
const { length, port } = JSON.parse(board.provision()) as { length: number; port: number };
const until = now() + 100;
board.run(() => {
  if (now() < until) return until;
  print(`floor program ${program(length)}`);
  print(`floor sha256 ${sha256(length)}`);
  print(`floor receive ${receive("127.0.0.1", port, length)}`);
  return exit(0);
});
