/* ESP-IDF as documented, and as strict as it is documented: partitions in files, otadata in two
   sectors that are rewritten in place, the boot loader with rollback, images that are checked. A
   caller that breaks a rule ends the process with a sentence. */
#define _GNU_SOURCE
#include "fake-idf.h"
#include "../../hal/host/file.h"
#include "../../hal/host/reset.h"
#include "../../hal/common/base/crc32.h"
#include "../../hal/common/boot/image.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECTOR 4096
#define SLOT_BLOCKS 480
#define STORE_BLOCKS 8
#define ALIGN 4
#define PARTITIONS 5
#define HEADER_BYTES 24
#define SEGMENT_BYTES 8
#define IMAGE_MAGIC 0xE9
#define DESCRIPTION_MAGIC 0xABCD5432U
#define DESCRIPTION_BYTES 256
#define SECURE_VERSION_AT 4
#define VERSION_AT 16
#define CIPHER_BYTES 16
#define PAGE_BYTES 4096
#define SOCKETS 4
#define NVS_BLOCKS 5
#define NO_NUMBER UINT32_MAX

enum { OTA_0, OTA_1, OTADATA, HEAD, STORE };

typedef struct {
  uint32_t seq;
  uint8_t label[20];
  uint32_t state;
  uint32_t crc;
} Entry;

static esp_partition_t partitions[PARTITIONS] = {
  { ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_MIN, 0x10000, SLOT_BLOCKS* SECTOR, SECTOR,
      "ota_0", 0 },
  { ESP_PARTITION_TYPE_APP, ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 1, 0x1F0000, SLOT_BLOCKS* SECTOR,
      SECTOR, "ota_1", 0 },
  { ESP_PARTITION_TYPE_DATA, 0, 0xe000, 2 * SECTOR, SECTOR, "otadata", 0 },
  { ESP_PARTITION_TYPE_DATA, 0x40, 0x3D0000, SECTOR, SECTOR, "head", 0 },
  { ESP_PARTITION_TYPE_DATA, 0x41, 0x3D1000, STORE_BLOCKS* SECTOR, SECTOR, "store", 0 },
};
static FlashFile files[PARTITIONS];
static FlashFile nvs;
static char folder[PATH_MAX - 32];
static esp_reset_reason_t reset;
static int running;
static esp_app_desc_t description;
static int64_t startedUs;
static char hardware[256];

static void require(int condition, const char* rule);

/* RTC_NOINIT_ATTR: a page, and this one behind it, so that nothing else is on the first. */
static char behind[PAGE_BYTES] __attribute__((section("rtc_noinit"), aligned(PAGE_BYTES), used));
extern char __start_rtc_noinit[];

/* Memory that a reset leaves alone and a loss of power fills with anything: a file in its place. */
static const char* openRtc(int powered)
{
  char path[PATH_MAX], noise[PAGE_BYTES];
  int file;
  require((uintptr_t)behind - (uintptr_t)__start_rtc_noinit == PAGE_BYTES,
      "memory for RTC_NOINIT_ATTR is one page");
  snprintf(path, sizeof(path), "%s/rtc", folder);
  file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return "rtc cannot be opened";
  esp_fill_random(noise, sizeof(noise));
  if ((powered || (lseek(file, 0, SEEK_END) < PAGE_BYTES))
      && (pwrite(file, noise, sizeof(noise), 0) != sizeof(noise)))
    return "rtc cannot be written";
  if (mmap(__start_rtc_noinit, PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0)
      == MAP_FAILED)
    return "rtc cannot be mapped";
  close(file);
  return NULL;
}

/* What another start was told to say. */
static void openReason(void)
{
  char path[PATH_MAX];
  FILE* file;
  int given;
  snprintf(path, sizeof(path), "%s/reason", folder);
  file = fopen(path, "re");
  if (!file)
    return;
  if (fscanf(file, "%d", &given) == 1)
    reset = (esp_reset_reason_t)given;
  fclose(file);
  remove(path);
}

