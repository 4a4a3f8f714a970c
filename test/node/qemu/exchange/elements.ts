/**
 * What hostile messages are made of: a child of SyncBody, or several, of each kind that makes a
 * device keep something. Written by the writers of either encoding.
 */
import type { TokenWriter } from "../../../../src/base/token.ts";
import { utf8 } from "../../../../src/base/utf8.ts";
import { DdfTag } from "../../../../src/syncml/ddftag.ts";
import { Tag } from "../../../../src/syncml/vocabulary.ts";

export type Write = (writer: TokenWriter) => void;

/** How long the texts are, of which the kinds have one or more. */
export interface Lengths {
  readonly text: number;
  readonly many: number;
}

const TNDS = "application/vnd.syncml.dmtnds+xml";
const PACKAGE = "./FwUpdate/Main";

function element(writer: TokenWriter, tag: number, inside: () => void): void {
  writer.open(tag);
  inside();
  writer.close();
}

function command(writer: TokenWriter, tag: number, inside: () => void): void {
  element(writer, tag, () => {
    writer.leaf(Tag.CmdID, "7");
    inside();
  });
}

interface ItemParts {
  readonly target?: string;
  readonly source?: string;
  readonly format?: string;
  readonly type?: string;
  readonly size?: number;
  readonly data?: string;
  readonly more?: boolean;
}

function item(writer: TokenWriter, parts: ItemParts): void {
  const { target, source, format, type, size, data, more } = parts;
  element(writer, Tag.Item, () => {
    for (const [tag, uri] of [
      [Tag.Target, target],
      [Tag.Source, source],
    ] as const)
      if (uri !== undefined)
        element(writer, tag, () => {
          writer.leaf(Tag.LocURI, uri);
        });
    if (format !== undefined || size !== undefined)
      element(writer, Tag.Meta, () => {
        if (format !== undefined) writer.leaf(Tag.Format, format);
        if (type !== undefined) writer.leaf(Tag.Type, type);
        if (size !== undefined) writer.leaf(Tag.Size, String(size));
      });
    if (data !== undefined)
      element(writer, Tag.Data, () => {
        writer.utf8(utf8(data));
      });
    if (more === true) writer.leaf(Tag.MoreData, "");
  });
}

function one(tag: number, parts: ItemParts): Write {
  return (writer) => {
    command(writer, tag, () => {
      item(writer, parts);
    });
  };
}

function status(writer: TokenWriter, cmd: string, ref: string, inside: () => void): void {
  element(writer, Tag.Status, () => {
    writer.leaf(Tag.CmdID, "7");
    writer.leaf(Tag.MsgRef, ref);
    writer.leaf(Tag.CmdRef, cmd === "SyncHdr" ? "0" : ref);
    writer.leaf(Tag.Cmd, cmd);
    inside();
  });
}

function tree(writer: TokenWriter, nodes: () => void): void {
  command(writer, Tag.Add, () => {
    element(writer, Tag.Item, () => {
      element(writer, Tag.Target, () => {
        writer.leaf(Tag.LocURI, `${PACKAGE}x`);
      });
      element(writer, Tag.Data, () => {
        element(writer, DdfTag.MgmtTree, () => {
          writer.leaf(DdfTag.VerDTD, "1.2");
          nodes();
        });
      });
    });
  });
}

function node(writer: TokenWriter, name: string, inside: () => void): void {
  element(writer, DdfTag.Node, () => {
    writer.leaf(DdfTag.NodeName, name);
    inside();
  });
}

