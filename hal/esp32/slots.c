/* Slots over ESP-IDF's otadata. Every call is safe when power fails in it: otadata has two sectors,
   and at most the one that is written is lost; then the bootloader boots the image of the other
   one. */
#include "slots.h"
#include "note.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define STORE_LABEL "store"
#define HEAD_LABEL "head"
#define MCUBOOT_MAGIC 0x96f3b83dU
#define MCUBOOT_HEADER_BYTES 32
#define PROBE_BYTES 32
/* An ESP image, and a signature of secure boot, version 2, behind it. */
#define IMAGE_MAGIC 0xE9
#define IMAGE_HEAD_BYTES 24
#define IMAGE_SEGMENT_BYTES 8
#define IMAGE_DIGEST_BYTES 32
#define SECTOR_BYTES 4096u
#define SIGNATURE_MAGIC 0xE7
#define SIGNATURE_VERSION 2
/* Flash encryption works on 16 bytes; the first ESP32 programs a row of 32 again for each half, and
 * power may fail in it. */
#define ENCRYPTED_ALIGN 16
#define ENCRYPTED_ALIGN_ESP32 32
#define PLAIN_ALIGN 4
/* A byte in NVS: the number of the running slot while it is being selected. */
#define SELECTING_KEY "selecting"
#define NO_SLOT 0xFF
/* From so many bad ends in a row on, and after each that the program itself has seen, the next
 * start waits. */
#define FAILURES_MAX 8
#define PAUSE_MS 60000
#define PAUSE_MS_MAX 3600000
#define MISLED                                                                                     \
  "otadata selects the slot that does not run, and otadata or NVS cannot be written: nothing is "  \
  "staged"
#define UNGUARDED                                                                                  \
  "the boot loader in flash does not roll back: flash one that is built with "                     \
  "hal/esp32/sdkconfig.defaults"

/* What was true at the reset. The reason is latched: nothing that is done later changes why this
 * boot came. */
static struct {
  int open;
  const char* problem;
  const esp_partition_t* running;
  const esp_partition_t* other;
  const esp_partition_t* head;
  const esp_partition_t* store;
  int trial;
  int misled; /* otadata selects the slot that does not run, and that cannot be changed */
  int failedBefore; /* the run before ended with an error that was caught */
  ResetCause cause;
  uint32_t failures; /* crashes in a row that led to this start */
  int unguarded; /* a new image was started without being marked as on trial: the boot loader knows
                    no trials */
} slots;
static char problem[128];

static const char* say(const esp_partition_t* partition, const char* what)
{
  snprintf(problem, sizeof(problem), "partition \"%s\": %s", partition->label, what);
  return problem;
}

/* Whole blocks, and the first and the last of them can be read. */
static const char* probe(const esp_partition_t* partition)
{
  uint8_t bytes[PROBE_BYTES];
  if (!partition->erase_size || (partition->size % partition->erase_size))
    return say(partition, "not a whole number of erase blocks");
  if ((esp_partition_read(partition, 0, bytes, sizeof(bytes)) != ESP_OK)
      || (esp_partition_read(partition, partition->size - sizeof(bytes), bytes, sizeof(bytes))
          != ESP_OK))
    return say(partition, "the flash cannot be read");
  return NULL;
}

static uint8_t numberOf(const esp_partition_t* slot)
{
  return (uint8_t)(slot->subtype - ESP_PARTITION_SUBTYPE_APP_OTA_MIN);
}

/* Selects the running slot, and keeps it. ESP-IDF selects an image only as if it were new, and
 * keeps it then. */
static int selectAndKeep(void)
{
  return (esp_ota_set_boot_partition(slots.running) == ESP_OK)
      && (esp_ota_mark_app_valid_cancel_rollback() == ESP_OK);
}

/* After a fall-back of the boot loader otadata selects the slot that does not run, and would boot,
   for good, what is staged in it: the running one is selected first. Power that fails in between
   puts it on trial, with no way back: SELECTING_KEY tells the next start that it is none. Or it
   leaves no valid entry, which ESP-IDF takes for slot 0: then nothing can be kept before it is
   selected. 0: otadata or NVS cannot be written. */
