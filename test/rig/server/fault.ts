/** How a server misbehaves, as data: what, and at which requests. */

/** What goes wrong with one answer of the DM server. */
export type Misbehaviour =
  | { readonly what: "lose" } // the request never arrives
  | { readonly what: "drop" } // the request is dealt with, the answer never arrives
  | { readonly what: "duplicate" } // the answer before is sent again, the request is not looked at
  | { readonly what: "wrongMsgRef" }
  | { readonly what: "malformed" } // the XML breaks off inside an element
  | { readonly what: "oversize"; readonly bytes: number } // at least so long
  | { readonly what: "wrongCredentials" } // the server's own are wrong in this message
  | { readonly what: "staleNonce" } // good credentials are challenged again, once
  | { readonly what: "cut"; readonly bytes: number } // the connection ends (FIN) inside the body
  | { readonly what: "reset"; readonly bytes: number } // resets (RST) there; -1: before it
  | { readonly what: "restart" } // all sessions are forgotten before the request is looked at
  | { readonly what: "status"; readonly status: number } // an HTTP status and nothing else
  | { readonly what: "slow"; readonly delayMs: number };

export type Fault = Misbehaviour & {
  /** The request, counted from 1 over the life of the server. */
  readonly at: number;
  /** How many requests in a row; 1 by default. */
  readonly times?: number;
  /** Only requests that report how an operation ended are counted. */
  readonly on?: "report";
};

/** The fault of that request, if any. */
export function faultAt<F extends { readonly at: number; readonly times?: number }>(
  faults: readonly F[],
  request: number,
): F | undefined {
  return faults.find((fault) => request >= fault.at && request < fault.at + (fault.times ?? 1));
}
