/**
 * The last resort of servers that anybody may speak to: a request that they cannot handle is
 * answered 500, and everything else goes on.
 */
import type { EventSink } from "./event.ts";
import { type Reply, type Request, textReply } from "./exchange.ts";

export function guarded(
  handle: (request: Request) => Reply,
  emit: EventSink,
): (request: Request) => Reply {
  return (request) => {
    try {
      return handle(request);
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      emit({
        kind: "warning",
        text: `a fault of this server, at ${request.method} ${request.url}: ${text}`,
      });
      return textReply(500, "a fault of this server");
    }
  };
}
