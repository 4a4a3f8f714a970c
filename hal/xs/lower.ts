/**
 * The JavaScript that tsc wrote -> what XS 13 runs with fewer bytes and instructions.
 *
 * Facades become host functions. They work without this step too, through the globals
 * `native` and `Native`, but a call then costs seven times as much.
 *
 *   class F extends Native("d")                              ->  class F @ "d"
 *   m(a, b) { return native("n").call(this, a, b); }         ->  m(a, b) @ "n"
 *   constructor(a) { super(); native("n").call(this, a); }   ->  constructor(a) @ "n"
 *
 * Facades of functions stand at module level; XS reports "invalid host" for one inside another
 * function.
 *
 * Members #name become $name. tsc has checked who may name them, and XS keeps a slot for each
 * #name in each function that names it, besides two in each object. A class that extends another
 * gets the names $name$Class, for its base class may have a #name, too.
 */

const CLASS = /(class \w+) extends Native\(("\w+")\)/g;
const FACADE = new RegExp(
  /\(([^()]*)\)(\s*)\{(\s*)(?:super\(\);(\s*))?(?:return\s+)?/.source +
    /native\("(\w+)"\)\.call\(this(?:, ([^()]*))?\);(\s*)\}/.source,
  "g",
);

/** A class at module level, as tsc lays it out: its name, what it extends, its members. */
const WHOLE_CLASS = /^(?:export (?:default )?)?class (\w+)( extends \w+)?[^\n]*\{\n.*?^\}/gms;
const MEMBER = /([.(!]|(?:^|[{;])\s*(?:(?:static|get|set) )*)#([A-Za-z]\w*)/gm;

/** Every member of one text that is private gets a plain name. */
function named(text: string, suffix: string): string {
  return text.replace(MEMBER, `$1$$$2${suffix}`);
}

function withPlainMembers(source: string): string {
  const classes = source.replace(WHOLE_CLASS, (text, name: string, base: string | undefined) =>
    named(text, base === undefined ? "" : `$$${name}`),
  );
  return named(classes, "");
}

function breaks(text: string): string {
  return text.replace(/[^\n]/g, "");
}

/**
 * The lowered form of a module. Lines stay where they are, so that its source map holds. A call
 * that is no facade stays.
 */
export function lower(source: string): string {
  return withPlainMembers(source)
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