static int selectRunning(void)
{
  uint8_t running = numberOf(slots.running), selecting = NO_SLOT;
  int isSelected = esp_ota_get_boot_partition() == slots.running, done = 1;
  nvs_handle_t nvs;
  if (nvs_open(NVS_SPACE, NVS_READWRITE, &nvs) != ESP_OK)
    return isSelected;
  if (nvs_get_u8(nvs, SELECTING_KEY, &selecting) != ESP_OK)
    selecting = NO_SLOT;
  if (!isSelected)
    done = (nvs_set_u8(nvs, SELECTING_KEY, running) == ESP_OK) && (nvs_commit(nvs) == ESP_OK)
        && selectAndKeep();
  else if (selecting == running)
    done = (esp_ota_mark_app_valid_cancel_rollback() == ESP_OK) || selectAndKeep();
  if (done && (!isSelected || (selecting != NO_SLOT))
      && (nvs_erase_key(nvs, SELECTING_KEY) == ESP_OK))
    nvs_commit(nvs); /* one that stays is seen to at the next start */
  nvs_close(nvs);
  return done;
}

static const char* look(void)
{
  esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
  const esp_partition_t** each;
  slots.running = esp_ota_get_running_partition();
  slots.other = esp_ota_get_next_update_partition(NULL);
  slots.head =
      esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, HEAD_LABEL);
  slots.store =
      esp_partition_find_first(ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_ANY, STORE_LABEL);
  if (!slots.running || (slots.running->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MIN))
    return "the running image is in no OTA slot: flash it to ota_0, with partitions.csv of "
           "hal/esp32";
  if (!slots.other || (slots.other == slots.running))
    return "there is no second OTA slot in the partition table";
  if (slots.other->size != slots.running->size)
    return "the two OTA slots differ in size";
  if (!slots.head || (slots.head->size != slots.head->erase_size))
    return "partition \"head\" is missing, or is not one erase block";
  if (!slots.store || (slots.store->size < 2 * slots.store->erase_size))
    return "partition \"store\" is missing, or shorter than two erase blocks";
  for (each =
           (const esp_partition_t*[]){ slots.running, slots.other, slots.head, slots.store, NULL };
       *each; each++)
    if (probe(*each))
      return problem;
  slots.misled = !selectRunning();
  if (!slots.misled && (esp_ota_get_state_partition(slots.running, &state) == ESP_OK)) {
    slots.unguarded = state == ESP_OTA_IMG_NEW;
    slots.trial = slots.unguarded || (state == ESP_OTA_IMG_PENDING_VERIFY);
  }
  return NULL;
}

const char* slotsOpen(void)
{
  if (!slots.open)
    slots.problem = look();
  slots.open = 1;
  return slots.problem;
}

const char* slotsWarning(void)
{
  return slots.misled ? MISLED : slots.unguarded ? UNGUARDED : NULL;
}

static uint32_t alignOf(const esp_partition_t* partition)
{
  esp_chip_info_t chip;
  if (!partition || !partition->encrypted)
    return PLAIN_ALIGN;
  esp_chip_info(&chip);
  return chip.model == CHIP_ESP32 ? ENCRYPTED_ALIGN_ESP32 : ENCRYPTED_ALIGN;
}

/* A flash partition as hal.ts sees it: `head`, if any, lies before `body`. Staging has the
 * package's header in `head` (see README.md). */
typedef struct {
  Partition partition; /* first, so that a Partition of this board is one of these */
  const esp_partition_t* head;
  const esp_partition_t* body;
  uint32_t headBlocks;
} Area;

/* What otadata selects is not touched: the boot loader would boot it before it is verified. */
static int isClosed(const Area* area)
{
  return slots.misled && (area->body == slots.other);
}

/* How many of `length` bytes at `offset` lie in one partition; which one, and where in it. */
static uint32_t place(
    const Area* area, uint32_t* offset, uint32_t length, const esp_partition_t** partition)
{
  uint32_t head = area->headBlocks * area->partition.blockLength, left;
  *partition = *offset < head ? area->head : area->body;
  if (*offset >= head) {
    *offset -= head;
    return length;
  }
  left = head - *offset;
  return length < left ? length : left;
}

/* The bytes of erased flash are 0xFF in the client's eyes. Encrypted, they read as noise; what they
 * are in truth is asked for by units of the cipher. */
static int showErased(
    const esp_partition_t* partition, uint32_t at, uint8_t* bytes, uint32_t length)
{
  uint8_t unit[ENCRYPTED_ALIGN];
  for (uint32_t done = 0; done < length;) {
    uint32_t from = (at + done) % ENCRYPTED_ALIGN, count = ENCRYPTED_ALIGN - from;
    uint32_t i = 0;
    if (count > length - done)
      count = length - done;
    if (esp_partition_read_raw(partition, at + done - from, unit, sizeof(unit)) != ESP_OK)
      return 0;
    while ((i < ENCRYPTED_ALIGN) && (unit[i] == 0xFF))
      i++;
    if (i == ENCRYPTED_ALIGN)
      memset(bytes + done, 0xFF, count);
    done += count;
  }
  return 1;
}

