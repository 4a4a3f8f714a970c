/**
 * Every bound of the client, in one place. Each has a test at it and past it, and
 * test/simulation/limits.test.ts holds that.
 */

/**
 * Bytes of one message that is whole in the buffer before it is looked at. Downloads come through
 * that buffer too, and a download descriptor must fit in it.
 */
export const MESSAGE_BYTES_MAX = 16384;
/** Bytes of a message of the device; answers that are longer go on in the next one. */
export const OUTBOUND_BYTES_MAX = 8192;
/**
 * Bytes of a message whose Data of PkgData goes to the slot while it arrives, through the inbound
 * buffer: what MaxMsgSize announces where that is possible (client/server.ts). It costs no memory,
 * and bounds what a server can have written before its message is known to be good.
 */
export const LONG_MESSAGE_BYTES_MAX = 1_048_576;
/** Bytes of what stands before that Data. It is decoded twice: alone, and with what follows. */
export const LONG_HEAD_BYTES_MAX = 4096;
/** Elements open at the same time in one document. */
export const ELEMENT_DEPTH_MAX = 24;
/**
 * Bytes of memory that may be kept of what a peer sends, all together (budget.ts): commands as they
 * are decoded, large objects and changes that are not whole yet, answers that wait for room. It is
 * as much for who has not proved himself, and has to fit in what the smallest heap has to spare.
 */
export const PEER_BYTES_MAX = 20480;
/** Bytes of an element that is made a string, but for the data of items; and of an identifier. */
export const TEXT_BYTES_MAX = 2048;
export const IDENTIFIER_BYTES_MAX = 64;
/** Bytes of the name of an element, and of an attribute. */
export const ELEMENT_NAME_BYTES_MAX = 128;
/** Bytes of a URI of the management tree, and how many segments it has. */
export const URI_BYTES_MAX = 255;
export const URI_DEPTH_MAX = 16;
/** Bytes of one segment of a URI. */
export const NODE_NAME_BYTES_MAX = 64;
/**
 * Bytes of memory that what servers have added to the management tree takes: the store knows each
 * of its keys by heart.
 */
export const TREE_BYTES_MAX = 8192;
/** Servers that an ACL may name for one command. */
export const ACL_SERVERS_MAX = 32;
/**
 * Bytes of the value of a leaf that is kept in the tree; larger objects need a node that takes a
 * stream.
 */
export const LEAF_BYTES_MAX = 4096;
/** Bytes of a key of the store, and of a value. */
export const STORE_KEY_BYTES_MAX = 320;
export const STORE_VALUE_BYTES_MAX = 65534;
/**
 * Bytes of the store, of one of less than twice so many its half, that servers cannot fill: for the
 * record with its tickets, progress, digests, nonces, the account. New requests leave half of it,
 * for what follows from them without asking anybody. A long URL comes with a request, and needs
 * room beside that half: no store has to be larger for it, and one that is too small refuses it.
 */
export const STORE_RESERVE_BYTES = 4096;
/** Bytes of a nonce that is kept; of a NextNonce and of AAuthData. */
export const NONCE_BYTES_MAX = 128;
/** Characters of the validator of a download (ETag or Last-Modified) that is kept. */
export const VALIDATOR_LENGTH_MAX = 128;
/**
 * Bytes of a URL, as it comes and as it is escaped: those of packages may be signed, and long. Of
 * one that the store keeps beside that of the package, and writes often: the address of an account,
 * and of a status report. And of the host in it (RFC 1035 §2.3.4).
 */
export const URL_BYTES_MAX = 4096;
export const ADDRESS_BYTES_MAX = 1024;
export const HOST_BYTES_MAX = 253;
/** Bytes of a Correlator. */
export const CORRELATOR_BYTES_MAX = 255;
/** Redirects followed in one attempt of a download. */
export const REDIRECTS_MAX = 5;
/**
 * Bytes of a name, vendor or description in a descriptor that a person is shown, and how many types
 * it may name.
 */
export const DESCRIPTOR_TEXT_BYTES_MAX = 128;
export const DESCRIPTOR_TYPES_MAX = 8;
/**
 * Status reports of downloads (installNotifyURI) that are owed at a time, and how often one is
 * sent, answered or not.
 */
