/* What the meter uses of QEMU's interface for TCG plugins (QEMU's documentation, "QEMU TCG
   Plugins"): Debian has no header of it. METER_API is the version of that interface: 1 up to
   QEMU 8.2, 2 from QEMU 9.0 on, where counters lie in scoreboards, one for each processor. */
#ifndef QEMU_H
#define QEMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
typedef struct qemu_info_t qemu_info_t; /* nothing in it is looked at */
typedef uint32_t qemu_plugin_meminfo_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_mem_rw { QEMU_PLUGIN_MEM_R = 1, QEMU_PLUGIN_MEM_W, QEMU_PLUGIN_MEM_RW };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };

typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t id, struct qemu_plugin_tb* block);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int vcpu, void* data);
typedef void (*qemu_plugin_vcpu_mem_cb_t)(
    unsigned int vcpu, qemu_plugin_meminfo_t info, uint64_t address, void* data);
typedef void (*qemu_plugin_udata_cb_t)(qemu_plugin_id_t id, void* data);

void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, qemu_plugin_vcpu_tb_trans_cb_t callback);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn* instruction,
    qemu_plugin_vcpu_udata_cb_t callback, enum qemu_plugin_cb_flags flags, void* data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn* instruction,
    qemu_plugin_vcpu_mem_cb_t callback, enum qemu_plugin_cb_flags flags, enum qemu_plugin_mem_rw rw,
    void* data);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, qemu_plugin_udata_cb_t callback, void* data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb* block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn* instruction);

#if METER_API == 1
void qemu_plugin_register_vcpu_insn_exec_inline(
    struct qemu_plugin_insn* instruction, enum qemu_plugin_op op, void* counter, uint64_t add);
#else
struct qemu_plugin_scoreboard;
typedef struct {
  struct qemu_plugin_scoreboard* score;
  size_t offset;
} qemu_plugin_u64;
struct qemu_plugin_scoreboard* qemu_plugin_scoreboard_new(size_t size);
void* qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard* score, unsigned int vcpu);
void qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn* instruction,
    enum qemu_plugin_op op, qemu_plugin_u64 entry, uint64_t add);
#endif

#endif
