/** The XML tokenizer: what it gives for what it is fed, and what it refuses. */
import { ELEMENT_DEPTH_MAX, ELEMENT_NAME_BYTES_MAX } from "../../../src/base/limits.ts";
import { Token, type Vocabulary } from "../../../src/base/token.ts";
import { text, utf8 } from "../../../src/base/utf8.ts";
import { XmlReader } from "../../../src/xmllite/xmlreader.ts";
import { equal, ok, test } from "../../check.ts";
import { traceOf } from "../base/leaves.ts";

const VOCABULARY: Vocabulary = {
  tags: new Map([
    ["a", 5],
    ["b", 6],
    ["Data", 7],
    ["Type", 0x113],
  ]),
  pages: [],
};

/**
 * `<name` for an open, `>` and the tag for a close, `'text`, `!problem`; with offsets behind @ when
 * asked for.
 */
function tokens(bytes: Uint8Array, offsets = false): string {
  const reader = new XmlReader(bytes, bytes.length, VOCABULARY);
  let log = "";
  for (;;) {
    const kind = reader.next();
    const at = offsets ? `@${reader.offset}` : "";
    if (kind === Token.open) log += `<${reader.name()}${reader.tag === 0 ? "?" : ""}${at} `;
    else if (kind === Token.close) log += `>${reader.tag}${at} `;
    else if (kind === Token.text) log += `'${text(reader.bytes, reader.from, reader.to)}${at} `;
    else if (kind === Token.end) return `${log}.${at}`;
    else {
      equal(reader.next(), Token.error, "an error stays");
      return `${log}!${reader.problem}${at}`;
    }
  }
}

function of(xml: string): string {
  return tokens(utf8(xml));
}

function refused(xml: string, problem: string): void {
  const log = of(xml);
  ok(log.endsWith(`!${problem}`), `${xml} gives ${log}`);
}

test("elements, text and empty elements become tokens with offsets", () => {
  equal(
    tokens(utf8("<a><b>one</b> <Data/></a>"), true),
    "<a@0 <b@3 'one@6 >6@9 ' @13 <Data@14 >7@19 >5@21 .@25",
  );
});

test("a prefix is dropped, and attributes are read over", () => {
  equal(of("<p:a><b:/></p:a>"), "<a <b:? >0 >5 .", "a prefix of nothing is a name");
  equal(
    of(
      "<s:a xmlns:s='urn:x'><s:Data z = \"a>b\" y='1' /><Type xmlns=\"syncml:metinf\">t</Type>" +
        "</s:a>",
    ),
    "<a <Data >7 <Type 't >275 >5 .",
  );
});

test("an element that the vocabulary does not have is a token with tag 0 and its name", () => {
  equal(of("<a><Foo-1.b>x</Foo-1.b><n:é/></a>"), "<a <Foo-1.b? 'x >0 <é? >0 >5 .");
});

test("text, CDATA, references and comments between them are one token", () => {
  equal(
    of("<a>1&lt;2<![CDATA[<&>]]]]>&#x33;<!-- no - token -->&#52;<?pi 5?>&amp;&quot;&apos;&gt;</a>"),
    "<a '1<2<&>]]34&\"'> >5 .",
  );
});

test("comments alone are no token", () => {
  equal(of("<a><!-- x --><b><!----></b><?x?></a>"), "<a <b >6 >5 .");
});

test("line ends become LF, and a CR by number stays (XML 1.0 §2.11)", () => {
  equal(of("<a>1\r\n2\r3\n4&#13;\r\n<![CDATA[\r\n]]></a>"), "<a '1\n2\n3\n4\r\n\n >5 .");
});

test("characters by number are decoded over the whole range and refused outside it", () => {
  equal(
    of("<a>&#9;&#xA9;&#x20AC;&#x1F600;&#x10FFFF;&#0000065;&#xfFfD;</a>"),
    "<a '\t©€\u{1F600}\u{10FFFF}A\uFFFD >5 .",
  );
  const none = [
    "#0",
    "#8",
    "#xD800",
    "#xDFFF",
    "#xFFFE",
    "#xFFFF",
    "#x110000",
    "#",
    "#x",
    "#X41",
    "#1a",
    "nbsp",
    "",
    "LT",
  ];
  for (const bad of none) {
    refused(`<a>&${bad};</a>`, "a reference to no character");
  }
  refused("<a>&lt</a>", "a reference without an end");
  refused("<a>a & b</a>", "a reference without an end");
  refused("<a>&#00000000000000065;</a>", "a reference without an end");
});

test("a declaration, a byte order mark, comments and white space may surround the root", () => {
  equal(
    of(
      "\uFEFF<?xml version=\"1.0\" encoding='utf-8' standalone='yes' ?>\n<!-- x --> <?p q?><a/> " +
        "<!-- y -->\n",
    ),
    "<a >5 .",
  );
  equal(of("<?xml version='1.0' encoding='US-ASCII'?><a/>"), "<a >5 .");
  equal(of("<?xmlish?><a/>"), "<a >5 .");
});