static int64_t monotonicUs(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What the file "hardware" says, a blank before and after each word. */
static int is(const char* word, const char* label)
{
  char text[64];
  snprintf(text, sizeof(text), " %s%s ", word, label);
  return strstr(hardware, text) != NULL;
}

static void openHardware(void)
{
  char path[PATH_MAX];
  FILE* file;
  size_t length = 0;
  snprintf(path, sizeof(path), "%s/hardware", folder);
  file = fopen(path, "rbe");
  if (file) {
    length = fread(hardware + 1, 1, sizeof(hardware) - 3, file);
    fclose(file);
  }
  hardware[0] = hardware[1 + length] = ' ';
  if (is("small-store", ""))
    partitions[STORE].size = SECTOR;
  if (is("odd-store", ""))
    partitions[STORE].size += 100;
  if (is("long-head", ""))
    partitions[HEAD].size = 2 * SECTOR;
  if (is("unequal", ""))
    partitions[OTA_1].size -= SECTOR;
  if (is("factory", ""))
    partitions[OTA_0].subtype = 0;
  for (int i = 0; is("encrypted", "") && (i < PARTITIONS); i++)
    partitions[i].encrypted = i != OTADATA;
}

static void require(int condition, const char* rule)
{
  if (condition)
    return;
  fprintf(stderr, "ESP-IDF: %s\n", rule);
  abort();
}

static int indexOf(const esp_partition_t* partition)
{
  int index = (int)(partition - partitions);
  require((partition >= partitions) && (index < PARTITIONS), "a partition that nobody has found");
  return index;
}

const char* fakeOpen(const char* directory, esp_reset_reason_t reason)
{
  char path[PATH_MAX];
  const char* problem;
  reset = reason;
  startedUs = monotonicUs();
  snprintf(folder, sizeof(folder), "%s", directory);
  openHardware();
  problem = openRtc(reason == ESP_RST_POWERON);
  if (problem)
    return problem;
  openReason();
  snprintf(path, sizeof(path), "%s/nvs.flash", folder);
  if (!flashFileOpen(&nvs, path, SECTOR, NVS_BLOCKS, ALIGN))
    return "NVS cannot be opened";
  for (int i = 0; i < PARTITIONS; i++) {
    uint32_t align = !partitions[i].encrypted ? ALIGN : is("esp32", "") ? 32 : 16;
    snprintf(path, sizeof(path), "%s/%s.flash", folder, partitions[i].label);
    if (!flashFileOpen(&files[i], path, SECTOR, partitions[i].size / SECTOR, align))
      return "a partition cannot be opened";
  }
  return NULL;
}

const esp_partition_t* esp_partition_find_first(
    esp_partition_type_t type, esp_partition_subtype_t subtype, const char* label)
{
  for (int i = 0; i < PARTITIONS; i++)
    if ((partitions[i].type == type)
        && ((subtype == ESP_PARTITION_SUBTYPE_ANY) || (partitions[i].subtype == subtype))
        && (!label || !strcmp(label, partitions[i].label)) && !is("no-", partitions[i].label))
      return &partitions[i];
  return NULL;
}

static const Partition* fileOf(const esp_partition_t* partition)
{
  return &files[indexOf(partition)].partition;
}

static int fits(const esp_partition_t* partition, size_t offset, size_t length)
{
  return (offset <= partition->size) && (length <= partition->size - offset);
}

esp_err_t esp_partition_read_raw(
    const esp_partition_t* partition, size_t offset, void* bytes, size_t length)
{
  const Partition* file = fileOf(partition);
  if (!fits(partition, offset, length))
    return ESP_ERR_INVALID_SIZE;
  return !is("unreadable-", partition->label)
          && file->read(file, (uint32_t)offset, bytes, (uint32_t)length)
      ? ESP_OK
      : ESP_FAIL;
}

/* Encrypted flash that is erased reads as noise: whole units of the cipher, where no byte was
 * written. */
static void addNoise(const esp_partition_t* partition, size_t offset, uint8_t* bytes, size_t length)
{
  uint8_t unit[CIPHER_BYTES];
  for (size_t at = offset; at < offset + length; at++) {
    size_t start = at - at % CIPHER_BYTES;
    int erased = 1;
    if ((at == offset) || (at == start))
      esp_partition_read_raw(partition, start, unit, sizeof(unit));
    for (int i = 0; i < CIPHER_BYTES; i++)
      erased = erased && (unit[i] == 0xFF);
    if (erased)
      bytes[at - offset] = (uint8_t)(at * 167 + (at >> 8) * 59 + 13);
  }
}

esp_err_t esp_partition_read(
    const esp_partition_t* partition, size_t offset, void* bytes, size_t length)
{
  esp_err_t result = esp_partition_read_raw(partition, offset, bytes, length);
  if ((result == ESP_OK) && partition->encrypted)
    addNoise(partition, offset, bytes, length);
  return result;
}

/* The slot that runs is code: a write to it would crash the chip. */
static void requireIdle(const esp_partition_t* partition)
{
  require(indexOf(partition) != running, "the running slot is written");
}

esp_err_t esp_partition_write(
    const esp_partition_t* partition, size_t offset, const void* bytes, size_t length)
{
  const Partition* file = fileOf(partition);
  requireIdle(partition);
  if (!fits(partition, offset, length))
    return ESP_ERR_INVALID_SIZE;
  return file->write(file, (uint32_t)offset, bytes, (uint32_t)length) ? ESP_OK : ESP_FAIL;
}

esp_err_t esp_partition_erase_range(const esp_partition_t* partition, size_t offset, size_t length)
{
  requireIdle(partition);
  if ((offset % partition->erase_size) || (length % partition->erase_size))
    return ESP_ERR_INVALID_SIZE;
  require(length <= 16 * SECTOR, "a long erase without a pause: the task watchdog bites");
  for (; length; offset += SECTOR, length -= SECTOR)
    if (!fileOf(partition)->erase(fileOf(partition), (uint32_t)offset / SECTOR))
      return ESP_ERR_INVALID_SIZE;
  return ESP_OK;
}

/* Over the number alone, and begun with all ones, as the boot loader has it. */
static uint32_t entryCrc(const Entry* entry)
{
  return crc32Of(UINT32_MAX, &entry->seq, sizeof(entry->seq));
}

static Entry readEntry(int sector)
{
  Entry entry;
  const Partition* file = &files[OTADATA].partition;
  file->read(file, (uint32_t)sector * SECTOR, &entry, sizeof(entry));
  return entry;
}

/* In place: erased, then programmed. Power may fail between. */
static esp_err_t writeEntry(int sector, Entry entry)
{
  const Partition* file = &files[OTADATA].partition;
  if (is("stuck-otadata", "") || !file->erase(file, (uint32_t)sector))
    return ESP_FAIL;
  return file->write(file, (uint32_t)sector * SECTOR, &entry, sizeof(entry)) ? ESP_OK : ESP_FAIL;
}

static Entry newEntry(uint32_t seq, uint32_t state)
{
  Entry entry;
  memset(&entry, 0xff, sizeof(entry));
  entry.seq = seq;
  entry.state = state;
  entry.crc = entryCrc(&entry);
  return entry;
}

/* Blank, or given up and torn: the boot loader writes its own first entry where both are. One
 * that is torn and was not given up keeps it from that, and nothing is selected. */
static int isInitial(int sector)
{
  Entry entry = readEntry(sector);
  int isBlank = entry.seq == UINT32_MAX;
  int isGivenUp = (entry.state == ESP_OTA_IMG_INVALID) || (entry.state == ESP_OTA_IMG_ABORTED);
  return isBlank || (isGivenUp && (entry.crc != entryCrc(&entry)));
}

static int isUsable(const Entry* entry)
{
  return (entry->seq != UINT32_MAX) && (entry->state != ESP_OTA_IMG_INVALID)
      && (entry->state != ESP_OTA_IMG_ABORTED) && (entry->crc == entryCrc(entry));
}

static int slotOf(uint32_t seq)
{
  return (int)((seq - 1) % 2);
}

/* The sector of the newer of the entries that count, -1 without one. */
static int newest(int first, int second)
{
  if (first && (!second || (readEntry(0).seq > readEntry(1).seq)))
    return 0;
  return second ? 1 : -1;
}

/* The sector of the newest usable entry, -1 without one. */
static int active(void)
{
  Entry a = readEntry(0), b = readEntry(1);
  return newest(isUsable(&a), isUsable(&b));
}

static int slotOfActive(void)
{
  int sector = active();
  return sector < 0 ? OTA_0 : slotOf(readEntry(sector).seq);
}

/* An ESP image of one segment, which begins with the application's description: header, segment,
 * checksum, SHA-256. */
static const uint8_t* checkImage(int slot, uint32_t* length)
{
  char path[PATH_MAX];
  struct stat info = { 0 };
  uint32_t end, size, magic;
  uint8_t* bytes = MAP_FAILED;
  uint8_t digest[32], sum = 0xEF;
  int file;
  snprintf(path, sizeof(path), "%s/%s.flash", folder, partitions[slot].label);
  file = open(path, O_RDONLY | O_CLOEXEC);
  if ((file >= 0) && !fstat(file, &info) && (info.st_size > HEADER_BYTES + SEGMENT_BYTES))
    bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, file, 0);
  if (file >= 0)
    close(file);
  if (bytes == MAP_FAILED)
    return NULL;
  memcpy(&size, bytes + HEADER_BYTES + 4, 4);
  end = (HEADER_BYTES + SEGMENT_BYTES + size + 16) & ~15U;
  if ((bytes[0] != IMAGE_MAGIC) || (bytes[1] != 1) || (size > (uint32_t)info.st_size)
      || (end + 32 > (uint32_t)info.st_size))
    goto bad;
  for (uint32_t i = 0; i < size; i++)
    sum ^= bytes[HEADER_BYTES + SEGMENT_BYTES + i];
  bootSha256(bytes, end, digest);
  if ((bytes[end - 1] != sum) || memcmp(digest, bytes + end, 32))
    goto bad;
  memcpy(&magic, bytes + HEADER_BYTES + SEGMENT_BYTES, 4);
  if ((magic != DESCRIPTION_MAGIC) || (size < DESCRIPTION_BYTES))
    goto bad;
  *length = size;
  return bytes + HEADER_BYTES + SEGMENT_BYTES;
bad:
  munmap(bytes, (size_t)info.st_size);
  return NULL;
}

