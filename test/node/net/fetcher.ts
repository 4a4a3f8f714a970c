/** Asks for the URL of its argument over the Link of the sim board, and prints the status. */
import { SocketLink } from "../../../hal/sim/socket.ts";
import { address } from "../../unit/base/address.ts";

const link = new SocketLink();
const exchange = link.request({
  method: "GET",
  url: address(process.argv[2] ?? ""),
  headers: [],
  wants: [],
});
const buffer = new Uint8Array(1000);
for (let status: number | undefined; ; ) {
  status ??= exchange.head()?.status;
  const count = status === undefined ? 0 : exchange.read(buffer);
  if (count < 0) {
    process.stdout.write(`fetch: ${status}\n`);
    exchange.close();
    break;
  }
  if (count === 0) await link.activity(1000);
}