export const NOTICES_MAX = 2;
export const NOTICE_ATTEMPTS_MAX = 5;
/** Bytes of a download that must come in each window of so long. */
export const DOWNLOAD_RATE_BYTES_MIN = 1024;
export const DOWNLOAD_RATE_WINDOW_MS = 60_000;
/** How long one attempt of a download may take. */
export const DOWNLOAD_ATTEMPT_MS = 3_600_000;
/**
 * Attempts of a download that bring less than so many bytes more than any before; a reset ends one
 * too.
 */
export const DOWNLOAD_ATTEMPTS_MAX = 8;
export const DOWNLOAD_PROGRESS_BYTES = 4096;
/** Attempts of a download that end in a row since its host does not prove who it is. */
export const DOWNLOAD_DISTRUST_MAX = 3;
/**
 * How long a download may take in all, with power on, where the provisioning does not say it
 * (downloadSeconds).
 */
export const DOWNLOAD_MS_MAX = 86_400_000;
/**
 * How often a download begins again at byte 0, since its server has another package or no ranges.
 */
export const REWINDS_MAX = 8;
/**
 * Pause before a download is tried again: the first, doubled each time up to the last; jitter takes
 * away at most half.
 */
export const DOWNLOAD_RETRY_MS = 2_000;
export const DOWNLOAD_RETRY_MAX_MS = 540_000;
/** The longest Retry-After that is honoured, of a package host and of a DM server. */
export const DOWNLOAD_RETRY_AFTER_MAX_MS = 3_600_000;
export const SESSION_RETRY_AFTER_MAX_MS = 3_600_000;
/**
 * The Retry-After to which chance adds as much again: to shorter ones more, to longer ones less.
 */
export const RETRY_AFTER_SPREAD_MS = 900_000;
/** Bytes of all type-length-value records of an image together. */
export const TLV_BYTES_MAX = 2048;
/** Records in one of its two areas: the boot selectors hold no more. */
export const TLV_RECORDS_MAX = 32;
/** How often flash that reads wrong is read before that is believed: it may err once. */
export const READS_MAX = 3;
/** Bytes of a frame or an entry of the store in which a single flipped bit is looked for. */
export const MEND_BYTES_MAX = 8192;
/** Trials of one installation that power, or a stranger, may end before the image is confirmed. */
export const TRIALS_MAX = 3;
/** Resets but by power or request while one package is fetched or verified. */
export const CRASHES_MAX = 5;
/** Restarts away from an image that was rejected and runs all the same. */
export const RESTARTS_MAX = 3;
/** Requests of servers whose outcome is not yet acknowledged. */
export const TICKETS_MAX = 4;
/** Characters of what a caller keeps in a ticket. */
export const TICKET_OWNER_LENGTH_MAX = 1024;
/** Digests of images that failed their trial and are not tried again. */
export const FAILED_DIGESTS_MAX = 4;
/**
 * Installations of one image in a row that end without a verdict before it has to wait, and how
 * long: the first pause, doubled each time up to the last. Time with power counts; it is stored in
 * steps, the first and the longest of which are given.
 */
export const QUARANTINE_INSTALLATIONS = 3;
export const QUARANTINE_MS = 3_600_000;
export const QUARANTINE_MAX_MS = 86_400_000;
export const QUARANTINE_STEP_MS = 60_000;
export const QUARANTINE_STEP_MAX_MS = 3_600_000;
/** Bytes verified in one step, and in one read: no less than TLV_BYTES_MAX. */
export const VERIFY_STEP_BYTES = 32768;
export const VERIFY_READ_BYTES = 4096;
/**
 * How long the client waits for the head of an answer to a message, and between two parts of its
 * body.
 */
export const ANSWER_TIMEOUT_MS = 60_000;
export const BODY_IDLE_TIMEOUT_MS = 30_000;
/**
 * How long a connection is kept that serves no message: less than the five seconds after which many
 * servers close it.
 */
export const CONNECTION_IDLE_MS = 4_000;
/**
 * Pause before a failed session is tried again: the first, doubled each time up to the last; jitter
 * takes away at most half.
 */
export const SESSION_RETRY_MS = 2_000;
export const SESSION_RETRY_MAX_MS = 900_000;
/** A trial image that has not authenticated with a DM server after so long is reverted. */
export const TRIAL_DEADLINE_MS = 600_000;
/**
 * Bytes of the head of an HTTP answer with its interim answers, and of the trailer of a chunked
 * one: what is not wanted of them is read past, and takes no memory. Bytes of a line that is held
 * whole until it is known whether it is wanted; of a longer one the value is kept in pieces, if it
 * is. Bytes of all the values that are kept: one beyond them is dropped, and reads as empty.
 */
