/** Links, and ports for datagrams, that lie. */
import type { Exchange, Link, LinkHead, LinkRequest } from "../../../hal/hal.ts";
import { HttpError } from "../../../hal/common/http/error.ts";
import { LONG_VALUE } from "../../rig/conformance/answers.ts";
import type { Wrapper } from "../../rig/conformance/simbench.ts";
import type { BrokenHal } from "./brokenboot.ts";

/** How long a poll waits that should not. */
const WAIT_MS = 60;

function nap(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function withLink(change: (link: Link) => Link["request"]): Wrapper {
  return (hal) => ({ ...hal, link: { request: change(hal.link) } });
}

function withRequest(change: (request: LinkRequest) => LinkRequest): Wrapper {
  return withLink((link) => (request) => link.request(change(request)));
}

function withExchange(
  change: (exchange: Exchange) => Partial<Exchange>,
  alsoWants: readonly string[] = [],
): Wrapper {
  return withLink((link) => (request) => {
    const exchange = link.request({ ...request, wants: [...request.wants, ...alsoWants] });
    return {
      head: () => exchange.head(),
      read: (buffer) => exchange.read(buffer),
      close: () => {
        exchange.close();
      },
      ...change(exchange),
    };
  });
}

/** `alsoWants`: what else is read of the answer. */
function withHead(
  change: (head: LinkHead) => ReadonlyMap<string, string>,
  alsoWants: readonly string[] = [],
): Wrapper {
  return withExchange(
    (exchange) => ({
      head: () => {
        const head = exchange.head();
        return head === undefined ? undefined : { ...head, headers: change(head) };
      },
    }),
    alsoWants,
  );
}

export const BROKEN_LINKS: readonly BrokenHal[] = [
  {
    lie: "a body that is cut short is an end",
    part: "link",
    caught: "link: a body shorter than announced is broken, after its bytes",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        return {
          head: () => exchange.head(),
          close: () => {
            exchange.close();
          },
          read: (buffer) => {
            try {
              return exchange.read(buffer);
            } catch {
              return -1;
            }
          },
        };
      }),
  },
  {
    lie: "all of a body is fetched at once",
    part: "link",
    caught: "link: what is not read stays with the peer",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const scrap = new Uint8Array(65536);
        let open = true;
        let draining = false;
        const drain = (): void => {
          for (let i = 0; i < 64 && open; i++) exchange.read(scrap);
          if (open) setImmediate(drain);
        };
        return {
          head: () => exchange.head(),
          close: () => {
            open = false;
            exchange.close();
          },
          read: (buffer) => {
            if (request.url.path.endsWith("/flood") && !draining) setImmediate(drain);
            draining = true;
            return exchange.read(buffer);
          },
        };
      }),
  },
  {
    lie: "headers keep their case",
    part: "link",
    caught: "link: names of headers are in lower case, a repeated one keeps its first value",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const shout = (head: LinkHead): LinkHead => ({
          status: head.status,
          headers: new Map([...head.headers].map(([name, value]) => [name.toUpperCase(), value])),
        });
        return {
          head: () => {
            const head = exchange.head();
            return head === undefined ? undefined : shout(head);
          },
          read: (buffer) => exchange.read(buffer),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
  {
    lie: "the head does not say how long the body is",
    part: "link",
    caught: "link: the head says how long the body is",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        return {
          head: () => {
            const head = exchange.head();
            return head === undefined ? undefined : { ...head, length: undefined };
          },
          read: (buffer) => exchange.read(buffer),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
  {
    lie: "there is one socket, which is free when its exchange is closed",
    part: "link",
    caught: "link: an exchange that is over and open is followed by others",
    make: () => {
      let busy = false;
      return withLink((link) => (request) => {
        if (busy) throw Object.assign(new Error("busy"), { name: "LinkError", kind: "broken" });
        busy = true;
        const exchange = link.request(request);
        return {
          head: () => exchange.head(),
          read: (buffer) => exchange.read(buffer),
          close: () => {
            busy = false;
            exchange.close();
          },
        };
      });
    },
  },
  {
    lie: "errors have no kind",
    part: "link",
    caught: "link: nobody listens: refused",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const plain = <T>(body: () => T): T => {
          try {
            return body();
          } catch {
            throw new Error("failed");
          }
        };
        return {
          head: () => plain(() => exchange.head()),
          read: (buffer) => plain(() => exchange.read(buffer)),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
  {
    lie: "a call waits until the network has something",
    part: "link",
    caught: "link: a call that has nothing to give does not wait",
    make: () =>
      withExchange((exchange) => ({
        head: () => {
          const head = exchange.head();
          if (head === undefined) nap(WAIT_MS);
          return head;
        },
      })),
  },
  {
    lie: "eight headers of an answer are kept",
    part: "link",
    caught: "link: a header behind many others is found",
    make: () =>
      withHead(
        (head) => {
          let kept = 0;
          return new Map([...head.headers].filter(() => ++kept <= 8));
        },
        [
          "x-other-0",
          "x-other-1",
          "x-other-2",
          "x-other-3",
          "x-other-4",
          "x-other-5",
          "x-other-6",
          "x-other-7",
        ],
      ),
  },
  {
    lie: "a header of an answer is cut at 64 bytes",
    part: "link",
    caught: "link: a header of 1000 bytes is whole",
    make: () =>
      withHead(
        (head) => new Map([...head.headers].map(([name, value]) => [name, value.slice(0, 64)])),
      ),
  },
  {
    lie: "a header that is too long is cut at 1024 bytes",
    part: "link",
    caught: "link: a header that is very long is whole or missing, and no other is",
    make: () =>
      withLink((link) => (request) => {
        const exchange = link.request(request);
        const isLong = request.url.path === "/longerheader";
        const cut = ["x-repeated", LONG_VALUE.padEnd(1024, "x")] as const;
        return {
          head: () => {
            const head = exchange.head();
            if (head === undefined || !isLong) return head;
            return { ...head, headers: new Map([...head.headers, cut]) };
          },
          read: (buffer) => exchange.read(buffer),
          close: () => {
            exchange.close();
          },
        };
      }),
  },
  {
    lie: "the query of an address is not sent",
    part: "link",
    caught: "link: a request carries its path and query, however long",
    make: () =>
      withRequest((request) => {
        const [path = ""] = request.url.path.split("?");
        return { ...request, url: { ...request.url, path } };
      }),
  },
  {
    lie: "the line of a request has room for 256 bytes",
    part: "link",
    caught: "link: a request carries its path and query, however long",
    make: () =>
      withRequest((request) => ({
        ...request,
        url: { ...request.url, path: request.url.path.slice(0, 256) },
      })),
  },
  {
    lie: "one header of a request is sent",
    part: "link",
    caught: "link: a request carries its headers, and Host",
    make: () => withRequest((request) => ({ ...request, headers: request.headers.slice(0, 1) })),
  },
  {
    lie: "headers of a request are cut at 128 bytes",
    part: "link",
    caught: "link: a request carries its headers, and Host",
    make: () =>
      withRequest((request) => ({
        ...request,
        headers: request.headers.map(([name, value]) => [name, value.slice(0, 128)] as const),
      })),
  },
  {
    lie: "the body of a request is cut at 8000 bytes",
    part: "link",
    caught: "link: the body of a request arrives whole",
    make: () =>
      withRequest(({ body, ...request }) => ({
        ...request,
        ...(body === undefined ? {} : { body: body.subarray(0, 8000) }),
      })),
  },
  {
    lie: "a connection is never freed: the 100th is refused",
    part: "link",
    caught: "link: request after request is answered",
    make: () => {
      let made = 0;
      return withLink((link) => (request) => {
        // Orders come over the Link, too: this board fails in what is asked of it only.
        if (request.url.path !== "/next" && ++made > 100)
          throw new HttpError("broken", "no socket");
        return link.request(request);
      });
    },
  },
  {
    lie: "redirects are followed",
    part: "link",
    caught: "link: redirects are not followed",
    make: () =>
      withRequest((request) => ({
        ...request,
        url: { ...request.url, path: request.url.path.replace("/redirect", "/body") },
      })),
  },
  {
    lie: "a request whose kept connection is gone fails",
    part: "link",
    caught: "link: a request whose kept connection ends before the answer goes out once more",
    make: () =>
      withRequest((request) => ({
        ...request,
        url: { ...request.url, path: request.url.path.replace("/dropped", "/silent") },
      })),
  },
];

export const DEAF: readonly BrokenHal[] = [
  {
    lie: "datagrams are heard until the first restart",
    part: "link",
    caught: "datagrams: they come after a restart too",
    make: () => (hal, cause) => ({
      ...hal,
      datagrams: cause === "restart" ? { receive: () => 0 } : hal.datagrams,
    }),
  },
  {
    lie: "a datagram is cut to the buffer",
    part: "link",
    caught: "datagrams: one that is longer than the buffer is lost",
    make: () => (hal) => ({
      ...hal,
      datagrams: {
        receive: (buffer) => {
          const whole = new Uint8Array(2000);
          const count = Math.min(hal.datagrams?.receive(whole) ?? 0, buffer.length);
          buffer.set(whole.subarray(0, count));
          return count;
        },
      },
    }),
  },
];
