/**
 * Runs the unit tests of src on the bare-metal board: `node build/js/test/qemu.js [part of a path
 * ...]`. Prints TAP; the exit status tells. All of them are in one image, with more RAM than the
 * board has: each test keeps what it has made.
 */
import { runTests } from "./xs.ts";

if (process.argv[1]?.endsWith("test/qemu.js"))
  process.exitCode = runTests("qemu", process.argv.slice(2));
