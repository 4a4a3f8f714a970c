/** Firmware that works, but for its network: no answer ever reaches it. */
import { openBoard } from "../../../hal/board.ts";
import type { Link } from "../../../hal/hal.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";
import { Client } from "../../../src/client/client.ts";

const board = openBoard();
const provision = parseProvision(board.provision());
const link: Link = {
  request: () => ({ head: () => undefined, read: () => 0, close: () => undefined }),
};
const client = new Client({ ...board, link }, provision);

board.run(() => client.step());
