/** Bugs planted in what keeps strangers and malicious servers out of memory, logs and accounts. */
import type { Mutant } from "./mutant.ts";

const ADDRESS = ["node/threats/address"];
const BOOTSTRAP = ["node/threats/bootstrap"];
const PUSH = ["node/threats/push"];
const LINE = ["unit/base/line"];

export const THREATS: readonly Mutant[] = [
  {
    name: "nothing is too much for the memory of a peer",
    file: "src/base/budget",
    find: "if (bytes > this.left)",
    replace: "if (false)",
    in: ["unit/session/bounds"],
    by: "test",
  },
  {
    name: "a session with a server is opened wherever its address leads",
    file: "src/client/server",
    find: "const url = admitUrl(account.address, provision);",
    replace: "const url = admitUrl(account.address, { allowHttp: true, allowPrivate: true });",
    in: ADDRESS,
    by: "test",
  },
  {
    name: "plain http needs no leave",
    file: "src/base/urlrules",
    find: 'if (url.scheme === "http" && !rules.allowHttp)',
    replace: "if (false)",
    in: ADDRESS,
    by: "test",
  },
  {
    name: "https may lead to plain http",
    file: "src/base/urlrules",
    find: 'if (url.scheme === "http" && from?.scheme === "https")',
    replace: "if (false)",
    in: ["unit/base/urlrules"],
    by: "test",
  },
  {
    name: "a private address needs no leave",
    file: "src/base/urlrules",
    find: "if (!rules.allowPrivate && isPrivate(url.host))",
    replace: "if (false)",
    in: ADDRESS,
    by: "test",
  },
  {
    name: "an answer goes wherever RespURI leads",
    file: "src/session/peer",
    find: 'if (typeof url === "string" || sameOrigin(url, account))',
    replace: "if (true)",
    in: ADDRESS,
    by: "test",
  },
  {
    name: "the provisioned account is not pinned",
    file: "src/client/client",
    find: "pinned: provision.account?.pinned === true ? this.#mainId : undefined",
    replace: "pinned: undefined",
    in: BOOTSTRAP,
    by: "test",
  },
  {
    name: "a bootstrap message counts as often as it comes",
    file: "src/client/bootstraps",
    find: "if (this.#kept().includes(digestOf(envelope)))",
    replace: "if (false)",
    in: BOOTSTRAP,
    by: "test",
  },
  {
    name: "a notification opens a session as often as it comes",
    file: "src/client/notifications",
    find: "if (again || this.#kept(account.name).includes(entry(summons)))",
    replace: "if (again)",
    in: PUSH,
    by: "test",
  },
  {
    name: "lines of the log are as they come",
    file: "src/client/logged",
    find: "line(text)",
    replace: "text",
    in: ["node/threats/bounds"],
    by: "test",
  },
  {
    name: "a line separator is no control character",
    file: "src/base/line",
    find: "[LEAD_C1, LEAD_SEPARATOR, LEAD_SURROGATE]",
    replace: "[LEAD_C1, LEAD_SURROGATE]",
    in: LINE,
    by: "test",
  },
  {
    name: "a C1 control is no control character",
    file: "src/base/line",
    find: "[LEAD_C1, LEAD_SEPARATOR, LEAD_SURROGATE]",
    replace: "[LEAD_SEPARATOR, LEAD_SURROGATE]",
    in: LINE,
    by: "test",
  },
  {
    name: "a head is kept whole",
    file: "hal/common/http/head",
    find: "if (!this.#wants.includes(name) || this.#headers.has(name))",
    replace: "if (this.#headers.has(name))",
    in: ["unit/hal/http"],
    by: "test",
  },
];
