/**
 * Executes the commands of a message in their order, and answers each as it goes. It stops at a
 * question to a person and goes on with the answer, and at a command that takes more than a step;
 * nothing else of the session moves meanwhile.
 *
 * Sequence (OMA-TS-DM-RepPro §4.1.6.14): 200 once begun. A command that fails does not stop the
 * others (an Add that finds its node is followed by a Replace in many servers' scripts), but an
 * Alert does: it asked for a consent that was not given. A container in a container is refused, and
 * its members are 215. Atomic (§4.1.6.3): 200, or 507 with 216
 * (516) for what was undone and 215 for what was not begun. A person who cancels stops the whole
 * message (OMA-TS-DM-Protocol §2.5): 215 for the rest.
 */
import { INTERACTION_WAIT_MS } from "../base/limits.ts";
import { after, isPending, type Pending, type Work } from "../base/work.ts";
import { AlertCode } from "../syncml/alert.ts";
import type {
  AlertCommand,
  Command,
  ContainerCommand,
  Item,
  ObjectCommand,
} from "../syncml/command.ts";
import { Cost } from "../base/budget.ts";
import { Status, succeeded } from "../syncml/status.ts";
import { type Answer, askUntil, type Question } from "../user/question.ts";
import { alertStatus } from "./alerts.ts";
import { type Context, execute, interrupt } from "./commands.ts";
import { asksForAnswer, eachAnswered, refuse } from "./incoming.ts";
import { answerStatus, isInteraction, questionOf } from "./interaction.ts";
import type { SessionPorts } from "./ports.ts";
import { Results } from "./results.ts";
import { Statuses } from "./statuses.ts";

/** What a command gave. Atomic keeps it until it is known whether all is done or nothing. */
interface Result {
  readonly command: Command;
  readonly codes: readonly number[];
  readonly items: readonly Item[];
}

/** A list of commands under way: the body of the message, or a container in it. */
interface Frame {
  readonly container: ContainerCommand | undefined;
  readonly commands: readonly Command[];
  readonly results: Result[];
  index: number;
  /** The rest is not executed. */
  stopped: boolean;
}

interface Waiting {
  readonly frame: Frame;
  readonly alert: AlertCommand;
  readonly question: Question;
  until: number | undefined;
}

/** True for what an Atomic needs of each of its commands. 214 is of the 200s, and is no consent. */
function done(code: number): boolean {
  return succeeded(code) && code !== Status.cancelled && code !== Status.notExecuted;
}

export class Runner {
  readonly #context: Context;
  readonly #ports: SessionPorts;
  readonly #frames: Frame[];
  #waiting: Waiting | undefined;
  /** What is left of the command under way. */
  #pending: Pending<number> | undefined;
  /** Answers the Gets of the message. */
  #results: Results | undefined;
  #cancelled = false;

  constructor(commands: readonly Command[], context: Context, ports: SessionPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#frames = [frame(undefined, commands)];
    this.#run();
  }

  /** True while a person has to answer, or a command is not over: then `resume` goes on. */
  get waiting(): boolean {
    return this.#waiting !== undefined || this.#pending !== undefined;
  }

  /**
   * Asks the person, and goes on when there is an answer or it takes too long; or does a step of
   * the command under way. When to call again, in ms of the board's clock.
   */
  resume(now: number): number {
    if (this.#pending !== undefined) {
      this.#keep(this.#pending.step());
      this.#run();
      return now;
    }
    const waiting = this.#waiting;
    if (waiting === undefined) return now;
    const { question } = waiting;
    waiting.until ??= now + (question.waitMs ?? INTERACTION_WAIT_MS);
    const given = askUntil(this.#ports.userInterface, question, waiting.until, now);
    if (typeof given === "number") return given;
    this.#waiting = undefined;
    this.#answered(waiting, given);
    this.#run();
    return now;
  }

  /** Gives up what is under way. An Atomic is undone. */
  abort(): void {
    if (this.#waiting !== undefined) this.#ports.userInterface?.clear();
    this.#waiting = undefined;
    this.#pending?.abort();
    this.#pending = undefined;
    if (this.#frames.some(({ container }) => container?.name === "Atomic"))
      this.#context.tree.rollback();
    this.#frames.length = 0;
  }

  #run(): void {
    while (!this.waiting && !this.#context.outgoing.exhausted) {
      const top = this.#frames[this.#frames.length - 1];
      if (top === undefined) return;
      const command = top.commands[top.index++];
      if (command !== undefined) this.#one(top, command);
      else {
        this.#frames.pop();
        if (top.container?.name === "Atomic") this.#endAtomic(top, top.container);
      }
    }
  }

  #one(top: Frame, command: Command): void {
    if (this.#cancelled || top.stopped) {
      this.#leave(top, [command]);
      return;
    }
    if (!asksForAnswer(command)) return;
    const fault = "fault" in command ? command.fault : undefined;
    if (top.container === undefined && (fault !== undefined || interrupts(command)))
      interrupt(this.#context);
    if (fault !== undefined) {
      this.#result(top, command, [fault]);
      return;
    }
    switch (command.name) {
      case "Add":
      case "Copy":
      case "Delete":
      case "Replace":
        this.#change(top, command);
        break;
      case "Exec":
        if (top.container?.name === "Atomic") this.#result(top, command, [Status.commandFailed]);
        else this.#change(top, command);
        break;
      case "Get":
        if (top.container?.name === "Atomic") this.#result(top, command, [Status.commandFailed]);
        else this.#get(top, command);
        break;
      case "Alert":
        this.#alert(top, command);
        break;
      case "Atomic":
      case "Sequence":
        if (top.container === undefined) this.#begin(command);
        else {
          this.#result(top, command, [Status.commandFailed]);
          this.#leave(top, command.commands);
        }
        break;
      case "Unknown":
        this.#unknown(top, command);
    }
  }

  /** Answers what is not executed, members of containers too: 215. */
  #leave(top: Frame, commands: readonly Command[]): void {
    if (top.container?.name !== "Atomic") refuse(commands, Status.notExecuted, this.#context);
    else
      eachAnswered(commands, (command) => {
        this.#result(top, command, [Status.notExecuted]);
      });
  }

  #change(top: Frame, command: ObjectCommand): void {
    const codes = execute(command, this.#context, top.container !== undefined);
    this.#keep(
      after(codes, (done) => {
        this.#result(top, command, done);
        return Status.ok;
      }),
    );
  }

  #keep(work: Work<number>): void {
    this.#pending = isPending(work) ? work : undefined;
  }