static uint32_t secureVersionOf(const uint8_t* payload)
{
  uint32_t version;
  memcpy(&version, payload + SECURE_VERSION_AT, sizeof(version));
  return version;
}

/* CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK: the version in the fuses, which only rises. A file has it.
 */
static uint32_t fuses(void)
{
  char path[PATH_MAX];
  FILE* file;
  unsigned value = 0;
  snprintf(path, sizeof(path), "%s/fuses", folder);
  file = fopen(path, "re");
  if (file && (fscanf(file, "%u", &value) != 1))
    value = 0;
  if (file)
    fclose(file);
  return value;
}

static void burn(uint32_t secureVersion)
{
  char path[PATH_MAX];
  FILE* file;
  if (!is("anti-rollback", "") || (secureVersion <= fuses()))
    return;
  snprintf(path, sizeof(path), "%s/fuses", folder);
  file = fopen(path, "we");
  require(file != NULL, "no fuses");
  fprintf(file, "%u\n", (unsigned)secureVersion);
  fclose(file);
}

static void burnFor(int slot)
{
  uint32_t length;
  const uint8_t* payload = is("anti-rollback", "") ? checkImage(slot, &length) : NULL;
  if (payload)
    burn(secureVersionOf(payload));
}

/* What the boot loader would start of this slot, NULL when it would not. */
static const uint8_t* bootable(int slot, uint32_t* length)
{
  const uint8_t* payload = checkImage(slot, length);
  return payload && is("anti-rollback", "") && (secureVersionOf(payload) < fuses()) ? NULL
                                                                                    : payload;
}

