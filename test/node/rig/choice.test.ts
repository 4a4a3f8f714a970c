/** `npm start` says which board it uses, and why it is not bare metal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { BuildError } from "../../../hal/xs/build.ts";
import { chooseBoard } from "../../rig/boards/choice.ts";

const present = { what: "GNU make", present: true, debian: "make" };
const missing = { what: "QEMU for RISC-V", present: false, debian: "qemu-system-misc" };
const nothing = (): void => undefined;

test("with all that it needs the board is bare metal", () => {
  assert.deepEqual(chooseBoard([present], nothing), { board: "qemu" });
});

test("without a tool the board is host, and the line to install it is printed", () => {
  const { board, why = "" } = chooseBoard([present, missing], () => assert.fail("fetched"));
  assert.equal(board, "host");
  assert.match(why, /lacks QEMU for RISC-V; type: sudo apt-get install .* qemu-system-misc$/);
});

test("without a network it is host, and what could not be fetched is told", () => {
  const offline = (): never => {
    throw new BuildError("cannot fetch the sources of the C libraries\ncurl: 6");
  };
  const { board, why = "" } = chooseBoard([present], offline);
  assert.equal(board, "host");
  const says = "xs-fumo demo --board qemu says more";
  const sentence = `this machine cannot fetch the sources of the C libraries; ${says}`;
  assert.ok(why.endsWith(sentence), why);
});

test("a mistake of ours is no reason to take another board", () => {
  assert.throws(
    () =>
      chooseBoard([], () => {
        throw new TypeError("undefined");
      }),
    TypeError,
  );
});
