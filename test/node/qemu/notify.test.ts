/** The bare-metal board is asked for a session over lwIP's UDP, and updates itself. */
import { test } from "node:test";
import { notified } from "../rig/notified.ts";
import { rigBoard, skip } from "./device.ts";

test("a notification brings an idle board to its server, and the update with it", { skip }, () =>
  notified(rigBoard),
);
