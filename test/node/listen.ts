/** Servers on the loopback address, for as long as a test runs. */
import type { RequestListener } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import type { TestContext } from "node:test";
import type { ServerCertificate } from "../rig/certificate.ts";

/** Opens the server on a free port, which it returns; it ends with the test. */
export async function listen(context: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A server with that certificate, its chain and its key. */
export function secureServer(
  { certificate, key }: Pick<ServerCertificate, "certificate" | "key">,
  answer: RequestListener,
): SecureServer {
  return createSecureServer({ cert: certificate, key }, answer);
}
