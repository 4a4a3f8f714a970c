/**
 * Servers on a loopback socket: HTTP in, requests as values, replies out with what they say about
 * cuts, delays and speed.
 */
import { constants } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, Server as SecureServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { LOOPBACK, type Place } from "../bench/place.ts";
import { acknowledged } from "./acknowledged.ts";
import { deafPort } from "./deaf.ts";
import type { Reply, Request } from "./exchange.ts";
import type { Stop } from "./loss.ts";

/** What went through the sockets of a server so far, on all connections. */
export interface Traffic {
  /** Bytes of HTTP, heads and bodies. */
  readonly received: number;
  readonly sent: number;
  readonly connections: number;
  /** TLS handshakes: those with a certificate, and those that resumed a session. */
  readonly fullHandshakes: number;
  readonly resumedHandshakes: number;
}

export interface Listening {
  /** `http://host:port`, or `https://localhost:port`, without a path. */
  readonly origin: string;
  readonly traffic: Traffic;
  /** Shows this certificate from the next connection on, where it speaks TLS. */
  show(secret: ServerSecret): void;
  /**
   * Resets all connections, and refuses new ones until `back` is called, which resolves once the
   * port is open again.
   */
  leave(): Promise<() => Promise<void>>;
  /** The same, but that attempts to connect get no answer, where `leave` has them refused. */
  silence(): Promise<() => Promise<void>>;
  /**
   * Takes no more connections, lets answers under way go out, within a second, and closes what is
   * left.
   */
  close(): Promise<void>;
}

const REQUEST_BYTES_MAX = 1 << 20;
/** How often a slow body goes on. */
const SLICE_MS = 20;
/** How long answers under way may take when the servers close, and how often they are looked at. */
const LINGER_MS = 1000;
const LOOK_MS = 5;
/**
 * A reset takes away what has not arrived: it waits until the far end has acknowledged all that was
 * sent, and for a program there to read it. An end that does not acknowledge is reset all the same.
 */
const ACKNOWLEDGE_LIMIT_MS = 30_000;
const READ_MS = 50;
/** A board that is emulated may think for longer than the five seconds after which Node closes. */
const IDLE_MS = 60_000;
/** A client that prefers ChaCha20 to AES gets it, as of servers that know chips. */
const PREFERENCES = constants.SSL_OP_PRIORITIZE_CHACHA;

/** Certificate and private key, PEM: with them the server speaks TLS. */
export interface ServerSecret {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Serves `handle` at a place, by default any port of the loopback interface. Rejects when the port
 * cannot be had.
 */
export function listen(
  handle: (request: Request) => Reply,
  { host, bind, port }: Place = LOOPBACK,
  secret?: ServerSecret,
): Promise<Listening> {
  const open = new Set<ServerResponse>();
  /** Connections by the port of their peer: below TLS, where a reset is made. */
  const connections = new Map<number | undefined, Socket>();
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    open.add(outgoing);
    outgoing.once("close", () => {
      open.delete(outgoing);
    });
    serve(handle, incoming, outgoing, connections.get(incoming.socket.remotePort));
  };
  const server =
    secret === undefined
      ? createServer(onRequest)
      : createSecureServer(
          { cert: secret.certificate, key: secret.key, secureOptions: PREFERENCES },
          onRequest,
        );
  server.keepAliveTimeout = IDLE_MS;
  server.on("connection", (socket) => {
    const { remotePort } = socket;
    connections.set(remotePort, socket);
    socket.once("close", () => {
      connections.delete(remotePort);
    });
  });
  const traffic = count(server);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, bind, () => {
      const { port: bound } = server.address() as AddressInfo;
      const origin =
        secret === undefined ? `http://${host}:${bound}` : `https://localhost:${bound}`;
      resolve({
        origin,
        get traffic() {
          return traffic();
        },
        show: ({ certificate: cert, key }) => {
          if (server instanceof SecureServer) server.setSecureContext({ cert, key });
        },
        leave: async () => {
          await leave(server, connections.values());
          return () => back(server, bound, bind);
        },
        silence: async () => {
          await leave(server, connections.values());
          const deaf = await deafPort({ port: bound, bind });
          return async () => {
            await deaf.close();
            await back(server, bound, bind);
          };
        },
        close: () => close(server, open),
      });
    });
  });
}

async function leave(server: Server, connections: Iterable<Socket>): Promise<void> {
  const gone = new Promise((done) => {
    server.close(done);
  });
  for (const socket of connections) socket.resetAndDestroy();
  await gone;
}

/** Listens again where it did. Rejects when somebody else has taken the port. */
function back(server: Server, port: number, bind: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, bind, resolve);
  });
}

/**
 * Of a server that speaks TLS, `secureConnection` gives the sockets that count in bytes of HTTP.
 */