  /**
   * Answers as soon as there is room, which may be after the commands behind it. Where they must
   * come after it, and change something, that is now or never: 413.
   */
  #get(top: Frame, command: ObjectCommand): void {
    const { outgoing } = this.#context;
    if (command.items.length === 0) {
      this.#result(top, command, [Status.badRequest]);
      return;
    }
    const ordered =
      top.container !== undefined &&
      top.commands.slice(top.index).some(({ name }) => name !== "Get");
    if (!ordered && this.#results?.add(command) === true) return;
    const answer = new Results(command, this.#context);
    if (ordered && !outgoing.sendNow(answer)) this.#result(top, command, [Status.tooLarge]);
    if (ordered) return;
    this.#results = answer;
    outgoing.send(answer);
  }

  #begin(container: ContainerCommand): void {
    this.#frames.push(frame(container, container.commands));
    if (container.name === "Atomic") this.#context.tree.begin();
    else this.#report({ command: container, codes: [Status.ok], items: [] });
  }

  #unknown(top: Frame, command: Extract<Command, { name: "Unknown" }>): void {
    this.#ports.log("warning", `not a command of OMA DM: ${command.element}`);
    if (top.container === undefined) refuse([command], Status.notSupported, this.#context);
    else this.#result(top, command, [Status.commandFailed]);
  }

  #alert(top: Frame, command: AlertCommand): void {
    if (command.data === AlertCode.noEndOfData && top.container === undefined)
      this.#context.outgoing.drop();
    const question =
      isInteraction(command.data) && this.#ports.userInterface !== undefined
        ? questionOf(command)
        : undefined;
    if (question === undefined) this.#result(top, command, [alertStatus(command.data)]);
    else if (typeof question === "number") this.#result(top, command, [question]);
    else this.#waiting = { frame: top, alert: command, question, until: undefined };
  }

  #answered({ frame: top, alert, question }: Waiting, given: Answer): void {
    const { data, items } = answerStatus(question, given);
    this.#cancelled ||= data === Status.cancelled;
    this.#result(top, alert, [data], items);
  }

  /**
   * Answers a command, at once or, within Atomic, at its end; and says whether the container goes
   * on.
   */
  #result(
    top: Frame,
    command: Command,
    codes: readonly number[],
    items: readonly Item[] = [],
  ): void {
    if (top.container?.name === "Atomic") {
      if (this.#context.budget.charge(Cost.answer)) top.results.push({ command, codes, items });
      else this.#context.outgoing.exhausted = true;
      top.stopped ||= !codes.every(done);
      return;
    }
    this.#report({ command, codes, items });
    if (top.container !== undefined && command.name === "Alert") top.stopped = !codes.every(done);
  }

  #report({ command, codes, items }: Result): void {
    this.#context.outgoing.send(new Statuses(this.#context, command, codes, items));
  }

  #endAtomic({ results, stopped }: Frame, atomic: ContainerCommand): void {
    const { tree } = this.#context;
    // A full store shows only at the commit: then nothing was done either, and the tree has rolled
    // back by itself.
    const undone = stopped
      ? tree.rollback()
      : succeeded(tree.commit())
        ? undefined
        : Status.rolledBack;
    const status = undone === undefined ? Status.ok : Status.atomicFailed;
    this.#report({ command: atomic, codes: [status], items: [] });
    for (const { command, codes, items } of results) {
      this.#report({
        command,
        items,
        codes: undone === undefined ? codes : codes.map((code) => (done(code) ? undone : code)),
      });
    }
  }
}

/** True for what ends a large object that is not whole yet (OMA-TS-DM-Protocol §2.2). */
function interrupts({ name }: Command): boolean {
  return name !== "Add" && name !== "Replace" && name !== "Alert" && name !== "Unknown";
}

function frame(container: ContainerCommand | undefined, commands: readonly Command[]): Frame {
  return { container, commands, results: [], index: 0, stopped: false };
}
