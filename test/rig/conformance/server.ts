/**
 * The rig's end of the Link under test: raw sockets, so that an answer is exactly what a case wants
 * it to be.
 */
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { answerTo, FLOOD_BYTES, whole, type Answer } from "./answers.ts";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly head: string;
  readonly body: Buffer;
}

/** What a client that speaks TLS sends first; here nobody does. */
const TLS_HANDSHAKE = 0x16;
/** So large that a slow machine sends FLOOD_BYTES in few turns. */
const FLOOD_PART = Buffer.alloc(1024 * 1024, 0x46);

export class LinkServer {
  /** The last request that was no order: what the Link has made of it. */
  last: Request | undefined;
  /**
   * Bytes of the flood that were taken off the rig's hands, and whether its connection is closed.
   */
  flooded = 0;
  floodClosed = false;
  /** The image at a path, where there is one. */
  image: (path: string) => Uint8Array | undefined = () => undefined;
  #server: Server;
  #sockets = new Set<Socket>();
  #control: (body: string, respond: (order: string) => void) => void;
  #host = "";
  #port = 0;

  /**
   * `control` is called with each report; the order that answers it is given to `respond`, now or
   * later.
   */
  constructor(control: (body: string, respond: (order: string) => void) => void) {
    this.#control = control;
    this.#server = createServer((socket) => {
      this.#serve(socket);
    });
  }

  /** The address of this computer, as the board sees it. */
  get host(): string {
    return this.#host;
  }

  /** `http://host:port`. */
  get origin(): string {
    return `http://${this.#host}:${this.#port}`;
  }

  /** Listens on `address`, which is `host` to the board; on a free port, when it is 0. */
  listen(address: string, host: string, port = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, address, () => {
        this.#host = host;
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }

  #serve(socket: Socket): void {
    let bytes: Buffer = Buffer.alloc(0);
    let isOver = false;
    let served = 0;
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#sockets.delete(socket);
    });
    socket.on("data", (part) => {
      bytes = Buffer.concat([bytes, part]);
      if (bytes[0] === TLS_HANDSHAKE) {
        socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
        return;
      }
      const request = isOver ? undefined : parse(bytes);
      if (request === undefined) return;
      bytes = Buffer.alloc(0);
      isOver = !this.#answer(socket, request, served++);
    });
  }

  /** `served`: requests over this connection before. Returns true when another may follow. */
  #answer(socket: Socket, request: Request, served: number): boolean {
    if (request.path === "/next") {
      this.#control(request.body.toString(), (order) => {
        send(socket, whole("200 OK", Buffer.from(order)));
      });
      return false;
    }
    const image = this.image(request.path);
    if (image !== undefined) {
      send(socket, whole("200 OK", image));
      return false;
    }
    this.last = request;
    const answer = answerTo(request.method, request.path.split("?")[0] ?? "");
    if (answer.flood) this.#flood(socket, answer.head);
    else if (answer.once && served > 0) socket.destroy();
    else if (answer.lateMs !== undefined) setTimeout(() => send(socket, answer), answer.lateMs);
    else send(socket, answer);
    return answer.stays === true;
  }

  #flood(socket: Socket, head: string): void {
    this.flooded = 0;
    this.floodClosed = false;
    socket.on("close", () => {
      this.floodClosed = true;
    });
    const more = (): void => {
      this.flooded += FLOOD_PART.length;
      if (this.flooded < FLOOD_BYTES && !socket.destroyed) socket.write(FLOOD_PART, more);
    };
    socket.write(head, more);
  }
}

/** The request, once it is whole. */
function parse(bytes: Buffer): Request | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString("latin1");
  const [, method = "", path = ""] = /^(\S+) (\S+)/.exec(head) ?? [];
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
  const body = bytes.subarray(end + 4);
  return body.length < length ? undefined : { method, path, head, body: body.subarray(0, length) };
}

function send(socket: Socket, { head, body, cut, drip, stays }: Answer): void {
  const bytes = Buffer.concat([Buffer.from(head, "latin1"), body ?? Buffer.alloc(0)]);
  if (drip === undefined) {
    if (stays) socket.write(bytes);
    else if (cut)
      socket.write(bytes, () => {
        socket.end();
      });
    else socket.end(bytes);
    return;
  }
  let at = 0;
  const timer = setInterval(() => {
    socket.write(bytes.subarray(at, (at += drip.bytes)));
    if (at < bytes.length && !socket.destroyed) return;
    clearInterval(timer);
    socket.end();
  }, drip.ms);
}