static int isAllowed(int sector)
{
  Entry entry = readEntry(sector);
  uint32_t length;
  return isUsable(&entry) && (!is("anti-rollback", "") || bootable(slotOf(entry.seq), &length));
}

/* Trials that were not confirmed end; the newest entry is chosen, and one that is new is on trial
 * from now on. Gives the slot to begin with. */
static int selectSlot(int* initial)
{
  int sector;
  for (sector = is("no-rollback", "") ? 2 : 0; sector < 2; sector++) {
    Entry entry = readEntry(sector);
    if (entry.state == ESP_OTA_IMG_PENDING_VERIFY) {
      entry.state = ESP_OTA_IMG_ABORTED;
      writeEntry(sector, entry);
    }
  }
  *initial = isInitial(0) && isInitial(1);
  sector = newest(isAllowed(0), isAllowed(1));
  if (sector >= 0) {
    Entry entry = readEntry(sector);
    if ((entry.state == ESP_OTA_IMG_NEW) && !is("no-rollback", "")) {
      entry.state = ESP_OTA_IMG_PENDING_VERIFY;
      writeEntry(sector, entry);
    }
    if (entry.state == ESP_OTA_IMG_VALID)
      burnFor(slotOf(entry.seq));
  }
  return sector < 0 ? OTA_0 : slotOf(readEntry(sector).seq);
}

const void* fakeBoot(uint32_t* length)
{
  const uint8_t* payload;
  int initial;
  running = -1;
  running = selectSlot(&initial);
  payload = bootable(running, length);
  if (!payload) {
    running = !running;
    payload = bootable(running, length);
  }
  if (!payload)
    return NULL;
  description.secure_version = secureVersionOf(payload);
  if (initial) {
    writeEntry(0, newEntry((uint32_t)running + 1, ESP_OTA_IMG_VALID));
    burn(description.secure_version);
  }
  memcpy(description.version, payload + VERSION_AT, sizeof(description.version));
  *length -= DESCRIPTION_BYTES;
  return payload + DESCRIPTION_BYTES;
}

