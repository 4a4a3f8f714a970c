/**
 * The product's firmware with a hole in its link: an answer with status 418 exhausts the heap while
 * its head is read, as a stranger's message would that nobody has thought of.
 */
import type { Exchange, Link } from "../../../hal/hal.ts";
import { openBoard } from "../../../hal/qemu-riscv32/board.ts";
import { Client } from "../../../src/client/client.ts";
import { parseProvision } from "../../../src/account/provisioning.ts";

const DEADLY = 418;

function exhaust(): never {
  const held: Uint8Array[] = [];
  for (;;) held.push(new Uint8Array(1000));
}

function fragile(link: Link): Link {
  return {
    request: (request): Exchange => {
      const exchange = link.request(request);
      return {
        head: () => {
          const head = exchange.head();
          return head?.status === DEADLY ? exhaust() : head;
        },
        read: (buffer) => exchange.read(buffer),
        close: () => {
          exchange.close();
        },
      };
    },
  };
}

const board = openBoard();
const client = new Client(
  { ...board, link: fragile(board.link) },
  parseProvision(board.provision()),
);
board.run(() => client.step());
