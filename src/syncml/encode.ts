/**
 * Commands to tokens, one message in one buffer. Room for the end of the message is always kept, so
 * that a message which took any command can be ended. Elements stand in the order of the DTD
 * (OMA-SyncML-RepPro §6).
 */
import type { TokenWriter } from "../base/token.ts";
import type { Chal, Command, Cred, Header, Item, Meta, ResultsCommand } from "./command.ts";
import { Tag } from "./vocabulary.ts";

/** Results without what they are about. */
export type ResultsHead = Omit<ResultsCommand, "name" | "cmdID" | "items">;

export class MessageWriter {
  readonly #writer: TokenWriter;
  /** What `<Final/></SyncBody></SyncML>` takes, and the end of Results while they are open. */
  #endBytes: number;

  constructor(writer: TokenWriter) {
    this.#writer = writer;
    this.#endBytes = this.#bodyEnd();
  }

  /** Opens a message. False when not even the header fits; the buffer is then of no use. */
  begin(header: Header): boolean {
    const writer = this.#writer;
    writer.open(Tag.SyncML);
    writer.open(Tag.SyncHdr);
    writer.leaf(Tag.VerDTD, header.verDTD);
    writer.leaf(Tag.VerProto, header.verProto);
    writer.leaf(Tag.SessionID, header.sessionID);
    writer.leaf(Tag.MsgID, header.msgID);
    this.#location(Tag.Target, header.target, header.targetName);
    this.#location(Tag.Source, header.source, header.sourceName);
    if (header.respURI !== undefined) writer.leaf(Tag.RespURI, header.respURI);
    if (header.cred !== undefined) this.#cred(header.cred);
    if (header.maxMsgSize !== undefined || header.maxObjSize !== undefined) {
      this.#meta({ maxMsgSize: header.maxMsgSize, maxObjSize: header.maxObjSize });
    }
    writer.close();
    writer.open(Tag.SyncBody);
    return !writer.full && this.room >= 0;
  }

  /**
   * Appends a command with all that is in it; `cmdID` goes before the one that it has. False when
   * it does not fit beside the end: nothing is then written.
   */
  command(command: Command, cmdID = command.cmdID): boolean {
    const writer = this.#writer;
    const mark = writer.mark();
    this.#command(command, cmdID);
    if (!writer.full && this.room >= 0) return true;
    writer.rewind(mark);
    return false;
  }

  /**
   * Bytes that the command would take; Infinity when it does not fit beside the end. Nothing is
   * written.
   */
  lengthOf(command: Command): number {
    const before = this.#writer.length;
    const mark = this.#writer.mark();
    if (!this.command(command)) return Infinity;
    const length = this.#writer.length - before;
    this.#writer.rewind(mark);
    return length;
  }

  /**
   * Begins Results with an item; more may follow one at a time. False when that does not fit:
   * nothing is then written.
   */
  openResults(results: ResultsHead, cmdID: string, item: Item): boolean {
    const writer = this.#writer;
    const mark = writer.mark();
    writer.open(Tag.Results);
    this.#results(results, cmdID);
    this.#item(item);
    this.#endBytes += writer.closeLength(Tag.Results);
    if (!writer.full && this.room >= 0) return true;
    this.rewind(mark);
    return false;
  }

  /** Appends an item to the open Results. False when it does not fit: it is then not written. */
  item(item: Item): boolean {
    const writer = this.#writer;
    const mark = writer.mark();
    this.#item(item);
    if (!writer.full && this.room >= 0) return true;
    writer.rewind(mark);
    return false;
  }

  closeResults(): void {
    this.#endBytes -= this.#writer.closeLength(Tag.Results);
    this.#writer.close();
  }

  /** A state to come back to, between commands. */
  mark(): number {
    return this.#writer.mark();
  }

  /** Takes back what has been written since, open Results included. */
  rewind(mark: number): void {
    this.#writer.rewind(mark);
    this.#endBytes = this.#bodyEnd();
  }