const esp_partition_t* esp_ota_get_running_partition(void)
{
  return &partitions[running];
}

const esp_partition_t* esp_ota_get_boot_partition(void)
{
  return &partitions[slotOfActive()];
}

const esp_partition_t* esp_ota_get_next_update_partition(const esp_partition_t* from)
{
  int next = from ? !indexOf(from) : !running;
  return &partitions[is("no-", partitions[next].label) ? running : next];
}

/* The first entry of the slot, whichever is newer: as ESP-IDF has it. */
esp_err_t esp_ota_get_state_partition(const esp_partition_t* partition, esp_ota_img_states_t* state)
{
  for (int sector = 0; sector < 2; sector++) {
    Entry entry = readEntry(sector);
    if ((entry.crc == entryCrc(&entry)) && (slotOf(entry.seq) == indexOf(partition))) {
      *state = (esp_ota_img_states_t)entry.state;
      return ESP_OK;
    }
  }
  return ESP_ERR_NOT_FOUND;
}

esp_err_t esp_ota_set_boot_partition(const esp_partition_t* partition)
{
  int slot = indexOf(partition), sector = active();
  uint32_t length, was = sector < 0 ? 0 : readEntry(sector).seq;
  uint32_t seq = was && (slotOf(was) == slot) ? was : was + 1;
  if (!checkImage(slot, &length))
    return ESP_ERR_OTA_VALIDATE_FAILED;
  if (!bootable(slot, &length)) {
    for (uint32_t block = 0; block < SLOT_BLOCKS; block++)
      files[slot].partition.erase(&files[slot].partition, block);
    return ESP_ERR_OTA_SMALL_SEC_VER;
  }
  if (slotOf(seq) != slot)
    seq++;
  return writeEntry(sector < 0 ? 0 : seq == was ? sector : !sector, newEntry(seq, ESP_OTA_IMG_NEW));
}

esp_err_t esp_ota_mark_app_valid_cancel_rollback(void)
{
  int sector = active();
  Entry entry;
  if (sector < 0)
    return ESP_FAIL;
  entry = readEntry(sector);
  if (entry.state == ESP_OTA_IMG_VALID)
    return ESP_OK;
  entry.state = ESP_OTA_IMG_VALID;
  if (writeEntry(sector, entry) != ESP_OK)
    return ESP_FAIL;
  burn(description.secure_version);
  return ESP_OK;
}

const esp_app_desc_t* esp_app_get_description(void)
{
  return &description;
}

void esp_chip_info(esp_chip_info_t* info)
{
  info->model = is("esp32", "") ? CHIP_ESP32 : CHIP_ESP32C3;
}

esp_reset_reason_t esp_reset_reason(void)
{
  return reset;
}

void esp_restart(void)
{
  resetNow(RESET_RESTART);
}

void esp_fill_random(void* bytes, size_t length)
{
  require(getrandom(bytes, length, 0) == (ssize_t)length, "no random bytes");
}

/* Since the chip was started. */
int64_t esp_timer_get_time(void)
{
  return monotonicUs() - startedUs;
}

/* As long as it takes: nobody waits in a test for what a chip waits for. */
void vTaskDelay(TickType_t ticks)
{
  (void)ticks;
}

esp_err_t esp_task_wdt_reset(void)
{
  resetFeed();
  return ESP_OK;
}

/* lwIP has a task only from then on, and aborts before; the SDK's configuration gives it four
 * sockets. */
static int isNetworked;
static int sockets[SOCKETS];
static int socketCount;
int __real_socket(int domain, int type, int protocol);
int __real_close(int file);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_close(int file);

esp_err_t esp_netif_init(void)
{
  isNetworked = 1;
  return ESP_OK;
}

int __wrap_socket(int domain, int type, int protocol)
{
  int file;
  require(isNetworked, "lwIP is used before esp_netif_init");
  if (socketCount == SOCKETS) {
    errno = ENFILE;
    return -1;
  }
  file = __real_socket(domain, type, protocol);
  if (file >= 0)
    sockets[socketCount++] = file;
  return file;
}

int __wrap_close(int file)
{
  for (int i = 0; i < socketCount; i++)
    if (sockets[i] == file)
      sockets[i] = sockets[--socketCount];
  return __real_close(file);
}

