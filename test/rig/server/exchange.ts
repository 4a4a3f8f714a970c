/** One HTTP request and its answer as values, so that servers are functions and the network is somebody else's. */
export interface Request {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

export interface Reply {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** The connection is closed after so many bytes of the body; -1: before any answer. Absent: the answer is whole. */
  readonly cutAt?: number;
  /** Milliseconds before the answer. */
  readonly delayMs?: number;
  /** How fast the body is sent. Absent: at once. */
  readonly bytesPerSecond?: number;
}

export function textReply(status: number, text: string, headers: Reply["headers"] = []): Reply {
  return { status, headers: [["content-type", "text/plain"], ...headers], body: Buffer.from(`${text}\n`) };
}
