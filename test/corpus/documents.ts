/** Rows of the corpus: documents that a device reads. */
import { GET, message, type Row } from "./row.ts";

/** A document, and what a device reads in it. */
function document(what: string, section: string, text: string, outcome = "Get"): Row {
  return { kind: "document", what, section, text, outcome };
}

const GOOD = message(`${GET}<Final/>`);
const DECLARED = "a document type with declarations is refused";
const XML: readonly Row[] = [
  document("a system identifier", "X §2.8", `<!DOCTYPE SyncML SYSTEM "a.dtd">${GOOD}`),
  document("a document type with its name alone", "X §2.8", `<!DOCTYPE SyncML>${GOOD}`),
  document(
    "identifiers in single quotes",
    "X §2.8",
    `<!DOCTYPE SyncML PUBLIC '-//A//B' 'c'>${GOOD}`,
  ),
  document("a > in an identifier", "X §2.8", `<!DOCTYPE SyncML SYSTEM "a>b">${GOOD}`),
  document("a ] in an identifier", "X §2.8", `<!DOCTYPE SyncML SYSTEM "a]b" []>${GOOD}`),
  document("an empty internal subset", "X §2.8", `<!DOCTYPE SyncML [ ]>${GOOD}`),
  document("a comment in the subset", "X §2.8", `<!DOCTYPE SyncML [<!-- ]> -->]>${GOOD}`),
  document("a PI in the subset", "X §2.8", `<!DOCTYPE SyncML [<?a ]>?>]>${GOOD}`),
  document(
    "white space and lines in it",
    "X §2.8",
    `<!DOCTYPE\n SyncML\n PUBLIC "a"\n\t"b"\n[\n]\n>\n${GOOD}`,
  ),
  document("an entity", "X §4.2", `<!DOCTYPE SyncML [<!ENTITY a "b">]>${GOOD}`, DECLARED),
  document(
    "an external entity",
    "X §4.2.2",
    `<!DOCTYPE SyncML [<!ENTITY a SYSTEM "b">]>${GOOD}`,
    DECLARED,
  ),
  document(
    "a parameter entity",
    "X §4.2",
    `<!DOCTYPE SyncML [<!ENTITY % a "b">]>${GOOD}`,
    DECLARED,
  ),
  document("a reference to one", "X §2.8", `<!DOCTYPE SyncML [%a;]>${GOOD}`, DECLARED),
  document(
    "an element declaration",
    "X §3.2",
    `<!DOCTYPE SyncML [<!ELEMENT a ANY>]>${GOOD}`,
    DECLARED,
  ),
  document(
    "an attribute list",
    "X §3.3",
    `<!DOCTYPE SyncML [<!ATTLIST a b CDATA "c">]>${GOOD}`,
    DECLARED,
  ),
  document("a notation", "X §4.7", `<!DOCTYPE SyncML [<!NOTATION a SYSTEM "b">]>${GOOD}`, DECLARED),
  document("a byte order mark", "X §4.3.3", `\ufeff${GOOD}`),
  document(
    "a declaration in single quotes",
    "X §2.8",
    `<?xml version='1.0' encoding='UTF-8'?>${GOOD}`,
  ),
  document("utf-8 in small letters", "X §4.3.3", `<?xml version="1.0" encoding="utf-8"?>${GOOD}`),
  document("US-ASCII", "X §4.3.3", `<?xml version="1.0" encoding="US-ASCII"?>${GOOD}`),
  document(
    "another encoding",
    "X §4.3.3",
    `<?xml version="1.0" encoding="ISO-8859-1"?>${GOOD}`,
    "an encoding other than UTF-8",
  ),
  document("comments and PIs around it", "X §2.8", `<!-- a --><?b c?>${GOOD}<!-- d -->\n<?e?>\n`),
  document("a reference to a character", "X §4.1", GOOD.replace("FwV", "Fw&#86;")),
  document("one in hexadecimal digits", "X §4.1", GOOD.replace("FwV", "Fw&#x56;")),
  document("CDATA", "X §2.7", GOOD.replace("./DevDetail/FwV", "<![CDATA[./DevDetail/FwV]]>")),
  document(
    "elements that no DTD has",
    "R §5",
    GOOD.replace("<Final/>", "<Vendor a='1'><x/>y</Vendor><Final/>"),
  ),
  document(
    "a prefix",
    "Namespaces in XML §3",
    GOOD.split("<").join("<s:").split("<s:/").join("</s:").replace("xmlns", "xmlns:s"),
  ),
  document(
    "two SyncBody",
    "R §5",
    GOOD.replace("</SyncML>", "<SyncBody/></SyncML>"),
    "more than one SyncBody",
  ),
  document(
    "SyncBody before SyncHdr",
    "R §5",
    `<SyncML><SyncBody/></SyncML>`,
    "SyncBody without SyncHdr before it",
  ),
  document("two documents", "X §2.1", GOOD + GOOD, "more than one root element"),
  document("a page of HTML", "R §5", "<html><body>503</body></html>", "not a SyncML document"),
  document("a NUL behind it, as C ends a string", "X §2.1", `${GOOD}\0`),
  document("two of them", "X §2.1", `${GOOD}\0\0`, "not UTF-8"),
  document("nothing", "X §2.1", "", "no root element"),
];

