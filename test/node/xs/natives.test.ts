/**
 * The native modules have exactly the exports of the portable ones; the types say so when they
 * compile.
 */
import { test } from "node:test";
import type * as nativeBase64 from "../../../hal/common/base/base64.ts";
import type * as nativeBytes from "../../../hal/common/base/bytes.ts";
import type * as nativeCrc32 from "../../../hal/common/base/crc32.ts";
import type * as nativeDelta from "../../../hal/common/base/delta.ts";
import type * as nativeMd5 from "../../../hal/common/base/md5.ts";
import type * as nativeSha256 from "../../../hal/common/base/sha256.ts";
import type * as nativeSignature from "../../../hal/common/base/signature.ts";
import type * as nativeUtf8 from "../../../hal/common/base/utf8.ts";
import type * as xsCheck from "../../xs/check.ts";
import type * as base64 from "../../../src/base/base64.ts";
import type * as bytes from "../../../src/base/bytes.ts";
import type * as crc32 from "../../../src/base/crc32.ts";
import type * as delta from "../../../src/base/delta.ts";
import type * as md5 from "../../../src/base/md5.ts";
import type * as sha256 from "../../../src/base/sha256.ts";
import type * as signature from "../../../src/base/signature.ts";
import type * as utf8 from "../../../src/base/utf8.ts";
import type * as check from "../../check.ts";

/** Parameters and result of every function; of a class those of its constructor and methods. */
type Shape<T> = {
  [K in keyof T]: T[K] extends new (
    ...parameters: infer P
  ) => infer I
    ? [P, Shape<I>]
    : T[K] extends (...parameters: infer P) => infer R
      ? [P, R]
      : T[K];
};
type Same<A, B> = [A, B] extends [B, A] ? true : false;

const shapes: [
  Same<Shape<typeof nativeBase64>, Shape<typeof base64>>,
  Same<Shape<typeof nativeBytes>, Shape<typeof bytes>>,
  Same<Shape<typeof nativeCrc32>, Shape<typeof crc32>>,
  // The portable one has the model as well, for the generator.
  Same<Shape<typeof nativeDelta>, Shape<Pick<typeof delta, keyof typeof nativeDelta>>>,
  Same<Shape<typeof nativeMd5>, Shape<typeof md5>>,
  Same<Shape<typeof nativeSha256>, Shape<typeof sha256>>,
  Same<Shape<typeof nativeSignature>, Shape<typeof signature>>,
  Same<Shape<typeof nativeUtf8>, Shape<typeof utf8>>,
  Same<Shape<Omit<typeof xsCheck, "run">>, Shape<typeof check>>,
] = [true, true, true, true, true, true, true, true, true];

test("native modules have the exports of the portable ones", () => {
  if (shapes.includes(false as never)) throw new Error("unreachable: the types would not compile");
});