test("what is not a document in UTF-8 is refused", () => {
  refused("<?xml version='1.0' encoding='ISO-8859-1'?><a/>", "an encoding other than UTF-8");
  refused("<?xml version='2.0'?><a/>", "not XML 1");
  refused("<?xml version='1.0'><a/>", "a declaration without an end");
  refused(" <?xml version='1.0'?><a/>", "a declaration that is not first");
  refused("", "no root element");
  refused(" <!-- x --> ", "no root element");
  refused("x<a/>", "text outside the root element");
  refused("<a/>x", "text outside the root element");
  refused("<a/><a/>", "more than one root element");
  const bytes = utf8("<a>..</a>");
  bytes[3] = 0xc3;
  equal(tokens(bytes), "!not UTF-8");
  bytes[3] = 0;
  equal(tokens(bytes), "!not UTF-8");
});

test("a document type is skipped: its DTD, comments, instructions (XML 1.0 §2.8)", () => {
  for (const type of [
    "<!DOCTYPE a>",
    "<!DOCTYPE a >",
    "<!DOCTYPE\n\ta\n>",
    "<!DOCTYPE s:a SYSTEM 'http://h/a.dtd'>",
    '<!DOCTYPE a SYSTEM "">',
    '<!DOCTYPE a PUBLIC "-//OMA//DTD a//EN" "http://h/a.dtd">',
    '<!DOCTYPE a PUBLIC\n"-//OMA//DTD a//EN"\n\t\'http://h/[a>"].dtd\'\n>',
    "<!DOCTYPE a []>",
    "<!DOCTYPE a[ \r\n]\n>",
    "<!DOCTYPE a SYSTEM 'b' [<!-- <!ENTITY b ']>'> --> <?p ]> ?>\n]>",
  ]) {
    equal(of(`<?xml version="1.0"?>${type}<a/>`), "<a >5 .", type);
    equal(of(`\uFEFF<!-- x -->${type} <!-- y --><?p q?>\n<a/>`), "<a >5 .", type);
  }
});

test("a document type that declares anything, or is broken, is refused (XML 1.0 §2.8)", () => {
  const declares = "a document type with declarations is refused";
  for (const subset of [
    "<!ENTITY b 'c'>",
    "<!ENTITY % b SYSTEM 'c'>",
    "<!ELEMENT a ANY>",
    "<!ATTLIST a b CDATA 'c'>",
    "<!NOTATION b SYSTEM 'c'>",
    "<![INCLUDE[]]>",
    "<!-- --> <!ENTITY b 'c'>",
    "%b;",
    "text",
  ])
    refused(`<!DOCTYPE a [${subset}]><a>&b;</a>`, declares);
  refused("<!DOCTYPE a [", declares);
  refused("<!DOCTYPE a [<!-- -- -->]><a/>", "-- in a comment");
  refused("<!DOCTYPE a [<?xml version='1.0'?>]><a/>", "a declaration that is not first");
  refused("<!DOCTYPE><a/>", "a document type without a name");
  refused("<!DOCTYPEa><a/>", "a document type without a name");
  refused("<!DOCTYPE 'a'><a/>", "a document type without a name");
  const quotes = "a document type without its identifier in quotes";
  refused("<!DOCTYPE a SYSTEM><a/>", quotes);
  refused("<!DOCTYPE a SYSTEM b><a/>", quotes);
  refused("<!DOCTYPE a SYSTEM'b'><a/>", quotes);
  refused("<!DOCTYPE a PUBLIC 'b'><a/>", quotes);
  refused("<!DOCTYPE a PUBLIC 'b''c'><a/>", quotes);
  refused("<!DOCTYPE a SYSTEM 'b><a/>", "a document type with an identifier that does not end");
  const open = "a document type that does not end with >";
  refused("<!DOCTYPE a", open);
  refused("<!DOCTYPE a b><a/>", open);
  refused("<!DOCTYPE aSYSTEM 'b'><a/>", open);
  refused("<!DOCTYPE a system 'b'><a/>", open);
  refused("<!DOCTYPE a [] []><a/>", open);
  refused("<!DOCTYPE a><!DOCTYPE a><a/>", "not a name");
  refused("<!doctype a><a/>", "not a name");
  refused("<!ENTITY b 'c'><a/>", "not a name");
  refused("<a/><!DOCTYPE a>", "more than one root element");
  refused("<a><!DOCTYPE a></a>", "neither comment nor CDATA");
  refused("<!DOCTYPE a>", "no root element");
  refused("<!DOCTYPE a SYSTEM 'b'><a>&b;</a>", "a reference to no character");
});

test("tags that do not match or do not end are refused", () => {
  refused("<a></b>", "an end tag that does not match");
  refused("<a></ a>", "an end tag that does not match");
  refused("<a></a b='c'>", "an end tag that does not match");
  refused("<s:a></a>", "an end tag that does not match");
  refused("<a></A>", "an end tag that does not match");
  refused("<a><b></a></b>", "an end tag that does not match");
  equal(of("<a ></a \n>"), "<a >5 .");
  refused("</a>", "not a name");
  refused("< a/>", "not a name");
  refused("<1/>", "not a name");
  refused("<>", "not a name");
  refused("<a", "a tag without an end");
  refused("<a>", "the document ends inside an element");
  refused("<a/ >", "a tag that does not end with >");
  refused("<a =''/>", "a tag that does not end with >");
});

