/**
 * Where each limit of the client is tested at it and past it. A test at a limit fails when the
 * client has one less, a test past it when the client has one more: both are planted, for the
 * client alone, so that a test which only names the limit kills neither.
 */
import type * as limits from "../../../src/base/limits.ts";
import type { Mutant } from "./mutant.ts";

export type LimitName = keyof typeof limits;

/** The module that they are in; the client's copy of it is changed, that of the tests is not. */
export const LIMITS = "src/base/limits";

/** Test file by limit, without `.test.ts`. */
export const LIMIT_TESTS: { readonly [name in LimitName]: string } = {
  MESSAGE_BYTES_MAX: "node/threats/bounds",
  OUTBOUND_BYTES_MAX: "node/threats/bounds",
  LONG_MESSAGE_BYTES_MAX: "unit/client/conversation",
  LONG_HEAD_BYTES_MAX: "unit/session/longmessage",
  ELEMENT_DEPTH_MAX: "unit/download/descriptor",
  PEER_BYTES_MAX: "node/threats/bounds",
  TEXT_BYTES_MAX: "unit/syncml/decode",
  IDENTIFIER_BYTES_MAX: "unit/syncml/decode",
  ELEMENT_NAME_BYTES_MAX: "unit/xmllite/xmlreader",
  URI_BYTES_MAX: "unit/tree/uri",
  URI_DEPTH_MAX: "unit/tree/uri",
  NODE_NAME_BYTES_MAX: "unit/tree/uri",
  TREE_BYTES_MAX: "unit/tree/change",
  ACL_SERVERS_MAX: "unit/tree/change",
  LEAF_BYTES_MAX: "unit/tree/change",
  STORE_KEY_BYTES_MAX: "unit/store/store",
  STORE_VALUE_BYTES_MAX: "unit/store/store",
  STORE_RESERVE_BYTES: "unit/store/store",
  NONCE_BYTES_MAX: "unit/account/newaccount",
  VALIDATOR_LENGTH_MAX: "unit/download/downloader",
  URL_BYTES_MAX: "unit/base/url",
  ADDRESS_BYTES_MAX: "unit/account/newaccount",
  HOST_BYTES_MAX: "unit/base/url",
  CORRELATOR_BYTES_MAX: "unit/objects/fumo",
  REDIRECTS_MAX: "unit/download/downloader",
  DESCRIPTOR_TEXT_BYTES_MAX: "unit/download/descriptor",
  DESCRIPTOR_TYPES_MAX: "unit/download/descriptor",
  NOTICES_MAX: "unit/update/described",
  NOTICE_ATTEMPTS_MAX: "unit/client/statusreports",
  DOWNLOAD_RATE_BYTES_MIN: "unit/download/pace",
  DOWNLOAD_RATE_WINDOW_MS: "unit/download/pace",
  DOWNLOAD_ATTEMPT_MS: "unit/download/pace",
  DOWNLOAD_ATTEMPTS_MAX: "unit/download/retry",
  DOWNLOAD_PROGRESS_BYTES: "unit/download/retry",
  DOWNLOAD_DISTRUST_MAX: "unit/download/retry",
  DOWNLOAD_MS_MAX: "unit/download/retry",
  REWINDS_MAX: "unit/update/download",
  DOWNLOAD_RETRY_MS: "unit/client/statusreports",
  DOWNLOAD_RETRY_MAX_MS: "unit/download/retry",
  DOWNLOAD_RETRY_AFTER_MAX_MS: "unit/download/retry",
  TLV_BYTES_MAX: "unit/image/imageheader",
  TLV_RECORDS_MAX: "unit/image/tlv",
  READS_MAX: "unit/update/engine",
  MEND_BYTES_MAX: "unit/store/flip",
  TRIALS_MAX: "unit/update/machine",
  CRASHES_MAX: "unit/update/machine",
  RESTARTS_MAX: "unit/update/machine",
  TICKETS_MAX: "unit/update/engine",
  TICKET_OWNER_LENGTH_MAX: "unit/update/engine",
  FAILED_DIGESTS_MAX: "unit/update/memory",
  QUARANTINE_INSTALLATIONS: "unit/update/quarantine",
  QUARANTINE_MS: "unit/update/quarantine",
  QUARANTINE_MAX_MS: "unit/update/quarantine",
  QUARANTINE_STEP_MS: "unit/update/quarantine",
  QUARANTINE_STEP_MAX_MS: "unit/update/quarantine",
  VERIFY_STEP_BYTES: "unit/update/proof",
  VERIFY_READ_BYTES: "unit/image/verifier",
  ANSWER_TIMEOUT_MS: "unit/client/conversation",
  BODY_IDLE_TIMEOUT_MS: "unit/client/conversation",
  CONNECTION_IDLE_MS: "unit/client/conversation",
  SESSION_RETRY_MS: "unit/client/schedule",
  SESSION_RETRY_MAX_MS: "unit/client/schedule",
  SESSION_RETRY_AFTER_MAX_MS: "unit/client/schedule",
  RETRY_AFTER_SPREAD_MS: "unit/client/schedule",
  TRIAL_DEADLINE_MS: "unit/update/engine",
  HTTP_HEAD_BYTES_MAX: "unit/hal/http",
  HTTP_LINE_BYTES_MAX: "unit/hal/head",
  HTTP_KEPT_BYTES_MAX: "unit/hal/head",
  MAC_HEADER_BYTES_MAX: "unit/client/conversation",
  HTTP_CHUNK_LINE_BYTES_MAX: "unit/hal/http",
  HTTP_INTERIM_MAX: "unit/hal/http",
  LOG_TEXT_BYTES_MAX: "unit/base/line",
  QUESTION_BYTES_MAX: "unit/session/interaction",
  ACL_BYTES_MAX: "unit/tree/property",
  TITLE_BYTES_MAX: "unit/tree/property",
  INTERACTION_WAIT_MS: "unit/session/interaction",
  INTERACTION_POLL_MS: "unit/session/interaction",
  CONSOLE_LINE_BYTES_MAX: "unit/user/typed",
  CONSENT_WAIT_MS: "unit/user/consent",
  SUBTREE_BYTES_MAX: "unit/session/subtrees",
  SUBTREE_NESTING_MAX: "unit/syncml/tnds",
  LIST_NODES_MAX: "unit/tree/get",
  SESSION_MESSAGES_MAX: "node/session/limit",
  MESSAGE_REPEATS_MAX: "unit/session/bounds",
  CHALLENGES_MAX: "unit/session/authentication",
  TABLE_TEXT_BYTES_MAX: "unit/wbxml/wbxmlreader",
  ANSWER_MS_MAX: "unit/client/conversation",
  SESSION_MS_MAX: "node/threats/bounds",
  INTERACTION_MS_MAX: "unit/session/interaction",
  DATAGRAM_BYTES_MAX: "node/threats/push",
  PUSHES_MAX: "node/threats/push",
  PUSH_WINDOW_MS: "node/threats/push",
  PUSH_LOG_MS: "node/threats/push",
  NOTIFICATIONS_KEPT: "node/threats/push",
  SUMMONS_TRIES_MAX: "node/threats/push",
  CP_ELEMENTS_MAX: "unit/push/cp",
  ACCOUNTS_MAX: "unit/account/newaccount",
  ACCOUNT_TEXT_BYTES_MAX: "unit/objects/standard",
  SERVER_ID_BYTES_MAX: "unit/account/newaccount",
  PIN_TRIES_MAX: "node/threats/bootstrap",
  PIN_PAUSE_MS: "node/threats/bootstrap",
  BOOTSTRAPS_KEPT: "unit/client/bootstraps",
};

/** How much more and less, where one alone makes no difference. */
const STEPS: { readonly [name in LimitName]?: number } = {
  // It is counted in whole reads (VERIFY_READ_BYTES).
  VERIFY_STEP_BYTES: 4096,
};

function changed(name: string, by: number, file: string): Mutant {
  return {
    name: `${name} ${by > 0 ? "+" : "-"} ${Math.abs(by)}`,
    file: LIMITS,
    find: `export const ${name} = `,
    replace: `export const ${name} = ${by} + `,
    in: [file],
    by: "test",
  };
}

export const LIMIT_NAMES: readonly string[] = Object.keys(LIMIT_TESTS);

export const LIMIT_MUTANTS: readonly Mutant[] = Object.entries(LIMIT_TESTS).flatMap(
  ([name, file]) => {
    const step = STEPS[name as LimitName] ?? 1;
    return [changed(name, -step, file), changed(name, step, file)];
  },
);
