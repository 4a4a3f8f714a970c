/**
 * What the rig's server answers to the requests of the Link cases, byte for byte: paths to raw
 * HTTP.
 */
import { patternBytes } from "../../conformance/order.ts";

/** Bytes of the body that most cases carry: more than a buffer, and no round number. */
export const BODY_BYTES = 70001;
/** As few as fit one buffer of a small board. */
export const FEW_BYTES = 3001;
/** What `flood` would send. More than all buffers between two processes together. */
export const FLOOD_BYTES = 64 * 1024 * 1024;

export interface Answer {
  readonly head: string;
  readonly body?: Uint8Array;
  /** The connection is closed after the body, though the head announces more. */
  readonly cut?: true;
  /** Sent so slowly: bytes at a time, ms between. */
  readonly drip?: { readonly bytes: number; readonly ms: number };
  /** The connection stays open. */
  readonly stays?: true;
  /** Only to the first request over a connection: the next one ends it. */
  readonly once?: true;
  /** Sent so much later. */
  readonly lateMs?: number;
  /** Sends for as long as it is taken. */
  readonly flood?: true;
}

/** The longest value of a header of an answer that a board must keep, and keep whole. */
export const LONG_VALUE = "long-value".repeat(100);
/** Headers before the one that is wanted. */
const MANY = Array.from({ length: 20 }, (_, index) => String(index));

const BODY = patternBytes(0, BODY_BYTES, 1);
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

const ANSWERS: Readonly<Record<string, Answer>> = {
  "/body": whole("200 OK", BODY),
  "/small": { ...whole("200 OK", patternBytes(0, 400, 1)), drip: { bytes: 40, ms: 10 } },
  "/empty": whole("200 OK", new Uint8Array(0)),
  "/none": { head: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" },
  "/close": { head: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", body: BODY },
  "/chunked": { head: CHUNKED, body: chunked(BODY) },
  "/few": { head: CHUNKED, body: chunked(BODY.subarray(0, FEW_BYTES)) },
  "/short": { ...whole("200 OK", BODY), body: BODY.subarray(0, 600), cut: true },
  "/missing": whole("404 Not Found", patternBytes(0, 10, 1)),
  "/redirect": {
    head: "HTTP/1.1 302 Found\r\nLocation: /body\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
  },
  "/headers": {
    head:
      "HTTP/1.1 200 OK\r\nCONTENT-TYPE: text/odd\r\nX-Repeated: one\r\nx-repeated: two\r\n" +
      "Content-Length: 0\r\nConnection: close\r\n\r\n",
  },
  "/manyheaders": headed(
    [...MANY.map((number) => `X-Other-${number}: ${number}`), "Content-Type: text/last"].join(
      "\r\n",
    ),
  ),
  "/longheader": headed(`Content-Type: ${LONG_VALUE}`),
  "/longerheader": headed(`Content-Type: text/short\r\nX-Repeated: ${LONG_VALUE.repeat(5)}`),
  "/late": { ...whole("200 OK", patternBytes(0, 400, 1)), lateMs: 700 },
  "/kept": { ...kept(), stays: true },
  "/ended": kept(),
  "/dropped": { ...kept(), stays: true, once: true },
  "/surplus": {
    ...kept(),
    body: Buffer.concat([
      BODY.subarray(0, FEW_BYTES),
      Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfalse"),
    ]),
    stays: true,
  },
  "/junk": { head: "this is no HTTP\r\n\r\n" },
  "/silent": { head: "", cut: true },
  "/flood": {
    head: `HTTP/1.1 200 OK\r\nContent-Length: ${FLOOD_BYTES}\r\nConnection: close\r\n\r\n`,
    flood: true,
  },
};

/** The answer to a path; 404 for others. A HEAD request gets the head only. */
export function answerTo(method: string, path: string): Answer {
  const answer = ANSWERS[path] ?? whole("404 Not Found", new Uint8Array(0));
  return method === "HEAD" ? { head: answer.head } : answer;
}

export function whole(status: string, body: Uint8Array): Answer {
  return {
    head: `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
    body,
  };
}

/** An answer of headers alone. */
function headed(lines: string): Answer {
  return {
    head: `HTTP/1.1 200 OK\r\n${lines}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  };
}

/** An answer behind which another request may come. */
function kept(): Answer {
  return {
    head: `HTTP/1.1 200 OK\r\nContent-Length: ${FEW_BYTES}\r\n\r\n`,
    body: BODY.subarray(0, FEW_BYTES),
  };
}

/** Chunks of growing length, with an extension and a trailer. */
function chunked(body: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0, length = 1; at < body.length; at += length, length = length * 3 + 1) {
    const part = body.subarray(at, at + length);
    parts.push(
      Buffer.from(`${part.length.toString(16)};x=y\r\n`),
      Buffer.from(part),
      Buffer.from("\r\n"),
    );
  }
  return Buffer.concat([...parts, Buffer.from("0\r\nX-Trailer: yes\r\n\r\n")]);
}