  #bodyEnd(): number {
    const writer = this.#writer;
    return (
      writer.emptyLength(Tag.Final) +
      writer.closeLength(Tag.SyncBody) +
      writer.closeLength(Tag.SyncML)
    );
  }

  end(final: boolean): void {
    const writer = this.#writer;
    if (final) this.#empty(Tag.Final);
    writer.close();
    writer.close();
  }

  /** Bytes left for commands. */
  get room(): number {
    return this.#writer.capacity - this.#writer.length - this.#endBytes;
  }

  #command(command: Command, cmdID: string): void {
    const writer = this.#writer;
    if (command.name === "Unknown") return;
    writer.open(Tag[command.name]);
    if (command.name === "Results") {
      this.#results(command, cmdID);
      this.#items(command.items);
      writer.close();
      return;
    }
    writer.leaf(Tag.CmdID, cmdID);
    switch (command.name) {
      case "Status":
        writer.leaf(Tag.MsgRef, command.msgRef);
        writer.leaf(Tag.CmdRef, command.cmdRef);
        writer.leaf(Tag.Cmd, command.cmd);
        for (const reference of command.targetRefs) writer.leaf(Tag.TargetRef, reference);
        for (const reference of command.sourceRefs) writer.leaf(Tag.SourceRef, reference);
        if (command.cred !== undefined) this.#cred(command.cred);
        if (command.chal !== undefined) this.#chal(command.chal);
        writer.leaf(Tag.Data, String(command.data));
        this.#items(command.items);
        break;
      case "Alert":
        writer.leaf(Tag.Data, String(command.data));
        if (command.correlator !== undefined) writer.leaf(Tag.Correlator, command.correlator);
        this.#items(command.items);
        break;
      case "Atomic":
      case "Sequence":
        if (command.meta !== undefined) this.#meta(command.meta);
        for (const inner of command.commands) this.#command(inner, inner.cmdID);
        break;
      default:
        if (command.cred !== undefined) this.#cred(command.cred);
        if (command.meta !== undefined) this.#meta(command.meta);
        if (command.correlator !== undefined) writer.leaf(Tag.Correlator, command.correlator);
        this.#items(command.items);
    }
    writer.close();
  }

  #results(results: ResultsHead, cmdID: string): void {
    const writer = this.#writer;
    writer.leaf(Tag.CmdID, cmdID);
    if (results.msgRef !== undefined) writer.leaf(Tag.MsgRef, results.msgRef);
    writer.leaf(Tag.CmdRef, results.cmdRef);
    if (results.meta !== undefined) this.#meta(results.meta);
    if (results.targetRef !== undefined) writer.leaf(Tag.TargetRef, results.targetRef);
    if (results.sourceRef !== undefined) writer.leaf(Tag.SourceRef, results.sourceRef);
  }

  #items(items: readonly Item[]): void {
    for (const item of items) this.#item(item);
  }

  #item(item: Item): void {
    const writer = this.#writer;
    writer.open(Tag.Item);
    if (item.target !== undefined) this.#location(Tag.Target, item.target, item.targetName);
    if (item.source !== undefined) this.#location(Tag.Source, item.source, item.sourceName);
    if (item.meta !== undefined) this.#meta(item.meta);
    if (item.data !== undefined) {
      writer.open(Tag.Data);
      if (item.binary) writer.binary(item.data);
      else writer.utf8(item.data);
      writer.close();
    }
    if (item.moreData) this.#empty(Tag.MoreData);
    writer.close();
  }

  #meta(meta: Meta): void {
    const writer = this.#writer;
    writer.open(Tag.Meta);
    if (meta.format !== undefined) writer.leaf(Tag.Format, meta.format);
    if (meta.type !== undefined) writer.leaf(Tag.Type, meta.type);
    if (meta.mark !== undefined) writer.leaf(Tag.Mark, meta.mark);
    if (meta.size !== undefined) writer.leaf(Tag.Size, String(meta.size));
    if (meta.version !== undefined) writer.leaf(Tag.Version, meta.version);
    if (meta.nextNonce !== undefined) writer.leaf(Tag.NextNonce, meta.nextNonce);
    if (meta.maxMsgSize !== undefined) writer.leaf(Tag.MaxMsgSize, String(meta.maxMsgSize));
    if (meta.maxObjSize !== undefined) writer.leaf(Tag.MaxObjSize, String(meta.maxObjSize));
    writer.close();
  }

  #cred(cred: Cred): void {
    const writer = this.#writer;
    writer.open(Tag.Cred);
    if (cred.type !== undefined || cred.format !== undefined)
      this.#meta({ type: cred.type, format: cred.format });
    writer.leaf(Tag.Data, cred.data);
    writer.close();
  }

  #chal(chal: Chal): void {
    const writer = this.#writer;
    writer.open(Tag.Chal);
    this.#meta(chal);
    writer.close();
  }

  #location(tag: number, uri: string, name: string | undefined): void {
    const writer = this.#writer;
    writer.open(tag);
    writer.leaf(Tag.LocURI, uri);
    if (name !== undefined) writer.leaf(Tag.LocName, name);
    writer.close();
  }

  #empty(tag: number): void {
    this.#writer.open(tag);
    this.#writer.close();
  }
}