static int readArea(const Partition* self, uint32_t offset, void* bytes, uint32_t length)
{
  uint8_t* to = bytes;
  while (length) {
    const esp_partition_t* partition;
    uint32_t at = offset, count = place((const Area*)self, &at, length, &partition);
    if (esp_partition_read(partition, at, to, count) != ESP_OK)
      return 0;
    if (partition->encrypted && !showErased(partition, at, to, count))
      return 0;
    offset += count;
    to += count;
    length -= count;
  }
  return 1;
}

static int writeArea(const Partition* self, uint32_t offset, const void* bytes, uint32_t length)
{
  const uint8_t* from = bytes;
  if (isClosed((const Area*)self))
    return 0;
  while (length) {
    const esp_partition_t* partition;
    uint32_t at = offset, count = place((const Area*)self, &at, length, &partition);
    if (esp_partition_write(partition, at, from, count) != ESP_OK)
      return 0;
    offset += count;
    from += count;
    length -= count;
  }
  return 1;
}

/* One block at a time, and the other tasks get to run after it: an erase of a whole slot in one
 * call starves the task watchdog. */
static int eraseArea(const Partition* self, uint32_t block)
{
  const esp_partition_t* partition;
  uint32_t at = block * self->blockLength;
  if (isClosed((const Area*)self))
    return 0;
  place((const Area*)self, &at, self->blockLength, &partition);
  if (esp_partition_erase_range(partition, at, self->blockLength) != ESP_OK)
    return 0;
  vTaskDelay(1);
  return 1;
}

/* The image that runs, as the base of deltas: what the boot loader of the chip sees, decrypted. */

static int readBase(const Partition* self, uint32_t offset, void* bytes, uint32_t length)
{
  (void)self;
  return esp_partition_read(slots.running, offset, bytes, length) == ESP_OK;
}

/* Bytes of the ESP image at the start of the running slot: a head, segments, a checksum at the end
 * of 16 bytes, a digest; behind them, in a sector of its own, a signature of secure boot. 0: there
 * is no such image. */