export const HTTP_HEAD_BYTES_MAX = 32768;
export const HTTP_LINE_BYTES_MAX = 2560;
export const HTTP_KEPT_BYTES_MAX = 5120;
/**
 * Bytes of the header x-syncml-hmac: more than the longest name takes, escaped. It stays while the
 * message is decoded; a longer one counts as absent.
 */
export const MAC_HEADER_BYTES_MAX = 1024;
/** Bytes of a line that announces a chunk. */
export const HTTP_CHUNK_LINE_BYTES_MAX = 128;
/** Interim answers (1xx) before the final one. */
export const HTTP_INTERIM_MAX = 4;
/**
 * Bytes of a text in the log, which with the time and the source before it makes a line of at most
 * 200 bytes; and of a question to a person, with all that there is to choose from.
 */
export const LOG_TEXT_BYTES_MAX = 160;
export const QUESTION_BYTES_MAX = 1024;
/** Bytes of an ACL, and of the Title of a node. */
export const ACL_BYTES_MAX = 1024;
export const TITLE_BYTES_MAX = 255;
/**
 * How long a session waits for a person, when the server does not say (MAXDT), and how often it
 * looks.
 */
export const INTERACTION_WAIT_MS = 120_000;
export const INTERACTION_POLL_MS = 100;
/** Bytes of a line that a person types at the console. */
export const CONSOLE_LINE_BYTES_MAX = 256;
/** How long a person may take to agree to a download or an installation. */
export const CONSENT_WAIT_MS = 86_400_000;
/**
 * Bytes of the description of a tree (TNDS) that is a document of its own, and its nested nodes.
 */
export const SUBTREE_BYTES_MAX = 16384;
export const SUBTREE_NESTING_MAX = 10;
/** Nodes that a Get of structure (?list=) visits. */
export const LIST_NODES_MAX = 512;
/**
 * Messages that a device sends in one session, the last being an abort: enough for a package of 16
 * MiB; no server keeps it for ever.
 */
export const SESSION_MESSAGES_MAX = 2048;
/** How often one message is sent again because the server's last one came again. */
export const MESSAGE_REPEATS_MAX = 3;
/**
 * Challenges of one session that are answered, and that are made: a stale nonce needs one
 * (OMA-TS-DM-Security §5.1.3.3).
 */
export const CHALLENGES_MAX = 2;
/**
 * Bytes that the references of one WBXML document to its string table (STR_T) stand for, all
 * together.
 */
export const TABLE_TEXT_BYTES_MAX = 8192;
/**
 * How long one answer of a server may take from its head to its end, however steadily it trickles.
 */
export const ANSWER_MS_MAX = 300_000;
/** How long a session may last. */
export const SESSION_MS_MAX = 21_600_000;
/** The longest that a server may have a question to the person wait (MAXDT). */
export const INTERACTION_MS_MAX = 600_000;
/** Bytes of a datagram that is taken: what fits one frame of Ethernet. */
export const DATAGRAM_BYTES_MAX = 1472;
/**
 * Datagrams that are looked at in a window of so long: the rest waits, or is lost. And how often a
 * dropped one is logged.
 */
export const PUSHES_MAX = 16;
export const PUSH_WINDOW_MS = 10_000;
export const PUSH_LOG_MS = 60_000;
/** Notifications of one account that are remembered after they were answered. */
export const NOTIFICATIONS_KEPT = 16;
/** Sessions that one notification may begin before one of them completes. */
export const SUMMONS_TRIES_MAX = 5;
/** Elements of a document of Client Provisioning. */
export const CP_ELEMENTS_MAX = 256;
/** Accounts of DM servers. */
export const ACCOUNTS_MAX = 4;
/** Bytes of a name or a secret that a server, or a bootstrap message, gives an account. */
export const ACCOUNT_TEXT_BYTES_MAX = 255;
/** Bytes of a ServerID. */
export const SERVER_ID_BYTES_MAX = 255;
/**
 * How often a person may type the PIN of one bootstrap message, and how long none is asked for
 * after that.
 */
export const PIN_TRIES_MAX = 3;
export const PIN_PAUSE_MS = 600_000;
/** Bootstrap messages that are remembered, so that they count once. */
export const BOOTSTRAPS_KEPT = 8;
