/**
 * The live page: served over loopback to whoever knows its URL, which has a secret in it. Events go
 * out as server-sent events, and a page that comes back gets what it missed; orders come in by
 * POST. What is refused has no body, so that another site learns nothing.
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Recorded } from "../events/event.ts";
import type { EventLog } from "../events/log.ts";
import { Exit, RigError } from "../exit.ts";
import { pageHtml } from "./html.ts";
import { type Order, type OrderKind, orderOf, type PageConfig } from "./model/order.ts";

/** Carries an order out: what became of it, in a sentence. Throws for what cannot be done. */
export type Carry<O extends Order = Order> = (order: O) => string | Promise<string>;

/** What the rig that runs can do; a button for anything else is not shown. */
export type Orders = {
  readonly [K in OrderKind]?: Carry<Extract<Order, { readonly what: K }>>;
};

export interface PageOptions {
  readonly log: EventLog;
  /** 0: any that is free. */
  readonly port: number;
  readonly config: Omit<PageConfig, "orders">;
  readonly orders?: Orders;
}

export interface LivePage {
  readonly url: string;
  /** Tells the pages that the run has ended, and closes the port. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const TOKEN_BYTES = 16;
const ORDER_BYTES_MAX = 100_000;
/** Between two signs of life, so that nothing on the way takes the line for dead. */
const HEARTBEAT_MS = 15_000;

class Page {
  readonly token = randomBytes(TOKEN_BYTES).toString("hex");
  readonly #options: PageOptions;
  readonly #html: string;
  readonly #config: PageConfig;
  readonly #streams = new Set<ServerResponse>();

  constructor(options: PageOptions) {
    this.#options = options;
    const { config, orders = {}, log } = options;
    this.#config = { ...config, orders: Object.keys(orders) as OrderKind[] };
    this.#html = pageHtml(this.#config);
    log.secrets.add(this.token);
    log.view((event) => {
      for (const stream of this.#streams) stream.write(frame(event));
    });
  }

  handle(request: IncomingMessage, reply: ServerResponse, port: number): void {
    const { method = "", url = "", headers } = request;
    // A name that was made to mean this machine is no name of this page.
    if (![`${HOST}:${port}`, `localhost:${port}`].includes(headers.host ?? "")) refuse(reply, 403);
    else if (!url.startsWith(`/${this.token}/`)) refuse(reply, 404);
    else {
      const name = url.slice(this.token.length + 2).split("?")[0];
      const route = `${method} ${name}`;
      if (route === "GET ") send(reply, "text/html; charset=utf-8", this.#html);
      else if (route === "GET events") this.#stream(request, reply);
      else if (route === "GET report") this.#report(reply);
      else if (route === "POST orders") this.#order(request, reply);
      else refuse(reply, 404);
    }
  }

  /** Tells the pages that nothing more will come. */
  end(): void {
    for (const stream of this.#streams) stream.end("event: done\ndata: {}\n\n");
  }

  heartbeat(): void {
    for (const stream of this.#streams) stream.write(": still here\n\n");
  }

  #stream(request: IncomingMessage, reply: ServerResponse): void {
    reply.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    const last = Number(request.headers["last-event-id"] ?? 0);
    for (const event of this.#options.log.events)
      if (!(event.seq <= last)) reply.write(frame(event));
    this.#streams.add(reply);
    reply.once("close", () => this.#streams.delete(reply));
  }

  #report(reply: ServerResponse): void {
    const { board, events } = this.#options.log;
    reply.setHeader("content-disposition", `attachment; filename="xs-fumo-${board}.html"`);
    send(reply, "text/html; charset=utf-8", pageHtml({ ...this.#config, orders: [] }, events));
  }

  #order(request: IncomingMessage, reply: ServerResponse): void {
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin") {
      refuse(reply, 403);
      return;
    }
    const parts: Buffer[] = [];
    let length = 0;
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length > ORDER_BYTES_MAX) request.destroy();
      else parts.push(part);
    });
    request.on("end", () => {
      void this.#answer(Buffer.concat(parts).toString()).then(([status, text]) => {
        const body = JSON.stringify({ ok: status === 200, text });
        send(reply, "application/json", `${body}\n`, status);
      });
    });
  }

  async #answer(text: string): Promise<readonly [status: number, text: string]> {
    const order = orderOf(parsed(text));
    if (order === undefined) return [400, "This is no order."];
    const carry = this.#options.orders?.[order.what] as Carry | undefined;
    if (carry === undefined) return [409, `The rig does not take the order "${order.what}".`];
    try {
      return [200, await carry(order)];
    } catch (error) {
      return [409, error instanceof Error ? error.message : String(error)];
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function frame(event: Recorded): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`;
}

function refuse(reply: ServerResponse, status: number): void {
  reply.writeHead(status).end();
}

function send(reply: ServerResponse, type: string, body: string, status = 200): void {
  reply.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
  });
  reply.end(body);
}

/** Serves the page of a log. Throws a RigError when the port cannot be had. */
export async function servePage(options: PageOptions): Promise<LivePage> {
  const page = new Page(options);
  const server = createServer((request, reply) => {
    page.handle(request, reply, (server.address() as AddressInfo).port);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new RigError(
          Exit.usage,
          `the page cannot have port ${options.port}: ${error.message}`,
          "--page without a number takes any that is free",
        ),
      );
    });
    server.listen(options.port, HOST, resolve);
  });
  const timer = setInterval(() => page.heartbeat(), HEARTBEAT_MS);
  timer.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}/${page.token}/`,
    close: async () => {
      clearInterval(timer);
      page.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
    },
  };
}