/* While the program waits the idle task runs, which feeds the watchdog. Here the switch turns the
 * chip off. */
int __real_poll(struct pollfd* pollers, nfds_t count, int timeoutMs);
int __wrap_poll(struct pollfd* pollers, nfds_t count, int timeoutMs);

int __wrap_poll(struct pollfd* pollers, nfds_t count, int timeoutMs)
{
  int ready = 0;
  if (!timeoutMs)
    return __real_poll(pollers, count, timeoutMs);
  resetPause();
  if (!resetOff())
    ready = __real_poll(pollers, count, timeoutMs);
  if (resetOff()) {
    fflush(stdout);
    _exit(0);
  }
  resetFeed();
  return ready;
}

esp_err_t nvs_open(const char* space, nvs_open_mode_t mode, nvs_handle_t* handle)
{
  require(strlen(space) <= 15, "a name of NVS is longer than 15 characters");
  *handle = (nvs_handle_t)mode + 1;
  return ESP_OK;
}

esp_err_t nvs_get_str(nvs_handle_t handle, const char* key, char* text, size_t* length)
{
  char path[PATH_MAX];
  FILE* file;
  size_t count;
  require(handle && (strlen(key) <= 15) && (*length <= 4000),
      "NVS holds strings of 4000 bytes, keys of 15");
  snprintf(path, sizeof(path), "%s/%s.json", folder, key);
  file = fopen(path, "rbe");
  if (!file)
    return ESP_ERR_NOT_FOUND;
  count = fread(text, 1, *length - 1, file);
  fclose(file);
  text[count] = 0;
  *length = count + 1;
  return ESP_OK;
}

/* Numbers in NVS are entries one behind the other, of which the last of a key counts. Power that
 * fails in one leaves the value before. */
typedef struct {
  char key[16];
  uint32_t value;
  uint32_t check;
  uint8_t rest[8];
} Number;

static int readNumber(uint32_t index, Number* number)
{
  return nvs.partition.read(&nvs.partition, index * sizeof(*number), number, sizeof(*number));
}

static uint32_t numberCheck(const Number* number)
{
  return crc32Of(0, number, offsetof(Number, check));
}

/* Where the next entry goes; the value of `key` is put in `value`. */
static uint32_t findNumber(const char* key, uint32_t* value)
{
  static const uint8_t blank[sizeof(Number)] = { [0 ... sizeof(Number) - 1] = 0xFF };
  Number number;
  uint32_t index = 0;
  *value = NO_NUMBER;
  for (; readNumber(index, &number) && memcmp(&number, blank, sizeof(number)); index++)
    if ((number.check == numberCheck(&number)) && !strncmp(number.key, key, sizeof(number.key)))
      *value = number.value;
  return index;
}

static void checkNumber(nvs_handle_t handle, const char* key, int writes)
{
  require(handle && (strlen(key) <= 15) && (!writes || (handle == NVS_READWRITE + 1)),
      "NVS was not opened for that");
}

static esp_err_t writeNumber(const char* key, uint32_t value)
{
  Number number = { .value = value };
  uint32_t was, index = findNumber(key, &was);
  strncpy(number.key, key, sizeof(number.key) - 1);
  number.check = numberCheck(&number);
  return !is("full-nvs", "")
          && nvs.partition.write(&nvs.partition, index * sizeof(number), &number, sizeof(number))
      ? ESP_OK
      : ESP_ERR_NVS_NOT_ENOUGH_SPACE;
}

esp_err_t nvs_get_u8(nvs_handle_t handle, const char* key, uint8_t* value)
{
  uint32_t found;
  checkNumber(handle, key, 0);
  findNumber(key, &found);
  if (found == NO_NUMBER)
    return ESP_ERR_NOT_FOUND;
  *value = (uint8_t)found;
  return ESP_OK;
}

esp_err_t nvs_set_u8(nvs_handle_t handle, const char* key, uint8_t value)
{
  checkNumber(handle, key, 1);
  return writeNumber(key, value);
}

esp_err_t nvs_erase_key(nvs_handle_t handle, const char* key)
{
  uint32_t found;
  checkNumber(handle, key, 1);
  findNumber(key, &found);
  return found == NO_NUMBER ? ESP_ERR_NOT_FOUND : writeNumber(key, NO_NUMBER);
}

esp_err_t nvs_commit(nvs_handle_t handle)
{
  require(handle == NVS_READWRITE + 1, "NVS was not opened for that");
  return ESP_OK;
}

void nvs_close(nvs_handle_t handle)
{
  (void)handle;
}
