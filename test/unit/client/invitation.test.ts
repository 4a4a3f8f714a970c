/** A notification is answered by a session that completes, or forgotten after some that do not. */
import { SUMMONS_TRIES_MAX } from "../../../src/base/limits.ts";
import { Invitation, type Summons } from "../../../src/client/invitation.ts";
import { equal, test } from "../../check.ts";

const FIRST: Summons = {
  serverId: "server",
  sessionID: "1",
  nonce: new Uint8Array(0),
  resync: false,
};
const SECOND: Summons = { ...FIRST, sessionID: "2" };

test("a session that completes answers the notification, once", () => {
  const invitation = new Invitation();
  equal(invitation.ended(true), undefined);
  invitation.arrived(FIRST);
  equal(invitation.next, FIRST);
  invitation.opened();
  equal(invitation.next, undefined);
  equal(invitation.sessionID, "1");
  equal(invitation.ended(true), FIRST);
  equal(invitation.sessionID, undefined);
  equal(invitation.ended(true), undefined);
});

test("sessions that fail try again until the last, and then it is forgotten", () => {
  const invitation = new Invitation();
  invitation.arrived(FIRST);
  for (let attempt = 1; attempt < SUMMONS_TRIES_MAX; attempt++) {
    invitation.opened();
    equal(invitation.ended(false), undefined);
    equal(invitation.next, FIRST);
  }
  invitation.opened();
  equal(invitation.ended(false), "forgotten");
  equal(invitation.next, undefined);
});

test("a newer notification takes the place of the one that a session could not answer", () => {
  const invitation = new Invitation();
  invitation.arrived(FIRST);
  invitation.opened();
  invitation.arrived(SECOND);
  equal(invitation.sessionID, "2");
  equal(invitation.ended(false), undefined);
  equal(invitation.next, SECOND);
});
