/**
 * Tokens to one whole message (OMA-SyncML-RepPro §5). A message is all there or Malformed: nothing
 * of a message that is not well-formed is ever executed. Decided where the standard's own examples
 * disagree with it: Status and Results may lack a CmdID, and the Status of a SyncHdr its CmdRef;
 * any other command without CmdID is malformed, for it cannot be answered. A number that is none is
 * a fault of its command alone.
 */
import { type Budget, Cost } from "../base/budget.ts";
import { frozen } from "../base/frozen.ts";
import { Token, type TokenReader } from "../base/token.ts";
import type {
  AlertCommand,
  Chal,
  Command,
  ContainerCommand,
  Cred,
  Header,
  Item,
  Malformed,
  Message,
  Meta,
  ObjectCommand,
  ResultsCommand,
  StatusCommand,
  Mutable,
} from "./command.ts";
import { ElementReader } from "./elements.ts";
import { Status } from "./status.ts";
import { CLOSED, Tag } from "./vocabulary.ts";

/**
 * Reads the whole document. The message's data are views of `reader.bytes`; all that is made of it
 * is charged to `budget`.
 */
export function decodeMessage(reader: TokenReader, budget: Budget): Message | Malformed {
  const elements = new ElementReader(reader, budget);
  if (reader.next() !== Token.open) elements.fail(reader.problem);
  else if (reader.tag !== Tag.SyncML) elements.fail("not a SyncML document");
  let header: Header | undefined;
  let body: Body | undefined;
  for (let tag = elements.child(); tag !== CLOSED; tag = elements.child()) {
    if (tag === Tag.SyncHdr) {
      if (header !== undefined) elements.fail("more than one SyncHdr");
      else header = decodeHeader(elements);
      if (elements.badNumber) elements.fail("MaxMsgSize or MaxObjSize is no number");
    } else if (tag === Tag.SyncBody) {
      if (header === undefined) elements.fail("SyncBody without SyncHdr before it");
      else if (body !== undefined) elements.fail("more than one SyncBody");
      else body = decodeBody(elements);
    } else elements.skip();
  }
  if (elements.problem === "" && reader.next() !== Token.end) elements.fail(reader.problem);
  if (header === undefined) elements.fail("no SyncHdr");
  if (body === undefined) elements.fail("no SyncBody");
  if (header !== undefined && body !== undefined && elements.problem === "")
    return { header, ...body };
  const malformed: Mutable<Malformed> = { problem: elements.problem, offset: elements.offset };
  if (header !== undefined) malformed.header = header;
  if (elements.tooLarge) malformed.tooLarge = true;
  return malformed;
}

/** What a command's children say, whatever the command. */
interface Draft {
  cmdID: string;
  msgRef?: string;
  cmdRef?: string;
  cmd?: string;
  data?: string;
  meta?: Meta;
  correlator?: string;
  cred?: Cred;
  chal?: Chal;
  targetRefs: string[] | undefined;
  sourceRefs: string[] | undefined;
  items: Item[] | undefined;
  /** A number in its Meta, or that of an item, was none. */
  badNumber: boolean;
}

/** Most lists are empty, and share this. */
const EMPTY: readonly never[] = frozen([]);

interface Body {
  readonly commands: readonly Command[];
  readonly final: boolean;
}

interface OpenContainer {
  readonly name: "Atomic" | "Sequence";
  cmdID: string;
  meta?: Meta;
  readonly commands: Command[];
}