static uint32_t imageBytes(void)
{
  uint32_t at = IMAGE_HEAD_BYTES, room = slots.running->size;
  uint8_t head[IMAGE_HEAD_BYTES], segment[IMAGE_SEGMENT_BYTES], signature[2];
  if (!readBase(NULL, 0, head, sizeof(head)) || (head[0] != IMAGE_MAGIC))
    return 0;
  for (uint8_t i = 0; i < head[1]; i++) {
    uint32_t length;
    if ((at + sizeof(segment) > room) || !readBase(NULL, at, segment, sizeof(segment)))
      return 0;
    memcpy(&length, segment + 4, sizeof(length));
    at += sizeof(segment);
    if (length > room - at)
      return 0;
    at += length;
  }
  at = (at + 16) / 16 * 16 + (head[IMAGE_HEAD_BYTES - 1] ? IMAGE_DIGEST_BYTES : 0);
  if (at > room)
    return 0;
  room -= (at + SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  if ((room >= SECTOR_BYTES)
      && readBase(NULL, slots.running->size - room, signature, sizeof(signature))
      && (signature[0] == SIGNATURE_MAGIC) && (signature[1] == SIGNATURE_VERSION))
    at = slots.running->size - room + SECTOR_BYTES;
  return at;
}

static const Partition* openBase(void)
{
  static Partition base = { .blockLength = 1, .writeAlign = 1, .read = readBase };
  if (!base.blocks)
    base.blocks = imageBytes();
  return &base;
}

const char* slotsPartition(const char* name, const Partition** partition)
{
  static Area areas[2];
  const char* wrong = slotsOpen();
  int staging = !strcmp(name, "staging");
  Area* area = &areas[staging];
  if (wrong)
    return wrong;
  if (!strcmp(name, "base")) {
    *partition = openBase();
    return NULL;
  }
  if (!staging && strcmp(name, "store"))
    return "no such partition";
  area->head = staging ? slots.head : NULL;
  area->body = staging ? slots.other : slots.store;
  area->headBlocks = staging ? 1 : 0;
  area->partition = (Partition){
    .blocks = area->headBlocks + area->body->size / area->body->erase_size,
    .blockLength = area->body->erase_size,
    .writeAlign =
        alignOf(area->body) > alignOf(area->head) ? alignOf(area->body) : alignOf(area->head),
    .read = readArea,
    .write = writeArea,
    .erase = eraseArea,
  };
  *partition = &area->partition;
  return area->head && (area->head->erase_size != area->body->erase_size)
      ? "erase blocks differ in size"
      : NULL;
}

int slotRunning(void)
{
  return slotsOpen() ? 0 : numberOf(slots.running);
}

int slotTrial(void)
{
  return slotsOpen() ? 0 : slots.trial;
}

/* A reset from outside is nobody's fault, as a loss of power is. XS ends its own aborts with a
 * software reset: without a note from before, it was one. */
static ResetCause causeOf(esp_reset_reason_t reason, NoteEnd end)
{
  switch (reason) {
  case ESP_RST_POWERON:
  case ESP_RST_BROWNOUT:
  case ESP_RST_PWR_GLITCH:
  case ESP_RST_EXT:
  case ESP_RST_SDIO:
  case ESP_RST_USB:
  case ESP_RST_JTAG:
  case ESP_RST_EFUSE:
    return RESET_POWER;
  case ESP_RST_DEEPSLEEP:
    return RESET_RESTART;
  case ESP_RST_SW:
    return end == NOTE_RESTART ? RESET_RESTART : RESET_PANIC;
  case ESP_RST_INT_WDT:
  case ESP_RST_TASK_WDT:
  case ESP_RST_WDT:
    return RESET_WATCHDOG;
  case ESP_RST_PANIC:
  case ESP_RST_CPU_LOCKUP:
    return RESET_PANIC;
  default:
    return RESET_UNKNOWN;
  }
}

/* Once a start: the note says how the run before ended. */
static void openCause(void)
{
  static int isOpen;
  NoteEnd end;
  if (isOpen)
    return;
  isOpen = 1;
  end = noteTake();
  slots.failedBefore = end == NOTE_FAILED;
  slots.cause = causeOf(esp_reset_reason(), end);
  if ((slots.cause == RESET_POWER) || (slots.cause == RESET_RESTART))
    noteSetFailures(0);
  else
    noteSetFailures(noteFailures() + 1);
  slots.failures = noteFailures();
}

uint32_t slotFailures(void)
{
  openCause();
  return slots.failures;
}

ResetCause slotCause(void)
{
  openCause();
  return slots.cause;
}

uint32_t slotPauseMs(void)
{
  uint32_t failures, pause = PAUSE_MS;
  openCause();
  failures = noteFailures();
  if (slotTrial() || (!slots.failedBefore && (failures < FAILURES_MAX)))
    return 0;
  for (uint32_t i = slots.failedBefore ? 1 : FAILURES_MAX; (i < failures) && (pause < PAUSE_MS_MAX);
       i++)
    pause *= 2;
  return pause < PAUSE_MS_MAX ? pause : PAUSE_MS_MAX;
}

void slotRestart(int failed)
{
  noteEnd(!failed ? NOTE_RESTART : slotTrial() ? NOTE_TRIAL_FAILED : NOTE_FAILED);
  esp_restart();
}

/* A package is staged when its header fills the block before the slot; the boot loader of the chip
 * looks at the slot alone. */
static int isStaged(void)
{
  uint8_t header[MCUBOOT_HEADER_BYTES];
  uint32_t magic, headerSize;
  if (esp_partition_read(slots.head, 0, header, sizeof(header)) != ESP_OK)
    return 0;
  magic =
      header[0] | (uint32_t)header[1] << 8 | (uint32_t)header[2] << 16 | (uint32_t)header[3] << 24;
  headerSize = header[8] | (uint32_t)header[9] << 8;
  return (magic == MCUBOOT_MAGIC) && (headerSize == slots.head->size);
}

const char* slotArm(void)
{
  const char* wrong = slotsOpen();
  if (wrong)
    return wrong;
  if (slotsWarning())
    return slotsWarning();
  if (slots.trial)
    return "the running image is on trial";
  if (!isStaged())
    return "nothing is staged, or its header is not one erase block long";
  if (esp_ota_get_boot_partition()
      == slots.other) /* armed: the running slot was selected at the start */
    return NULL;
  return esp_ota_set_boot_partition(slots.other) == ESP_OK ? NULL
                                                           : "the staged image cannot be booted";
}

const char* slotConfirm(void)
{
  const char* wrong = slotsOpen();
  if (!wrong)
    noteSetFailures(0);
  if (wrong || !slots.trial)
    return wrong;
  if (slots.unguarded)
    return UNGUARDED;
  if (esp_ota_mark_app_valid_cancel_rollback() != ESP_OK)
    return "otadata cannot be written";
  slots.trial = 0;
  return NULL;
}
