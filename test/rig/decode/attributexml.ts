/**
 * XML of elements with attributes, which SyncML has none of: the forms in which pushes and
 * provisioning documents are written down.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Where it is in the text: [from, to). */
  readonly from: number;
  readonly to: number;
}

/** What is wrong, and at which character. */
export class XmlProblem extends Error {
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

const BETWEEN = /(?:[^<]|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^[>]*>)*/y;
const START = /<([\w:-]+)\s*/y;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')\s*/y;
const END = /<\/([\w:-]+)\s*>/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** The root element of a text. Text between elements is passed over. Throws an XmlProblem. */
export function readElements(text: string): XmlElement {
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text) ?? undefined;
    if (found !== undefined) at = pattern.lastIndex;
    return found;
  };
  const element = (): XmlElement => {
    const from = at;
    const name = take(START)?.[1];
    if (name === undefined) throw new XmlProblem("an element is expected", at);
    const attributes = new Map<string, string>();
    for (let found = take(ATTRIBUTE); found !== undefined; found = take(ATTRIBUTE)) {
      const [, key = "", double, single = ""] = found;
      if (attributes.has(key)) throw new XmlProblem(`two attributes ${key}`, found.index);
      attributes.set(key, unescaped(double ?? single, found.index));
    }
    if (take(/\/>/y) !== undefined) return { name, attributes, children: [], from, to: at };
    if (take(/>/y) === undefined) throw new XmlProblem("a tag without an end", at);
    const children: XmlElement[] = [];
    for (;;) {
      take(BETWEEN);
      const end = take(END);
      if (end !== undefined) {
        if (end[1] !== name) throw new XmlProblem(`the end of ${end[1] ?? ""} in ${name}`, at);
        return { name, attributes, children, from, to: at };
      }
      if (at >= text.length) throw new XmlProblem("the document ends inside an element", at);
      children.push(element());
    }
  };
  take(BETWEEN);
  const root = element();
  take(BETWEEN);
  if (at < text.length) throw new XmlProblem("more than one root element", at);
  return root;
}

function unescaped(text: string, offset: number): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const [, decimal, hexadecimal = ""] = /^#(?:(\d+)|x([\da-fA-F]+))$/.exec(name) ?? [];
    const number = decimal === undefined ? Number.parseInt(hexadecimal, 16) : Number(decimal);
    const character =
      ENTITIES.get(name) ??
      (number > 0 && number <= 0x10ffff ? String.fromCodePoint(number) : undefined);
    if (character === undefined || !whole.endsWith(";"))
      throw new XmlProblem("a reference that is none", offset);
    return character;
  });
}