/** SyncHdr of 1.2, session 1, message 1, and an empty SyncBody with Final. */
const WBXML_BODY =
  "6d 6c 71 03312e3200 01 72 03444d2f312e3200 01 65 033100 01 5b 033100 01 6e 57 036400 01 01 " +
  "67 57 037300 01 01 01 6b 12 01 01";
function wbxml(what: string, header: string, outcome = "nothing", body = WBXML_BODY): Row {
  return { kind: "document", what, section: "W §5", hex: `${header} ${body}`, outcome };
}

const NAME_1_2 = "2d2f2f53594e434d4c2f2f4454442053796e634d4c20312e322f2f454e";
const WBXML: readonly Row[] = [
  wbxml("version 1.1", "01 a401 6a 00"),
  wbxml("version 1.3", "03 a401 6a 00"),
  wbxml("an unknown public identifier", "02 01 6a 00"),
  wbxml("that of SyncML 1.1", "02 9f53 6a 00"),
  wbxml("that of SyncML 1.2, as libwbxml writes it", "02 a401 6a 00"),
  wbxml("one in the string table", `02 00 00 6a 1e ${NAME_1_2}00`),
  wbxml("one there without its end", `02 00 00 6a 1d ${NAME_1_2}`),
  wbxml("no character set", "02 a401 00 00"),
  wbxml("US-ASCII", "02 a401 03 00"),
  wbxml("ISO 8859-1", "02 a401 04 00", "a character set other than UTF-8"),
  wbxml("that of WML", "02 04 6a 00", "a document of another kind"),
  wbxml(
    "a string table that is too long",
    "02 a401 6a ff7f",
    "a string table past the end of the document",
  ),
  wbxml(
    "two documents",
    "02 a401 6a 00",
    "more than one root element",
    `${WBXML_BODY} ${WBXML_BODY}`,
  ),
  wbxml("a switch to the page that it is on", "02 a401 6a 00", "nothing", `0000 ${WBXML_BODY}`),
];

function descriptor(
  what: string,
  section: string,
  inside: string,
  outcome: string,
  before = "",
): Row {
  const text =
    `${before}<media xmlns="http://www.openmobilealliance.org/xmlns/dd">` + `${inside}</media>`;
  return { kind: "descriptor", what, section, text, outcome };
}

const MEDIA =
  "<type>application/octet-stream</type><size>1234</size><objectURI>http://h/p</objectURI>";
const DESCRIPTORS: readonly Row[] = [
  descriptor("no more than it needs", "D descriptor", MEDIA, "http://h/p 1234"),
  descriptor(
    "a size with leading zeros",
    "D descriptor",
    MEDIA.replace("1234", "0001234"),
    "http://h/p 1234",
  ),
  descriptor(
    "white space in its elements",
    "D descriptor",
    MEDIA.split("><").join(">\n <").replace("1234", "\n1234 "),
    "http://h/p 1234",
  ),
  descriptor(
    "white space around objectURI",
    "D descriptor",
    MEDIA.replace("http://h/p", "\n  http://h/p\n"),
    "http://h/p 1234",
  ),
  descriptor(
    "a relative objectURI",
    "D descriptor",
    MEDIA.replace("http://h/p", "p?a=1&amp;b=2"),
    "http://dd.example/x/p?a=1&b=2 1234",
  ),
  descriptor(
    "CDATA",
    "X §2.7",
    MEDIA.replace("http://h/p", "<![CDATA[http://h/p]]>"),
    "http://h/p 1234",
  ),
  descriptor(
    "a system identifier",
    "X §2.8",
    MEDIA,
    "http://h/p 1234",
    '<!DOCTYPE media SYSTEM "dd.dtd">',
  ),
  descriptor("an entity", "X §4.2", MEDIA, "badDescriptor", '<!DOCTYPE media [<!ENTITY a "b">]>'),
  descriptor("no size", "D descriptor", MEDIA.replace("<size>1234</size>", ""), "badDescriptor"),
  descriptor("two sizes", "D descriptor", `${MEDIA}<size>1</size>`, "badDescriptor"),
  descriptor(
    "a size that is a word",
    "D descriptor",
    MEDIA.replace("1234", "1.2e3"),
    "badDescriptor",
  ),
  descriptor(
    "DDVersion 2.0",
    "D descriptor",
    `${MEDIA}<DDVersion>2.0</DDVersion>`,
    "descriptorVersion",
  ),
  descriptor(
    "DDVersion 1.1",
    "D descriptor",
    `${MEDIA}<DDVersion>1.1</DDVersion>`,
    "http://h/p 1234",
  ),
  descriptor("elements of others", "D descriptor", `${MEDIA}<drm><x/></drm>`, "http://h/p 1234"),
];

export const DOCUMENTS: readonly Row[] = [...XML, ...WBXML, ...DESCRIPTORS];