test("attributes without quotes, value, space or end are refused", () => {
  refused("<a b=c/>", "an attribute without quotes");
  refused("<a b/>", "an attribute without =");
  refused("<a b='c'd='e'/>", "no space before an attribute");
  refused("<a b='c/>", "an attribute without an end");
  refused("<a b='<'/>", "< in an attribute");
});

test("broken comments, CDATA and processing instructions are refused", () => {
  refused("<a><!-- x --!></a>", "-- in a comment");
  refused("<a><!-- x -></a>", "a comment without an end");
  refused("<a><![CDATA[x]]</a>", "CDATA without an end");
  refused("<a><![cdata[x]]></a>", "neither comment nor CDATA");
  refused("<a><![CDAT\u00c9[></a>", "neither comment nor CDATA");
  refused("<a><!é></a>", "neither comment nor CDATA");
  refused("é<a/>", "text outside the root element");
  refused("<?xml\u00e9 x?>", "no root element");
  refused("<a><!ELEMENT b></a>", "neither comment nor CDATA");
  refused("<a><?x></a>", "a processing instruction without an end");
  refused("<a><? x?></a>", "a processing instruction without a name");
  refused("<a>x<?XML x?></a>", "a declaration that is not first");
  refused("<a>]]></a>", "]]> in text");
  equal(of("<a>]] ]></a>"), "<a ']] ]> >5 .");
});

test("elements nest, and have names, to the limit and not past it", () => {
  const open = "<b>";
  const close = "</b>";
  const nested = (depth: number): string => open.repeat(depth) + close.repeat(depth);
  ok(of(nested(ELEMENT_DEPTH_MAX)).endsWith("."));
  refused(nested(ELEMENT_DEPTH_MAX + 1), "too many open elements");
  ok(of(`<${"n".repeat(ELEMENT_NAME_BYTES_MAX)}/>`).endsWith("."));
  refused(`<${"n".repeat(ELEMENT_NAME_BYTES_MAX + 1)}/>`, "a name that is too long");
  ok(of(`<a ${"n".repeat(ELEMENT_NAME_BYTES_MAX)}="v"/>`).endsWith("."));
  refused(
    `<a ${"n".repeat(ELEMENT_NAME_BYTES_MAX + 1)}="v"/>`,
    "the name of an attribute is too long",
  );
});

test("every truncation of a document is refused", () => {
  const xml =
    "<?xml version='1.0'?><a x=\"y\"><!-- c --><b>1&amp;2\r\n</b><![CDATA[]]]]><n:Data/><?p q?>" +
    "</a>";
  ok(of(xml).endsWith("."));
  for (let length = 0; length < xml.length; length++)
    ok(tokens(utf8(xml).slice(0, length)).includes("!"), `${length} bytes`);
});

const LEAVES: readonly (readonly [xml: string, leaves: number])[] = [
  ["<a>one</a>", 1],
  ["<a> <b>1</b> <Data> two </Data><b></b><b/></a>", 3],
  ["<a><Type xmlns='urn:x'>t</Type><n:b>é€</n:b><unknown>]]</unknown></a>", 2],
  ["<a><b>1]2</b><b>3&amp;4</b><b>5\r\n6</b><b>7</b><b>&#56;</b></a>", 1],
  ["<a><b>1</b ><b>2<!-- c --></b><b><![CDATA[3]]></b><b>4<Data/></b><b>5<?p q?></b></a>", 0],
  ["<a><b>1</c></a>", 0],
  ["<a><b>1</bb></a>", 0],
  ["<a><b>1]]></b></a>", 0],
  ["<a><b>1</b><b>&no;</b></a>", 1],
];

test("a leaf is what text and end are one by one, or nothing has happened", () => {
  for (const [xml, leaves] of LEAVES) {
    const whole = utf8(xml);
    for (let length = 0; length <= whole.length; length++) {
      const [one, other] = [whole.slice(0, length), whole.slice(0, length)];
      const plain = traceOf(new XmlReader(one, length, VOCABULARY), false);
      const quick = traceOf(new XmlReader(other, length, VOCABULARY), true);
      equal(quick.text, plain.text, `${length} bytes of ${xml}`);
      if (length === whole.length) equal(quick.leaves, leaves, xml);
    }
  }
});

test("text across the windows of the UTF-8 check is read whole", () => {
  for (let shift = 0; shift < 5; shift++) {
    const long = `${"x".repeat(1017 + shift)}\u{1F600}€é${"y".repeat(1500)}`;
    equal(of(`<a>${long}</a>`), `<a '${long} >5 .`);
  }
});

test("only the given length of the buffer is read", () => {
  const bytes = utf8("<a/><junk");
  const reader = new XmlReader(bytes, 4, VOCABULARY);
  equal(reader.next(), Token.open);
  equal(reader.next(), Token.close);
  equal(reader.next(), Token.end);
});