/** Kinds by name; `lengths` are those of texts in them, and how often what repeats inside does. */
export const KINDS: { readonly [kind: string]: (lengths: Lengths) => Write } = {
  gets: () => one(Tag.Get, { target: "./DevInfo/DevId" }),
  missing: ({ text }) => one(Tag.Get, { target: "u".repeat(Math.min(text, 250)) }),
  lists: () => (writer) => {
    for (const list of [".?list=Struct", "./DMAcc?list=StructData", "./DevDetail?list=TNDS"])
      one(Tag.Get, { target: list })(writer);
  },
  replaces: () =>
    one(Tag.Replace, {
      target: `${PACKAGE}/PkgName`,
      format: "chr",
      type: "text/plain",
      data: "name",
    }),
  values: ({ text }) =>
    one(Tag.Replace, { target: `${PACKAGE}/PkgName`, data: "v".repeat(2 * text) }),
  lists_of_servers: ({ text }) =>
    one(Tag.Replace, {
      target: `${PACKAGE}?prop=ACL`,
      data: `Get=${"a+b+c+d+e+".repeat(text / 20)}s`,
    }),
  objects:
    ({ many }) =>
    (writer) => {
      for (let index = 0; index < many / 10; index++)
        one(Tag.Add, { target: `./FwUpdate/${"o".repeat(40)}${index}`, format: "node" })(writer);
    },
  items:
    ({ many }) =>
    (writer) => {
      command(writer, Tag.Add, () => {
        for (let index = 0; index < many; index++)
          item(writer, { target: "a", source: "b", format: "c", type: "d", data: "e" });
      });
    },
  references:
    ({ many }) =>
    (writer) => {
      status(writer, "Get", "1", () => {
        for (let index = 0; index < many; index++) writer.leaf(Tag.TargetRef, "");
        writer.leaf(Tag.SourceRef, "s");
        writer.leaf(Tag.Data, "200");
      });
    },
  statuses: () => (writer) => {
    status(writer, "c".repeat(64), "9".repeat(64), () => {
      writer.leaf(Tag.Data, "200");
    });
  },
  long_uris: ({ text }) => one(Tag.Add, { target: "u".repeat(text), source: "v".repeat(text) }),
  long_meta: ({ text }) =>
    one(Tag.Replace, { target: "t", format: "f".repeat(text), type: "y".repeat(text), data: "" }),
  nodes:
    ({ many }) =>
    (writer) => {
      tree(writer, () => {
        for (let index = 0; index < many; index++)
          node(writer, `n${index}`, () => {
            writer.leaf(DdfTag.Value, "v");
          });
      });
    },
  nodes_below_long_names:
    ({ many, text }) =>
    (writer) => {
      tree(writer, () => {
        node(writer, "l".repeat(text), () => {
          for (let index = 0; index < many; index++) node(writer, "b", () => undefined);
        });
      });
    },
  no_commands: () => (writer) => {
    // Put, Search, Sync.
    for (const tag of [0x1f, 0x23, 0x2a]) command(writer, tag, () => undefined);
  },
  containers:
    ({ many }) =>
    (writer) => {
      for (const tag of [Tag.Sequence, Tag.Atomic])
        command(writer, tag, () => {
          for (let index = 0; index < many / 4; index++) {
            one(Tag.Replace, { target: `${PACKAGE}/PkgName`, data: `${index}` })(writer);
            one(Tag.Get, { target: "./DevInfo/Man" })(writer);
          }
        });
    },
  questions:
    ({ text }) =>
    (writer) => {
      for (const code of ["1100", "1103", "1225"])
        command(writer, Tag.Alert, () => {
          writer.leaf(Tag.Data, code);
          item(writer, { data: "MINDT=1&".repeat(8) });
          item(writer, { data: "q".repeat(text) });
          item(writer, { data: "c".repeat(text / 4) });
        });
    },
  executions:
    ({ text }) =>
    (writer) => {
      one(Tag.Replace, {
        target: `${PACKAGE}/Download/PkgURL`,
        data: `http://127.0.0.1/${"p".repeat(Math.min(text, 900))}`,
      })(writer);
      command(writer, Tag.Exec, () => {
        writer.leaf(Tag.Correlator, "c".repeat(Math.min(text, 255)));
        item(writer, { target: `${PACKAGE}/Download` });
      });
    },
  large_objects:
    ({ text }) =>
    (writer) => {
      const part = { data: "d".repeat(text), more: true };
      one(Tag.Replace, { target: `${PACKAGE}/PkgName`, size: 4000, ...part })(writer);
      one(Tag.Add, {
        target: `${PACKAGE}y`,
        format: "xml",
        type: TNDS,
        size: 16000,
        ...part,
      })(writer);
      one(Tag.Replace, { target: `${PACKAGE}/Update/PkgData`, size: 9000, ...part })(writer);
    },
  removals: () => (writer) => {
    one(Tag.Delete, { target: `${PACKAGE}x` })(writer);
    one(Tag.Copy, { target: `${PACKAGE}/PkgName`, source: `${PACKAGE}/PkgVersion` })(writer);
  },
  challenges:
    ({ text }) =>
    (writer) => {
      status(writer, "SyncHdr", "1", () => {
        element(writer, Tag.Chal, () => {
          element(writer, Tag.Meta, () => {
            writer.leaf(Tag.Type, "syncml:auth-md5");
            writer.leaf(Tag.Format, "b64");
            writer.leaf(Tag.NextNonce, "A".repeat(text & ~3));
          });
        });
        writer.leaf(Tag.Data, "407");
      });
    },
};

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

/** What SyncHdr holds besides what it must. */
export interface HeaderParts {
  /** Bytes of texts that it need not have. */
  readonly text: number;
  readonly maxMsgSize: number;
  readonly maxObjSize: number;
}

export function openMessage(
  writer: TokenWriter,
  sessionID: string,
  messageID: number,
  device: string,
  parts: HeaderParts,
): void {
  writer.open(Tag.SyncML);
  element(writer, Tag.SyncHdr, () => {
    writer.leaf(Tag.VerDTD, "1.2");
    writer.leaf(Tag.VerProto, "DM/1.2");
    writer.leaf(Tag.SessionID, sessionID);
    writer.leaf(Tag.MsgID, String(messageID));
    for (const [tag, uri] of [
      [Tag.Target, device],
      [Tag.Source, "http://127.0.0.1/dm"],
    ] as const)
      element(writer, tag, () => {
        writer.leaf(Tag.LocURI, uri);
        if (parts.text > 0) writer.leaf(Tag.LocName, "n".repeat(parts.text));
      });
    if (parts.text > 0) {
      writer.leaf(Tag.RespURI, `http://127.0.0.1/${"r".repeat(parts.text)}`);
      element(writer, Tag.Cred, () => {
        element(writer, Tag.Meta, () => {
          writer.leaf(Tag.Type, "syncml:auth-md5");
        });
        writer.leaf(Tag.Data, "A".repeat(parts.text));
      });
    }
    if (parts.maxMsgSize > 0 || parts.maxObjSize > 0)
      element(writer, Tag.Meta, () => {
        if (parts.maxMsgSize > 0) writer.leaf(Tag.MaxMsgSize, String(parts.maxMsgSize));
        if (parts.maxObjSize > 0) writer.leaf(Tag.MaxObjSize, String(parts.maxObjSize));
      });
  });
  writer.open(Tag.SyncBody);
}

/** Ends a message whose SyncBody is open. */
export function closeMessage(writer: TokenWriter): void {
  writer.leaf(Tag.Final, "");
  writer.close();
  writer.close();
}
