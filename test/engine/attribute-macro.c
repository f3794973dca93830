// A driver that defines __attribute__ away, for compilers that do not know it, keeps its annotations.
// RUN: %verify %s
#include <ntifs.h>

#define __attribute__(x)

typedef struct _CHUNK {
  FAST_MUTEX Lock;
  ULONG Used;
} CHUNK, *PCHUNK;

_Requires_lock_held_(Chunk->Lock)
_When_(return == STATUS_SUCCESS, _Releases_lock_(Chunk->Lock))
NTSTATUS extend(_Inout_ PCHUNK Chunk, ULONG Length) __attribute__((nonnull(1)));
NTSTATUS flush(PCHUNK Chunk);

static NTSTATUS grow(PCHUNK Chunk, ULONG Length) {
  NTSTATUS Status;
  ExAcquireFastMutex(&Chunk->Lock);
  Status = extend(Chunk, Length);
  if (NT_SUCCESS(Status))
    return Status;
  ExReleaseFastMutex(&Chunk->Lock);
  return Status;
}

_IRQL_requires_max_(APC_LEVEL)
NTSTATUS grow_good(PCHUNK Chunk, ULONG Length) {
  NTSTATUS Status;
  Status = grow(Chunk, Length);
  if (NT_SUCCESS(Status))
    Status = flush(Chunk);
  return Status;
}

_IRQL_requires_max_(APC_LEVEL)
NTSTATUS grow_bad(PCHUNK Chunk, ULONG Length) {
  NTSTATUS Status;
  ExAcquireFastMutex(&Chunk->Lock);
  Status = extend(Chunk, Length);
  ExReleaseFastMutex(&Chunk->Lock); // expected-warning {{fast mutex 'Chunk->Lock' is released by 'ExReleaseFastMutex' but was released before by 'extend'}}
  return Status;
}
