/**
 * Facades -> host functions of XS 13, in the JavaScript that tsc wrote. They work without this step
 * too, through the globals
 * `native` and `Native`, but a call then costs seven times as much.
 *
 *   class F extends Native("d")                              ->  class F @ "d"
 *   m(a, b) { return native("n").call(this, a, b); }         ->  m(a, b) @ "n"
 *   constructor(a) { super(); native("n").call(this, a); }   ->  constructor(a) @ "n"
 *
 * Facades of functions stand at module level; XS reports "invalid host" for one inside another
 * function.
 */

const CLASS = /(class \w+) extends Native\(("\w+")\)/g;
const FACADE = new RegExp(
  /\(([^()]*)\)(\s*)\{(\s*)(?:super\(\);(\s*))?(?:return\s+)?/.source +
    /native\("(\w+)"\)\.call\(this(?:, ([^()]*))?\);(\s*)\}/.source,
  "g",
);

function breaks(text: string): string {
  return text.replace(/[^\n]/g, "");
}

/**
 * The lowered form of a module. Lines stay where they are, so that its source map holds. A call
 * that is no facade stays.
 */
export function lower(source: string): string {
  return source
    .replace(CLASS, "$1 @ $2")
    .replace(
      FACADE,
      (
        all: string,
        parameters: string,
        a: string,
        b: string,
        c: string | undefined,
        name: string,
        passed: string | undefined,
        d: string,
      ) =>
        parameters === (passed ?? "")
          ? `(${parameters}) ${breaks(a + b + (c ?? "") + d)}@ "${name}"`
          : all,
    );
}