function count(server: Server): () => Traffic {
  const open = new Set<Socket>();
  const sums = {
    received: 0,
    sent: 0,
    connections: 0,
    fullHandshakes: 0,
    resumedHandshakes: 0,
  };
  const watch = (socket: Socket): void => {
    open.add(socket);
    socket.once("close", () => {
      open.delete(socket);
      sums.received += socket.bytesRead;
      sums.sent += socket.bytesWritten;
    });
  };
  const isSecure = server instanceof SecureServer;
  server.on("connection", (socket) => {
    sums.connections++;
    if (!isSecure) watch(socket);
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    if (socket.isSessionReused()) sums.resumedHandshakes++;
    else sums.fullHandshakes++;
    watch(socket);
  });
  return () => {
    const total = { ...sums };
    for (const socket of open) {
      total.received += socket.bytesRead;
      total.sent += socket.bytesWritten;
    }
    return total;
  };
}

async function close(server: Server, open: ReadonlySet<ServerResponse>): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  const limit = performance.now() + LINGER_MS;
  while (open.size > 0 && performance.now() < limit)
    await new Promise((resolve) => {
      setTimeout(resolve, LOOK_MS);
    });
  server.closeAllConnections();
  await closed;
}

function serve(
  handle: (request: Request) => Reply,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  connection: Socket | undefined,
): void {
  const parts: Buffer[] = [];
  let length = 0;
  incoming.on("data", (part: Buffer) => {
    length += part.length;
    if (length > REQUEST_BYTES_MAX) incoming.destroy();
    else parts.push(part);
  });
  incoming.on("end", () => {
    const headers = new Map(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const reply = handle({
      method: incoming.method ?? "",
      url: incoming.url ?? "/",
      headers,
      body: Buffer.concat(parts),
    });
    const timer = setTimeout(() => {
      send(reply, incoming.method === "HEAD", outgoing, connection);
    }, reply.delayMs ?? 0);
    outgoing.once("close", () => {
      clearTimeout(timer);
    });
  });
}

function send(
  reply: Reply,
  headOnly: boolean,
  outgoing: ServerResponse,
  connection: Socket | undefined,
): void {
  const { status, headers, body, cutAt } = reply;
  const breakOff = (): void => {
    if (reply.cutBy === "reset") void reset(connection);
    else outgoing.destroy();
  };
  if (cutAt !== undefined && cutAt < 0) {
    // What TLS says after its handshake is under way, too.
    breakOff();
    return;
  }
  outgoing.statusCode = status;
  // That the connection stays open goes without saying (RFC 9112 §9.3).
  outgoing.removeHeader("connection");
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  const chunked = outgoing.hasHeader("transfer-encoding");
  if (!chunked) outgoing.setHeader("content-length", body.length);
  if (headOnly) {
    outgoing.end();
    return;
  }
  const end = Math.min(cutAt ?? body.length, body.length);
  const part = body.subarray(0, end);
  const finish = (): void => {
    if (end >= body.length) outgoing.end();
    else if (reply.cutBy !== "stall") breakOff();
  };
  if (reply.bytesPerSecond !== undefined) trickle(outgoing, part, reply.bytesPerSecond, finish);
  else if (reply.stops !== undefined) stopAndGo(outgoing, part, reply.stops, finish);
  else if (end < body.length && part.length > 0) outgoing.write(part, finish);
  else if (end < body.length) {
    outgoing.flushHeaders();
    finish();
  } else outgoing.end(part);
}

function trickle(
  outgoing: ServerResponse,
  body: Uint8Array,
  bytesPerSecond: number,
  finish: () => void,
): void {
  const slice = Math.max(1, Math.round((bytesPerSecond * SLICE_MS) / 1000));
  let at = 0;
  const timer = setInterval(() => {
    if (outgoing.destroyed) {
      clearInterval(timer);
      return;
    }
    outgoing.write(body.subarray(at, at + slice));
    at += slice;
    if (at >= body.length) {
      clearInterval(timer);
      finish();
    }
  }, SLICE_MS);
}

/** Sends the body in pieces, with a pause before each place where it stops. */
function stopAndGo(
  outgoing: ServerResponse,
  body: Uint8Array,
  stops: readonly Stop[],
  finish: () => void,
): void {
  let at = 0;
  const goOn = (next: number): void => {
    if (outgoing.destroyed) return;
    const stop = stops[next];
    const end = Math.min(stop?.at ?? body.length, body.length);
    if (end > at) outgoing.write(body.subarray(at, end));
    at = end;
    if (stop === undefined) finish();
    else setTimeout(goOn, stop.ms, next + 1);
  };
  goOn(0);
}

async function reset(connection: Socket | undefined): Promise<void> {
  if (connection === undefined) return;
  await acknowledged(connection, ACKNOWLEDGE_LIMIT_MS);
  setTimeout(() => connection.resetAndDestroy(), READ_MS);
}