function decodeHeader(elements: ElementReader): Header | undefined {
  const header: Mutable<Header> = {
    verDTD: "",
    verProto: "",
    sessionID: "",
    msgID: "",
    target: "",
    source: "",
  };
  for (let tag = elements.child(); tag !== CLOSED; tag = elements.child()) {
    switch (tag) {
      case Tag.VerDTD:
        header.verDTD = elements.identifier();
        break;
      case Tag.VerProto:
        header.verProto = elements.identifier();
        break;
      case Tag.SessionID:
        header.sessionID = elements.identifier();
        break;
      case Tag.MsgID:
        header.msgID = elements.identifier();
        break;
      case Tag.Target: {
        const location = elements.location();
        header.target = location.uri ?? "";
        if (location.name !== undefined) header.targetName = location.name;
        break;
      }
      case Tag.Source: {
        const location = elements.location();
        header.source = location.uri ?? "";
        if (location.name !== undefined) header.sourceName = location.name;
        break;
      }
      case Tag.RespURI:
        header.respURI = elements.string();
        break;
      case Tag.Cred:
        header.cred = elements.cred();
        break;
      case Tag.Meta: {
        const meta = elements.meta();
        if (meta.maxMsgSize !== undefined) header.maxMsgSize = meta.maxMsgSize;
        if (meta.maxObjSize !== undefined) header.maxObjSize = meta.maxObjSize;
        break;
      }
      default:
        elements.skip();
    }
  }
  const missing =
    header.verDTD === ""
      ? "VerDTD"
      : header.verProto === ""
        ? "VerProto"
        : header.sessionID === ""
          ? "SessionID"
          : header.msgID === ""
            ? "MsgID"
            : header.target === ""
              ? "Target"
              : header.source === ""
                ? "Source"
                : "";
  if (missing !== "") elements.fail(`SyncHdr without ${missing}`);
  return elements.problem === "" ? header : undefined;
}

/** The commands, with Atomic and Sequence on a stack of their own. */
function decodeBody(elements: ElementReader): Body {
  const commands: Command[] = [];
  const open: OpenContainer[] = [];
  let final = false;
  while (elements.problem === "") {
    const tag = elements.child();
    const container = open[open.length - 1];
    const list = container === undefined ? commands : container.commands;
    if (tag === CLOSED) {
      if (container === undefined) break;
      open.pop();
      (open[open.length - 1]?.commands ?? commands).push(closeContainer(elements, container));
    } else if (container !== undefined && tag === Tag.CmdID)
      container.cmdID = elements.identifier();
    else if (container !== undefined && tag === Tag.Meta) container.meta = elements.meta();
    else if (container === undefined && tag === Tag.Final) {
      final = true;
      elements.skip();
    } else {
      elements.charge(Cost.command);
      if (tag === Tag.Atomic) open.push({ name: "Atomic", cmdID: "", commands: [] });
      else if (tag === Tag.Sequence) open.push({ name: "Sequence", cmdID: "", commands: [] });
      else {
        const command = decodeCommand(elements, tag);
        if (command !== undefined) list.push(command);
      }
    }
  }
  return { commands, final };
}

function closeContainer(elements: ElementReader, open: OpenContainer): ContainerCommand {
  requireText(elements, open.cmdID, open.name, "CmdID");
  const command: Mutable<ContainerCommand> = {
    name: open.name,
    cmdID: open.cmdID,
    commands: open.commands,
  };
  if (open.meta !== undefined) command.meta = open.meta;
  return command;
}

/**
 * The command in the open element; undefined for an element that is none: unknown, and without
 * CmdID.
 */
function decodeCommand(elements: ElementReader, tag: number): Command | undefined {
  switch (tag) {
    case Tag.Status:
      return status(elements, decodeDraft(elements));
    case Tag.Replace:
      return objectCommand(elements, "Replace", decodeDraft(elements));
    case Tag.Get:
      return objectCommand(elements, "Get", decodeDraft(elements));
    case Tag.Add:
      return objectCommand(elements, "Add", decodeDraft(elements));
    case Tag.Exec:
      return objectCommand(elements, "Exec", decodeDraft(elements));
    case Tag.Alert:
      return alert(elements, decodeDraft(elements));
    case Tag.Delete:
      return objectCommand(elements, "Delete", decodeDraft(elements));
    case Tag.Copy:
      return objectCommand(elements, "Copy", decodeDraft(elements));
    case Tag.Results:
      return results(elements, decodeDraft(elements));
    default: {
      const element = elements.name();
      const draft = decodeDraft(elements);
      return draft.cmdID === "" ? undefined : { name: "Unknown", cmdID: draft.cmdID, element };
    }
  }
}

