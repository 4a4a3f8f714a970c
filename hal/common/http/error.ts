/** The LinkError of HTTP over sockets. */
import type { LinkErrorKind } from "../../hal.ts";

export class HttpError extends Error {
  override readonly name = "LinkError";
  readonly kind: LinkErrorKind;

  constructor(kind: LinkErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