function decodeDraft(elements: ElementReader): Draft {
  const draft: Draft = {
    cmdID: "",
    targetRefs: undefined,
    sourceRefs: undefined,
    items: undefined,
    badNumber: false,
  };
  elements.badNumber = false;
  for (let tag = elements.child(); tag !== CLOSED; tag = elements.child()) {
    switch (tag) {
      case Tag.CmdID:
        draft.cmdID = elements.identifier();
        break;
      case Tag.Item:
        (draft.items ??= []).push(elements.item());
        break;
      case Tag.Data:
        draft.data = elements.identifier();
        break;
      case Tag.MsgRef:
        draft.msgRef = elements.identifier();
        break;
      case Tag.CmdRef:
        draft.cmdRef = elements.identifier();
        break;
      case Tag.Cmd:
        draft.cmd = elements.identifier();
        break;
      case Tag.TargetRef:
        (draft.targetRefs ??= []).push(elements.string());
        break;
      case Tag.SourceRef:
        (draft.sourceRefs ??= []).push(elements.string());
        break;
      case Tag.Meta:
        draft.meta = elements.meta();
        break;
      case Tag.Correlator:
        draft.correlator = elements.string();
        break;
      case Tag.Chal:
        draft.chal = elements.chal();
        break;
      case Tag.Cred:
        draft.cred = elements.cred();
        break;
      default:
        elements.skip();
    }
  }
  draft.badNumber = elements.badNumber;
  return draft;
}

function objectCommand(
  elements: ElementReader,
  name: ObjectCommand["name"],
  draft: Draft,
): ObjectCommand {
  requireText(elements, draft.cmdID, name, "CmdID");
  const command: Mutable<ObjectCommand> = {
    name,
    cmdID: draft.cmdID,
    items: draft.items ?? EMPTY,
  };
  if (draft.meta !== undefined) command.meta = draft.meta;
  if (draft.correlator !== undefined) command.correlator = draft.correlator;
  if (draft.cred !== undefined) command.cred = draft.cred;
  if (draft.badNumber) command.fault = Status.badRequest;
  return command;
}

function alert(elements: ElementReader, draft: Draft): AlertCommand {
  requireText(elements, draft.cmdID, "Alert", "CmdID");
  const data = elements.numberOf(draft.data ?? "");
  const command: Mutable<AlertCommand> = {
    name: "Alert",
    cmdID: draft.cmdID,
    data: data ?? 0,
    items: draft.items ?? EMPTY,
  };
  const fault = draft.badNumber ? Status.badRequest : numberFault(draft.data, data);
  if (fault !== undefined) command.fault = fault;
  if (draft.correlator !== undefined) command.correlator = draft.correlator;
  return command;
}

function status(elements: ElementReader, draft: Draft): StatusCommand {
  const cmd = requireText(elements, draft.cmd, "Status", "Cmd");
  const data = elements.numberOf(draft.data ?? "");
  const fault = numberFault(draft.data, data);
  const command: Mutable<StatusCommand> = {
    name: "Status",
    cmdID: draft.cmdID,
    cmd,
    msgRef: requireText(elements, draft.msgRef, "Status", "MsgRef"),
    cmdRef: requireText(
      elements,
      draft.cmdRef ?? (cmd === "SyncHdr" ? "0" : undefined),
      "Status",
      "CmdRef",
    ),
    targetRefs: draft.targetRefs ?? EMPTY,
    sourceRefs: draft.sourceRefs ?? EMPTY,
    data: data ?? 0,
    items: draft.items ?? EMPTY,
  };
  if (fault !== undefined) command.fault = fault;
  if (draft.chal !== undefined) command.chal = draft.chal;
  if (draft.cred !== undefined) command.cred = draft.cred;
  return command;
}

function results(elements: ElementReader, draft: Draft): ResultsCommand {
  const cmdRef = requireText(elements, draft.cmdRef, "Results", "CmdRef");
  const command: Mutable<ResultsCommand> = {
    name: "Results",
    cmdID: draft.cmdID,
    cmdRef,
    items: draft.items ?? EMPTY,
  };
  if (draft.msgRef !== undefined) command.msgRef = draft.msgRef;
  if (draft.meta !== undefined) command.meta = draft.meta;
  const targetRef = draft.targetRefs?.[0];
  const sourceRef = draft.sourceRefs?.[0];
  if (targetRef !== undefined) command.targetRef = targetRef;
  if (sourceRef !== undefined) command.sourceRef = sourceRef;
  return command;
}

/** The fault of a command whose Data must be a number. */
function numberFault(data: string | undefined, number: number | undefined): number | undefined {
  if (number !== undefined) return undefined;
  return data === undefined || data === "" ? Status.incomplete : Status.badRequest;
}

function requireText(
  elements: ElementReader,
  value: string | undefined,
  command: string,
  element: string,
): string {
  if (value === undefined || value === "") elements.fail(`${command} without ${element}`);
  return value ?? "";
}
